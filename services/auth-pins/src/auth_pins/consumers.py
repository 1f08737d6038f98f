"""What auth-pins hears: merchants, stores and settings, kept as a copy."""

from __future__ import annotations

from auth_pins.places import KINDS, Places
from kit.listener import Listener


def listen(listener: Listener, places: Places) -> None:
    """Every change of a merchant, a store or its settings goes into the copy."""
    listener.hear(places.projection.hear, *KINDS)

"""The listener: takes events from the broker, each applied once, in order per key, or parked."""

from __future__ import annotations

from kit.listener.applying import Applier
from kit.listener.consuming import Listener, broker_options, subscriber_options
from kit.listener.records import Handler, Heard

__all__ = ["Applier", "Handler", "Heard", "Listener", "broker_options", "subscriber_options"]

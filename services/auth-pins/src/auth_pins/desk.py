"""What every command and read works with, put together once in main."""

from __future__ import annotations

from typing import NamedTuple

from auth_pins.hashing import Hashing
from auth_pins.issuers import Issuers
from auth_pins.places import Places
from auth_pins.settings import AuthPinsSettings
from auth_pins.tokens import Tokens
from auth_pins.turns import Turns
from kit.idempotency import Idempotency
from kit.identity import Signer
from kit.mail import Mail
from kit.work import Work


class Desk(NamedTuple):
    """The service's parts."""

    settings: AuthPinsSettings
    work: Work
    idempotency: Idempotency
    hashing: Hashing
    places: Places
    tokens: Tokens
    signer: Signer
    turns: Turns
    mail: Mail
    issuers: Issuers

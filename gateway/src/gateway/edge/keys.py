"""API keys as terminals send them: `pk_<environment>_<terminal id>_<secret>`."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from contracts.auth_pins import KeyHash, TerminalChanged

_SHAPE = re.compile(r"pk_(live|test)_([0-9a-f]{32})_([A-Za-z0-9_-]{16,128})")


class ApiKey(NamedTuple):
    """A key that is well formed; whether it is right is another question."""

    environment: str
    terminal_id: UUID
    sha256: str


def read_key(text: str) -> ApiKey | None:
    """None when the text is no API key."""
    match = _SHAPE.fullmatch(text)
    if match is None:
        return None
    environment, terminal_id, secret = match.groups()
    return ApiKey(environment, UUID(terminal_id), hashlib.sha256(secret.encode()).hexdigest())


def opens(key: ApiKey, terminal: TerminalChanged, now: datetime) -> KeyHash | None:
    """The live key of this terminal that it is; every one is compared, each in constant time."""
    found = None
    for live in terminal.keys:
        if hmac.compare_digest(live.sha256, key.sha256) and (live.ends_at is None or live.ends_at > now):
            found = live
    return found if terminal.deleted_at is None and terminal.environment == key.environment else None

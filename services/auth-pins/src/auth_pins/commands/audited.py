"""Audit rows of users, terminals and staff members: never a password, PIN or key, nor a hash of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from auth_pins.domain import Attempts, LiveKey
from auth_pins.tables import Record
from kit.audit import Change
from kit.ids import instant_text

_END = ("sessions_revoked_at", "deleted_at", "deleted_by")
#: What is kept of each kind.
_USER = ("email", "role", "merchant_id", "locale", "is_active", *_END)
_TERMINAL = ("store_id", "name", "environment", *_END)
_STAFF = ("code", "name", "role", "store_id", "is_active", *_END)


def of_user(action: str, before: Record | None, after: Record) -> Change:
    """What was done to a user."""
    return _change(action, "user", after, _shown(before, _USER), _shown(after, _USER))


def of_password(user: Record) -> Change:
    """A user has another password: that, and nothing of it."""
    return _change("password-changed", "user", user, {}, {})


def of_terminal(action: str, before: Record | None, after: Record) -> Change:
    """What was done to a terminal."""
    return _change(action, "terminal", after, _shown(before, _TERMINAL), _shown(after, _TERMINAL))


def of_keys(terminal: Record, before: Sequence[LiveKey], after: Sequence[LiveKey]) -> Change:
    """A terminal has another API key: when each was made and ends."""
    return _change("key-rotated", "terminal", terminal, {"keys": _lives(before)}, {"keys": _lives(after)})


def of_staff(action: str, before: Record | None, after: Record) -> Change:
    """What was done to a staff member."""
    return _change(action, "staff", after, _shown(before, _STAFF), _shown(after, _STAFF))


def of_attempts(member: Record, before: Attempts, after: Attempts) -> Change:
    """A staff member may try again."""
    return _change("unlocked", "staff", member, _counted(before), _counted(after))


def _change(
    action: str, kind: str, row: Record, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Change:
    return Change(action, kind, row.id, merchant_id=row.merchant_id, before=before, after=after)


def _shown(row: Record | None, names: Sequence[str]) -> dict[str, Any]:
    return {} if row is None else {name: _plain(getattr(row, name)) for name in names}


def _lives(keys: Sequence[LiveKey]) -> list[dict[str, Any]]:
    return [{"created_at": _plain(key.created_at), "ends_at": _plain(key.ends_at)} for key in keys]


def _counted(attempts: Attempts) -> dict[str, Any]:
    return {"attempts": attempts.counted, "locked_until": _plain(attempts.locked_until)}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant_text(value)
    return str(value) if isinstance(value, UUID) else value

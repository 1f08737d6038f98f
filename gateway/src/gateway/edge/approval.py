"""Staff approval as it comes in a request: a session from before, or code and PIN to be exchanged for one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from contracts.problem import FieldError, ValidationFailed

STAFF, STAFF_SESSION = "staff", "staff_session"
_CODE = re.compile(r"[A-Za-z0-9]+")
_PIN = re.compile(r"[0-9]+")
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{1,4096}")
#: Stands for a text that can be no session: the ledger refuses it at the moment when it is its turn.
_NO_SESSION = b"-"


class Approval(NamedTuple):
    """What came along: at most one of the two."""

    session: bytes = b""
    code_and_pin: bytes = b""  # as auth-pins takes it


def take_approval(move: dict[str, Any]) -> Approval:
    """Take the two members out of the move. ValidationFailed when they are not as they should be."""
    staff, session = move.pop(STAFF, None), move.pop(STAFF_SESSION, None)
    if staff is not None and session is not None:
        raise ValidationFailed.of(STAFF, "exactly-one", "give staff or staff_session, not both")
    if session is not None:
        if not isinstance(session, str):
            raise ValidationFailed.of(STAFF_SESSION, "wrong-type", "must be a text")
        return Approval(session=session.encode() if _TOKEN.fullmatch(session) else _NO_SESSION)
    if staff is None:
        return Approval()
    errors = list(_errors(staff))
    if errors:
        raise ValidationFailed(errors, f"{errors[0].field}: {errors[0].message}")
    body = {"staff_code": staff["code"], "pin": staff["pin"]}
    return Approval(code_and_pin=msgspec.json.encode(body))


def _errors(staff: Any) -> list[FieldError]:
    if not isinstance(staff, dict):
        return [FieldError(STAFF, "wrong-type", "must be an object of code and pin")]
    unknown = [
        FieldError(f"{STAFF}.{name}", "unknown-field", "is not known here")
        for name in staff
        if name not in ("code", "pin")
    ]
    return [
        *_text(staff, "code", 2, 8, _CODE.fullmatch, "letters and digits only"),
        *_text(staff, "pin", 4, 8, _PIN.fullmatch, "digits only"),
        *unknown,
    ]


def _text(
    staff: dict[str, Any], name: str, shortest: int, longest: int, fits: Callable[[str], object], words: str
) -> list[FieldError]:
    field, text = f"{STAFF}.{name}", staff.get(name)
    if text is None:
        return [FieldError(field, "required", "is required")]
    if not isinstance(text, str):
        return [FieldError(field, "wrong-type", "must be a text")]
    if len(text) < shortest:
        return [FieldError(field, "too-short", f"at least {shortest} characters")]
    if len(text) > longest:
        return [FieldError(field, "too-long", f"at most {longest} characters")]
    return [] if fits(text) else [FieldError(field, "bad-format", words)]

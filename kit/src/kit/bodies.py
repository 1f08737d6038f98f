"""A request's JSON: numbers that no computer counts with are JSON too, and their field's to refuse."""

from __future__ import annotations

import json
import math
from typing import Any, Never

import msgspec

from contracts.problem import MalformedRequest
from contracts.words import Said, said

#: Stands for whatever is further from zero than any field of ours goes.
BEYOND = 10**40
#: Python reads no whole number with more digits than this.
DIGITS_LIMIT = 4300
_decode = msgspec.json.Decoder().decode


def read_json(body: bytes) -> Any:
    """The JSON value, a number that is out of all bounds as `BEYOND`. MalformedRequest."""
    try:
        return _decode(body)
    except msgspec.ValidationError:
        pass  # valid JSON with a number that is too large
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise MalformedRequest(_place_of_fault(body)) from None
    try:
        return json.loads(body, parse_int=_whole, parse_float=_number, parse_constant=_constant)
    except (ValueError, RecursionError):
        raise MalformedRequest from None


def _place_of_fault(body: bytes) -> Said | None:
    """Where it stops being JSON, which our quicker reader does not tell; None where that cannot be said."""
    try:
        json.loads(body)
    except json.JSONDecodeError as fault:
        return said("Line {line}, column {column}: this is not JSON", line=fault.lineno, column=fault.colno)
    except (ValueError, RecursionError):
        return None
    return None


def readable(body: bytes) -> bytes:
    """The body, written anew where it may hold a whole number that Python's reader refuses to read."""
    if len(body) <= DIGITS_LIMIT:
        return body
    try:
        _decode(body)
    except msgspec.ValidationError:
        return json.dumps(read_json(body)).encode()
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass  # what reads it says so
    return body


def _whole(text: str) -> int:
    if len(text) <= 40:
        return int(text)
    return -BEYOND if text.startswith("-") else BEYOND


def _number(text: str) -> float | int:
    number = float(text)
    return number if math.isfinite(number) else (BEYOND if number > 0 else -BEYOND)


def _constant(text: str) -> Never:
    raise ValueError(text)

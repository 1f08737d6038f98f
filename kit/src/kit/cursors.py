"""Cursors: where the next page of a list begins, as a text that is opaque to callers."""

from __future__ import annotations

import base64
from uuid import UUID

from contracts.problem import ValidationFailed

_ID_BYTES = 16
_REFUSED = "is not one that a list gave"


def cursor_of(last: UUID | None) -> str | None:
    """Asks for what comes after this id; None where nothing does."""
    return None if last is None else text_of(last.bytes)


def id_in(cursor: str | None, refused: str = _REFUSED) -> UUID | None:
    """The id that a page comes after; None for the first page. ValidationFailed."""
    return None if cursor is None else UUID(bytes=bytes_in(cursor, _ID_BYTES, refused))


def text_of(mark: bytes) -> str:
    """The cursor of a list that goes on from more than an id."""
    return base64.urlsafe_b64encode(mark).rstrip(b"=").decode()


def bytes_in(cursor: str, size: int, refused: str = _REFUSED) -> bytes:
    """What `text_of` was given, of this size. ValidationFailed, in the list's words, for any other text."""
    try:
        mark = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True)
    except ValueError:
        raise ValidationFailed.of("cursor", "bad-format", refused) from None
    if len(mark) != size:
        raise ValidationFailed.of("cursor", "bad-format", refused)
    return mark

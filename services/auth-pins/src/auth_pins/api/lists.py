"""Lists: what may be asked of them, and how a page is shown."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from auth_pins.store.pages import Found, Page
from contracts.problem import Forbidden, ValidationFailed
from kit.fields import Line


def cursor_of(found: Found) -> str | None:
    """Names the last row of the page; None when it is the last page."""
    return base64.urlsafe_b64encode(found.rows[-1].id.bytes).rstrip(b"=").decode() if found.more else None


def _after(cursor: str | None) -> UUID | None:
    if cursor is None:
        return None
    try:
        return UUID(bytes=base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True))
    except (binascii.Error, ValueError):
        raise ValidationFailed.of("cursor", "bad-format", "is none that this list gave") from None


def _asked(
    limit: Annotated[int, Query(ge=1, le=100, description="Rows of a page")] = 50,
    cursor: Annotated[
        str | None, Query(max_length=64, description="`next_cursor` of the page before")
    ] = None,
    search: Annotated[
        Annotated[str, Line(1, 254)] | None,
        Query(description="Start of a name's word, a whole e-mail or code"),
    ] = None,
    include_deleted: Annotated[bool, Query(description="Deleted ones too; admins only")] = False,
    only_deleted: Annotated[bool, Query(description="Deleted ones only; admins only")] = False,
) -> Page:
    return Page(limit, _after(cursor), search, include_deleted, only_deleted)


#: What an admin asks of a list.
Asked = Annotated[Page, Depends(_asked)]


def _asked_by_merchant(asked: Asked) -> Page:
    if asked.include_deleted or asked.only_deleted:
        raise Forbidden("Deleted ones are shown to admins only")
    return asked


#: What others ask of a list.
AskedByMerchant = Annotated[Page, Depends(_asked_by_merchant)]

#: Whether a list tells how many there are in all.
Count = Annotated[bool, Query(description="Count all that match")]

"""Lists: what may be asked of them, and how a page is shown."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query

from auth_pins.store.pages import Found, Page
from contracts.problem import Forbidden
from kit import cursors
from kit.fields import Line


def cursor_of(found: Found) -> str | None:
    """Names the last row of the page; None when it is the last page."""
    return cursors.cursor_of(found.rows[-1].id) if found.more else None


async def _asked(
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
    after = cursors.id_in(cursor, "is none that this list gave")
    return Page(limit, after, search, include_deleted, only_deleted)


#: What an admin asks of a list.
Asked = Annotated[Page, Depends(_asked)]


async def _asked_by_merchant(asked: Asked) -> Page:
    if asked.include_deleted or asked.only_deleted:
        raise Forbidden("only admins see what is deleted")
    return asked


#: What others ask of a list.
AskedByMerchant = Annotated[Page, Depends(_asked_by_merchant)]

#: Whether a list tells how many there are in all.
Count = Annotated[bool, Query(description="Count all that match")]

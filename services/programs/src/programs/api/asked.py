"""What comes with a request beside its body: who asks, If-Match, what a list shall show, an optional key."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import Depends, Header, Query, Request, Response
from pydantic import BaseModel

from contracts.problem import Forbidden
from kit.app import Service
from kit.cursors import id_in
from kit.fields import Body, Line
from kit.idempotency import Effect
from kit.identity import Caller, allow
from kit.preconditions import expected
from programs.domain import Seen
from programs.queries import Listing

#: The scope of admins' idempotency keys; a merchant's own id is that of its people and tills.
PLATFORM = "platform"

Admin = Annotated[Caller, Depends(allow("admin"))]
Reader = Annotated[Caller, Depends(allow("owner", "manager", "terminal"))]
Editor = Annotated[Caller, Depends(allow("owner", "manager"))]
AnotherService = Annotated[Caller, Depends(allow("service"))]


async def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


TheService = Annotated[Service, Depends(_service)]

# -- If-Match


async def _seen(if_match: Annotated[str | None, Header(description="The ETag that was read")] = None) -> Seen:
    return expected(if_match).versions


IfMatch = Annotated[Seen, Depends(_seen)]

# -- an optional key


async def switch(
    service: Service, request: Request, key: str | None, scope: str, body: Body | None, effect: Effect
) -> Response:
    """Run a switch: once per key where there is one, else simply."""
    if key is not None:
        return await service.idempotency.once(request, key, scope, body, effect)
    async with service.work() as tx:
        done = await effect(tx)
    value = done.body.model_dump(mode="json") if isinstance(done.body, BaseModel) else done.body
    return Response(msgspec.json.encode(value), done.status, dict(done.headers), "application/json")


# -- lists

Limit = Annotated[int, Query(ge=1, le=100, description="How many at most")]
Cursor = Annotated[str | None, Query(description="`next_cursor` of the page before")]
Search = Annotated[
    Annotated[str, Line(0, 254)] | None,
    Query(description="The start of words of the name, or the whole slug, code or e-mail"),
]
Including = Annotated[bool, Query(description="Deleted ones too (admins only)")]
Only = Annotated[bool, Query(description="Only deleted ones (admins only)")]
Counted = Annotated[bool, Query(description="Tell `total`, too")]
OfMerchant = Annotated[UUID | None, Query(description="Only those of this merchant")]


async def _listing(
    limit: Limit = 50,
    cursor: Cursor = None,
    search: Search = None,
    include_deleted: Including = False,
    only_deleted: Only = False,
    count: Counted = False,
) -> Listing:
    return Listing(limit, id_in(cursor), search, include_deleted, only_deleted, count)


async def _listing_of_live(listing: Annotated[Listing, Depends(_listing)]) -> Listing:
    if listing.include_deleted or listing.only_deleted:
        raise Forbidden("only admins see what is deleted")
    return listing


AdminListing = Annotated[Listing, Depends(_listing)]
VendorListing = Annotated[Listing, Depends(_listing_of_live)]

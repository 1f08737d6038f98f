"""`GET /reports/members`: the ledger's pages as one stream, which is never in memory as a whole."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from contracts.event import Instant
from contracts.problem import MerchantNotFound, StoreNotFound, UpstreamUnavailable
from gateway.clients import Reply
from gateway.edge.own.admission import admitted, guest_of
from gateway.edge.own.asking import Services, TheServices
from gateway.edge.own.described import problems
from kit.identity import Caller
from kit.sheet import DESCRIBED, MEDIA_TYPE, sheet
from kit.sheet import headers as beside

COLUMNS = (
    *("card_number", "first_name", "last_name", "enrolled_at", "status", "stamp_count", "points_balance"),
    "last_activity_at",
)
_ID, _AT = "0197c1c2-7e5a-7b3c-9d4e-5f60718293a4", "2026-11-20T10:00:00.000000Z"

router = APIRouter(tags=["statistics"])
Reader = Annotated[Caller, Depends(admitted("owner", "manager"))]
Admin = Annotated[Caller, Depends(admitted("admin"))]
First = Annotated[date | None, Query(alias="from", description="The first day, the merchant's")]
Last = Annotated[date | None, Query(alias="to", description="The last day, included; at most 400 days")]
Form = Annotated[Literal["json", "csv"], Query(alias="format", description="JSON, or CSV with a header")]
OfStore = Annotated[UUID | None, Query(description="Only cards that were handed out at this store")]


class Member(BaseModel):
    """A card of the live program and who holds it."""

    card_number: str = Field(description="The card's number", examples=["4821-0077-1930"])
    first_name: str | None = Field(description="First name; null where `names` are missing", examples=["Ana"])
    last_name: str | None = Field(description="Last name; null where `names` are missing", examples=["Weber"])
    enrolled_at: Instant | None = Field(
        description="Since when; null where `names` are missing", examples=[_AT]
    )
    status: Literal["active", "inactive"] = Field(description="Whether it takes moves", examples=["active"])
    stamp_count: int = Field(description="Its stamps", examples=[7])
    points_balance: int = Field(description="Its points", examples=[250])
    last_activity_at: Instant | None = Field(description="Its last move; null before any", examples=[_AT])


class PartMissing(BaseModel):
    """What a service did not answer for."""

    part: str = Field(description="`names`, or `rows` where not all are there", examples=["names"])
    reason: str = Field(description="Why", examples=["upstream-unavailable"])


class MembersReport(BaseModel):
    """The members as they are now, in the order in which their cards were made."""

    model_config = ConfigDict(populate_by_name=True)

    report: Literal["members"] = Field(description="Which", examples=["members"])
    first: date = Field(alias="from", description="The first day, the merchant's", examples=["2026-10-22"])
    last: date = Field(alias="to", description="The last day", examples=["2026-11-20"])
    as_of: Instant = Field(description="When the first rows were read", examples=[_AT])
    missing: list[PartMissing] = Field(description="What could not be had", examples=[[]])
    rows: list[Member] = Field(description="The rows", examples=[[]])


@router.get(
    "/api/v1/vendor/loyalty/reports/members",
    operation_id="getReportOfMembers",
    summary="The members",
    response_model=MembersReport,
    responses={**DESCRIBED, **problems(StoreNotFound)},
)
async def members(
    request: Request,
    caller: Reader,
    services: TheServices,
    first: First = None,
    last: Last = None,
    store_id: OfStore = None,
    form: Form = "json",
) -> Response:
    """Every card of the live program as it is now, whatever the days; streamed."""
    asked = {"from": first, "to": last, "store_id": store_id}
    return await Stream(services, request, asked).answer(form)


@router.get(
    "/api/v1/admin/loyalty/reports/members",
    operation_id="getReportOfMembersOfMerchant",
    summary="The members of a merchant",
    response_model=MembersReport,
    responses={**DESCRIBED, **problems(MerchantNotFound, StoreNotFound)},
)
async def members_of_merchant(
    request: Request,
    caller: Admin,
    services: TheServices,
    merchant_id: Annotated[UUID, Query(description="Whose report")],
    first: First = None,
    last: Last = None,
    store_id: OfStore = None,
    form: Form = "json",
) -> Response:
    """The same as owners and managers read it; `merchant_id` is required."""
    asked = {"merchant_id": merchant_id, "from": first, "to": last, "store_id": store_id}
    return await Stream(services, request, asked).answer(form)


class Stream:
    """Asks for a page when the one before has left."""

    def __init__(self, services: Services, request: Request, asked: Mapping[str, Any]) -> None:
        self._services = services
        self._path = request.url.path
        self._headers = guest_of(request).headers
        self._asked = {name: value for name, value in asked.items() if value is not None}

    async def answer(self, form: str) -> Response:
        """The stream; what the ledger refuses is refused before it begins. UpstreamUnavailable."""
        reply = await self._page(None)
        if reply.status != 200:
            return Response(reply.body, reply.status, media_type="application/problem+json")
        page = reply.json()
        if form == "json":
            return StreamingResponse(self._json(page), media_type="application/json")
        name = f"members-{page['from']}-{page['to']}.csv"
        headers = beside(name, page["as_of"], page["missing"])
        return StreamingResponse(self._csv(page), headers=headers, media_type=MEDIA_TYPE)

    async def _page(self, after: str | None) -> Reply:
        query = urlencode({**self._asked, **({"after": after} if after else {})})
        target = f"{self._path}?{query}" if query else self._path
        return await self._services.report("ledger", target, self._headers)

    async def _following(self, page: Mapping[str, Any]) -> AsyncIterator[Mapping[str, Any]]:
        yield page
        while page["after"] is not None:
            reply = await self._page(page["after"])
            if reply.status != 200:
                raise UpstreamUnavailable
            page = reply.json()
            yield page

    async def _json(self, page: dict[str, Any]) -> AsyncIterator[bytes]:
        head = {"report": "members", **{name: page[name] for name in ("from", "to", "as_of")}}
        yield msgspec.json.encode(head)[:-1] + b',"rows":['
        missing: dict[str, dict[str, str]] = {}
        between = b""
        try:
            async for found in self._following(page):
                missing |= {each["part"]: each for each in found["missing"]}
                if found["rows"]:
                    yield between + msgspec.json.encode(found["rows"])[1:-1]
                    between = b","
        except UpstreamUnavailable as error:
            missing["rows"] = {"part": "rows", "reason": error.code}
        yield b'],"missing":' + msgspec.json.encode(list(missing.values())) + b"}"

    async def _csv(self, page: dict[str, Any]) -> AsyncIterator[bytes]:
        """Broken off when a page does not come: what is missing was said before the first row."""
        yield sheet(COLUMNS, ())
        async for found in self._following(page):
            yield sheet(COLUMNS, found["rows"], header=False)

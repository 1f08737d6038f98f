"""HTTP in: history and balances page by page, as the files that an import takes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from contracts.event import Instant
from contracts.problem import MerchantNotFound
from contracts.programs import MerchantChanged, StoreChanged
from kit.app import Service
from kit.cursors import bytes_in, text_of
from kit.identity import Caller, allow
from kit.projection import Projection
from ledger import store
from ledger.chain import TYPES
from ledger.store import exporting as sql
from ledger.store.accounts import Connection

PREFIX = "/api/v1/admin/loyalty/exports"
_ID = "0197c1c2-7e5a-7b3c-9d4e-5f60718293a4"
#: A void names a row, which a file cannot: what it moved goes out as a correction.
_AS_ADJUSTMENT = {"stamp_voided": "stamp_adjustment", "points_voided": "points_adjustment"}

#: Rows of a merchant from a place on, so many.
Reading = Callable[[Connection, UUID, sql.Place, int], Awaitable[list[dict[str, Any]]]]


class HistoryLine(BaseModel):
    """A row of the past, as an import takes it."""

    card: str = Field(description="The card's number", examples=["482100771930"])
    type: str = Field(description="What it was", examples=["stamp_earned"])
    at: Instant = Field(description="When it was", examples=["2026-11-20T10:00:00.000000Z"])
    stamps: int = Field(description="Stamps it moved", examples=[1])
    points: int = Field(description="Points it moved", examples=[0])
    store_code: str | None = Field(description="Where it was", examples=["gare"])
    purchase_amount_cents: int | None = Field(description="What was paid", examples=[None])
    currency: str | None = Field(description="In which currency", examples=[None])
    order_reference: str | None = Field(description="For which order", examples=[None])
    reference: str = Field(description="The row's own name, or its id", examples=["old-1"])


class BalanceLine(BaseModel):
    """What a card has, as an import takes it."""

    card: str = Field(description="The card's number", examples=["482100771930"])
    stamps: int = Field(description="Its stamps", examples=[4])
    points: int = Field(description="Its points", examples=[250])


class HistoryPage(BaseModel):
    items: list[HistoryLine] = Field(description="Rows, each card's in their order")
    next_cursor: str | None = Field(description="Where the next page begins", examples=[None])


class BalancePage(BaseModel):
    items: list[BalanceLine] = Field(description="One for each card")
    next_cursor: str | None = Field(description="Where the next page begins", examples=[None])


Admin = Annotated[Caller, Depends(allow("admin"))]
Of = Annotated[UUID, Query(description="Whose", examples=[_ID])]
Limit = Annotated[int, Query(ge=1, le=100, description="Rows on a page, 1 to 100")]
Cursor = Annotated[str | None, Query(description="`next_cursor` of the page before")]
_RESPONSES: dict[int | str, dict[str, Any]] = {404: {"description": "`merchant-not-found`"}}


def routes(service: Service, states: Projection) -> APIRouter:
    """Rows of which nothing can be imported are left out of a page."""
    router = APIRouter(tags=["exports"])

    async def page(
        read: Reading, merchant_id: UUID, cursor: str | None, limit: int
    ) -> tuple[list[dict[str, Any]], str | None]:
        merchant = await states.load(MerchantChanged, merchant_id)
        if merchant is None or merchant.deleted_at is not None:
            raise MerchantNotFound
        after = sql.START if cursor is None else _read(cursor)
        async with service.work.read() as conn:
            rows = await read(await store.raw(conn), merchant_id, after, limit + 1)
        more = len(rows) > limit
        rows = rows[:limit]
        return rows, _cursor(rows[-1]) if more else None

    @router.get(
        PREFIX + "/history",
        operation_id="exportHistory",
        summary="Export transactions",
        description="Each card's rows in their order. The creation of a card is told by its customer's row; a"
        " void goes out as the correction that it made.",
        response_model=HistoryPage,
        responses=_RESPONSES,
    )
    async def history(
        merchant_id: Of, caller: Admin, limit: Limit = 50, cursor: Cursor = None
    ) -> HistoryPage:
        rows, following = await page(sql.history, merchant_id, cursor, limit)
        codes = {one.id: one.code for one in states.of(StoreChanged, merchant_id)}
        lines = [line for row in rows if (line := _line(row, codes)) is not None]
        return HistoryPage(items=lines, next_cursor=following)

    @router.get(
        PREFIX + "/balances",
        operation_id="exportBalances",
        summary="Export balances",
        description="Of every card that has any.",
        response_model=BalancePage,
        responses=_RESPONSES,
    )
    async def balances(
        merchant_id: Of, caller: Admin, limit: Limit = 50, cursor: Cursor = None
    ) -> BalancePage:
        rows, following = await page(sql.balances, merchant_id, cursor, limit)
        lines = [
            BalanceLine(card=f"{row['card_number']:012d}", stamps=row["stamps"], points=row["points"])
            for row in rows
            if row["stamps"] or row["points"]
        ]
        return BalancePage(items=lines, next_cursor=following)

    return router


def _line(row: dict[str, Any], codes: dict[UUID, str]) -> HistoryLine | None:
    kind = TYPES[row["type"] - 1]
    moved = row["stamps"] or row["points"]
    if kind == "card_created" or (kind in _AS_ADJUSTMENT and not moved):
        return None
    given = {name: row[name] for name in HistoryLine.model_fields if name in row}
    given |= {"type": _AS_ADJUSTMENT.get(kind, kind), "card": f"{row['card_number']:012d}"}
    return HistoryLine(**given, store_code=codes.get(row["store_id"]))


def _cursor(row: dict[str, Any]) -> str:
    return text_of(row["card_id"].bytes + row["sequence"].to_bytes(4, "big"))


def _read(cursor: str) -> sql.Place:
    place = bytes_in(cursor, 20, "is not a cursor of this list")
    return sql.Place(UUID(bytes=place[:16]), int.from_bytes(place[16:], "big"))

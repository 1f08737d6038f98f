"""HTTP in: what accounts hold, page by page, for services whose copies are compared with the ledger."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Query
from pydantic import Field
from starlette.responses import Response

from kit.fields import Body
from kit.identity import Caller, allow
from kit.ids import instant_text
from kit.work import Work
from ledger import store
from ledger.chain import TYPES

PAGE_ROWS = 1000
RECENT_ROWS = 10
FIRST = UUID(int=0)
_encode = msgspec.json.Encoder().encode


class Named(Body):
    """The cards whose accounts are asked for."""

    card_ids: list[UUID] = Field(max_length=PAGE_ROWS)
    recent: int = Field(default=0, ge=0, le=RECENT_ROWS)


def routes(work: Work) -> APIRouter:
    router = APIRouter()

    @router.get("/internal/balances", include_in_schema=False)
    async def page(
        _: Annotated[Caller, Depends(allow("service"))],
        after: UUID = FIRST,
        limit: Annotated[int, Query(ge=1, le=PAGE_ROWS)] = 500,
        recent: Annotated[int, Query(ge=0, le=RECENT_ROWS)] = 0,
    ) -> Response:
        """The accounts that have rows, by card id, from behind `after` on, each with as many last rows."""
        async with work.read() as conn:
            rows = await store.balances(await store.raw(conn), after, limit, recent)
        return _answer(rows)

    @router.post("/internal/balances", include_in_schema=False)
    async def named(asked: Named, _: Annotated[Caller, Depends(allow("service"))]) -> Response:
        """These accounts, with the time of their last row; what is not there is left out."""
        async with work.read() as conn:
            rows = await store.balances_of(await store.raw(conn), asked.card_ids, asked.recent)
        return _answer(rows)

    return router


def _answer(rows: list[dict[str, Any]]) -> Response:
    return Response(_encode({"items": [_shown(row) for row in rows]}), media_type="application/json")


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """Names as in `ledger.transaction-recorded`; `hash` and `created_at` are those of the last row."""
    last = [{**one, "type": TYPES[one["type"] - 1]} for one in row["recent"]]
    shown = {**row, "hash": bytes(row["hash"]).hex(), "recent": last}
    if "created_at" in row:
        shown["created_at"] = instant_text(row["created_at"])
    return shown

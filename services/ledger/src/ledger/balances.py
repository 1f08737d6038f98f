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

PAGE_ROWS = 1000
FIRST = UUID(int=0)
_encode = msgspec.json.Encoder().encode


class Named(Body):
    """The cards whose accounts are asked for."""

    card_ids: list[UUID] = Field(max_length=PAGE_ROWS)


def routes(work: Work) -> APIRouter:
    router = APIRouter()

    @router.get("/internal/balances", include_in_schema=False)
    async def page(
        _: Annotated[Caller, Depends(allow("service"))],
        after: UUID = FIRST,
        limit: Annotated[int, Query(ge=1, le=PAGE_ROWS)] = 500,
    ) -> Response:
        """The accounts that have rows, by card id, from behind `after` on."""
        async with work.read() as conn:
            rows = await store.balances(await store.raw(conn), after, limit)
        return _answer(rows)

    @router.post("/internal/balances", include_in_schema=False)
    async def named(asked: Named, _: Annotated[Caller, Depends(allow("service"))]) -> Response:
        """These accounts, with the time of their last row; what is not there is left out."""
        async with work.read() as conn:
            rows = await store.balances_of(await store.raw(conn), asked.card_ids)
        return _answer(rows)

    return router


def _answer(rows: list[dict[str, Any]]) -> Response:
    return Response(_encode({"items": [_shown(row) for row in rows]}), media_type="application/json")


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """Names as in `ledger.transaction-recorded`; `hash` and `created_at` are those of the last row."""
    shown = {**row, "hash": bytes(row["hash"]).hex()}
    if "created_at" in row:
        shown["created_at"] = instant_text(row["created_at"])
    return shown

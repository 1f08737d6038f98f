"""HTTP in: a card's rows whole, for the archive that its customer may ask for."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from contracts.event import instant_text
from kit.identity import Caller, allow
from kit.work import Work
from ledger import store
from ledger.chain import TYPES

PAGE_ROWS = 1000
_TIMES = ("transaction_at", "created_at")


def routes(work: Work) -> APIRouter:
    router = APIRouter()

    @router.get("/internal/cards/{card_id}/transactions", include_in_schema=False)
    async def transactions(
        card_id: UUID,
        _: Annotated[Caller, Depends(allow("service"))],
        after: Annotated[int, Query(ge=0)] = 0,
    ) -> dict[str, Any]:
        """The rows behind the sequence `after`, oldest first; `next_after` is null at the end."""
        async with work.read() as conn:
            rows = await store.history(await store.raw(conn), card_id, after, PAGE_ROWS + 1)
        more = len(rows) > PAGE_ROWS
        page = rows[:PAGE_ROWS]
        return {"items": [_shown(row) for row in page], "next_after": page[-1]["sequence"] if more else None}

    return router


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "type": TYPES[row["type"] - 1], **{name: instant_text(row[name]) for name in _TIMES}}

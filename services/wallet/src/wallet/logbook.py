"""The delivery log, kept for 30 days, and shown to a merchant's owner and managers."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from contracts.event import Instant
from contracts.problem import (
    CardNotFound,
    Forbidden,
    Unauthenticated,
    UpstreamUnavailable,
    ValidationFailed,
)
from kit.cursors import cursor_of, id_in
from kit.described import problems
from kit.identity import Caller, allow
from kit.telemetry import log
from kit.work import Work
from wallet import store
from wallet.commands import Passes
from wallet.domain import Attempt, Platform

KEPT_DAYS, AHEAD_DAYS = 30, 7
KEEP_EVERY_S = 3600.0

_EXAMPLE: JsonDict = {
    "platform": "apple",
    "at": "2026-11-20T10:00:01.000000Z",
    "outcome": "delivered",
    "answer": "200",
    "sequence": 12,
    "revision": 14,
    "devices": 1,
    "took_ms": 84,
}


class AttemptView(BaseModel):
    """One attempt to bring a pass to a wallet."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})

    platform: Platform = Field(description="Which wallet")
    at: Instant = Field(description="When it ended")
    outcome: Literal["delivered", "not-now", "never"] = Field(
        description="`delivered`; `not-now`: it is tried again; `never`: the platform refused this state"
    )
    answer: str | None = Field(description="The platform's status and reason, or why there was no answer")
    sequence: int = Field(description="The ledger sequence that was delivered")
    revision: int = Field(description="The pass's own count of changes, as delivered")
    devices: int = Field(description="Devices that were told")
    took_ms: int = Field(description="How long the platform took")


class AttemptList(BaseModel):
    """Newest first."""

    items: list[AttemptView] = Field(description="The attempts of the last 30 days")
    next_cursor: str | None = Field(default=None, description="Asks for the page that follows")


def routes(work: Work, passes: Passes) -> APIRouter:
    router = APIRouter()

    @router.get(
        "/api/v1/vendor/loyalty/cards/{card_id}/passes/log",
        operation_id="listPassDeliveries",
        tags=["cards"],
        summary="What was delivered of a card's passes",
        description="The attempts of the last 30 days to bring this card's passes to a wallet, newest first.",
        response_model=AttemptList,
        responses=problems(Unauthenticated, Forbidden, CardNotFound, ValidationFailed, UpstreamUnavailable),
    )
    async def list_attempts(
        card_id: UUID,
        caller: Annotated[Caller, Depends(allow("owner", "manager"))],
        limit: Annotated[int, Query(ge=1, le=100, description="How many at most")] = 50,
        cursor: Annotated[str | None, Query(max_length=100, description="Where a page before ended")] = None,
    ) -> AttemptList:
        before = id_in(cursor)
        held = await passes.find_for(caller.merchant, card_id)
        async with work.read() as conn:
            found = await store.attempts(conn, held.card_id, before, limit + 1)
        more = found[limit - 1].id if len(found) > limit else None
        return AttemptList(items=[_view(one) for one in found[:limit]], next_cursor=cursor_of(more))

    return router


def _view(one: Attempt) -> AttemptView:
    return AttemptView(
        platform=one.platform,
        at=one.at,
        outcome=one.outcome,
        answer=one.answer,
        sequence=one.sequence,
        revision=one.revision,
        devices=one.devices,
        took_ms=one.took_ms,
    )


async def keep(work: Work) -> None:
    """Make the days to come, drop those that are over: one step, also when several replicas take it."""
    async with work() as tx:
        dropped = await store.keep_log(tx.conn, KEPT_DAYS, AHEAD_DAYS)
    if dropped:
        log.info("%d days of the delivery log were over and are dropped", dropped)


async def keep_always(work: Work) -> None:
    """Every hour."""
    while True:
        await keep(work)
        await asyncio.sleep(KEEP_EVERY_S)

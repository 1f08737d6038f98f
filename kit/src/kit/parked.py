"""Parked events of one service: listed, tried again, or given up, as a person decides."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Annotated, Any, Literal, NamedTuple
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Header, Query, Request, Response
from sqlalchemy import Select, Update, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.problem import ChangeNotAllowed, NotFound, said
from kit.audit import Change, record
from kit.idempotency import Idempotency, Made, check_key
from kit.identity import allow
from kit.ids import instant_text
from kit.tables import parked_events
from kit.work import Tx, Work

State = Literal["parked", "behind", "retry", "done", "discarded"]
Decision = Literal["retry", "discard"]

#: Before any of these is done with, later events of the same topic and key wait.
OPEN: tuple[State, ...] = ("parked", "behind", "retry")
#: What each decision makes of a parked event, and where there is nothing left to decide.
BECOMES: dict[Decision, State] = {"retry": "retry", "discard": "discarded"}
_DONE_ALREADY: dict[Decision, tuple[State, ...]] = {"retry": ("retry", "done"), "discard": ("discarded",)}
#: A longer event is not shown; it is kept all the same.
SHOWN_BYTES = 64 * 1024


class Asked(NamedTuple):
    """Which events: those before an id, in these states."""

    before: UUID | None = None
    states: Sequence[State] = OPEN
    limit: int = 50


def listing(asked: Asked) -> Select[Any]:
    """Newest first."""
    rows = select(parked_events).where(parked_events.c.state.in_(asked.states))
    if asked.before is not None:
        rows = rows.where(parked_events.c.id < asked.before)
    return rows.order_by(parked_events.c.id.desc()).limit(asked.limit)


def decision_on(event_id: UUID, decision: Decision) -> Update:
    """Only what is parked: those behind it follow by themselves, and one told to retry is at work."""
    table = parked_events
    ended_at = func.now() if decision == "discard" else None
    return (
        update(table)
        .where(table.c.id == event_id, table.c.state == "parked")
        .values(state=BECOMES[decision], ended_at=ended_at)
        .returning(table)
    )


async def newest(conn: AsyncConnection, asked: Asked) -> list[dict[str, Any]]:
    """This service's parked events as they are shown."""
    return [_shown(row) for row in await conn.execute(listing(asked))]


async def one(conn: AsyncConnection, event_id: UUID) -> dict[str, Any]:
    """NotFound when it never was parked here."""
    row = (await conn.execute(select(parked_events).where(parked_events.c.id == event_id))).first()
    if row is None:
        raise NotFound
    return _shown(row)


async def decide(tx: Tx, event_id: UUID, decision: Decision) -> dict[str, Any]:
    """The event as it is then; what is as decided already stays so. ChangeNotAllowed for any other."""
    row = (await tx.conn.execute(decision_on(event_id, decision))).first()
    if row is None:
        found = await one(tx.conn, event_id)
        if found["state"] not in _DONE_ALREADY[decision]:
            raise ChangeNotAllowed(said("the event is {state}, not parked", state=found["state"]))
        return found
    before, after = {"state": "parked"}, {"state": row.state}
    action = "retried" if decision == "retry" else "discarded"
    await record(tx, Change(action, "parked-event", event_id, merchant_id=None, before=before, after=after))
    return _shown(row)


async def switch(
    work: Work,
    idempotency: Idempotency,
    request: Request,
    event_id: UUID,
    decision: Decision,
    key: str | None,
) -> Response:
    """Decide, once per key where there is one."""

    async def effect(tx: Tx) -> Made:
        return Made(200, await decide(tx, event_id, decision))

    if key is not None:
        return await idempotency.once(request, check_key(key), "platform", None, effect)
    async with work() as tx:
        made = await effect(tx)
    return Response(msgspec.json.encode(made.body), 200, media_type="application/json")


@cache
def router() -> APIRouter:
    """`/internal/parked`: what the gateway shows to admins, and what they decide."""
    router = APIRouter(prefix="/internal/parked", include_in_schema=False)

    @router.get("", dependencies=[Depends(allow("service"))])
    async def rows(
        request: Request,
        before: UUID | None = None,
        state: Annotated[list[State] | None, Query()] = None,
        limit: int = Query(default=50, ge=1, le=101),
    ) -> list[dict[str, Any]]:
        work: Work = request.app.state.service.work
        async with work.read() as conn:
            return await newest(conn, Asked(before, state or OPEN, limit))

    @router.get("/{event_id}", dependencies=[Depends(allow("service"))])
    async def read(request: Request, event_id: UUID) -> dict[str, Any]:
        work: Work = request.app.state.service.work
        async with work.read() as conn:
            return await one(conn, event_id)

    @router.post("/{event_id}/{decision}", dependencies=[Depends(allow("admin"))])
    async def decided(
        request: Request,
        event_id: UUID,
        decision: Decision,
        idempotency_key: Annotated[str | None, Header()] = None,
    ) -> Response:
        service = request.app.state.service
        work, idempotency = service.work, service.idempotency
        return await switch(work, idempotency, request, event_id, decision, idempotency_key)

    return router


def _shown(row: Any) -> dict[str, Any]:
    event = _event_of(bytes(row.value))
    return {
        "id": str(row.id),
        "topic": row.topic,
        "key": row.key,
        "type": event.get("type") if event else None,
        "state": row.state,
        "reason": row.reason,
        "tries": row.tries,
        "parked_at": instant_text(row.parked_at),
        "ended_at": instant_text(row.ended_at) if row.ended_at else None,
        "event": event,
    }


def _event_of(value: bytes) -> dict[str, Any] | None:
    """The event, when it can be read at all: what cannot may hold anything, and is shown to nobody."""
    if len(value) > SHOWN_BYTES:
        return None
    try:
        found = msgspec.json.decode(value)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return found if isinstance(found, dict) else None

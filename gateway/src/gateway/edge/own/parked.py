"""`/events/parked`: events that a service could not apply, over all services, and what admins decide."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from contracts.event import Instant
from contracts.problem import (
    ChangeNotAllowed,
    IdempotencyKeyExpired,
    IdempotencyKeyInUse,
    IdempotencyKeyInvalid,
    IdempotencyKeyReused,
    NotFound,
)
from gateway.clients import Reply
from gateway.edge.own.admission import admitted, guest_of
from gateway.edge.own.asking import Before, Limit, Services, TheServices, first, newest
from gateway.edge.own.described import problems
from gateway.edge.requests import headers_of
from gateway.edge.routes import OWN
from kit import parked
from kit.cursors import cursor_of
from kit.idempotency import Idempotency, OptionalKey
from kit.identity import Caller

#: The services that hear events and show what they parked; each of them has to answer. The gateway hears too.
HEARING = ("auth-pins", "cards", "ledger", "wallet")

_ID, _AT = "0197c1c2-7e5a-7b3c-9d4e-5f60718293a4", "2026-11-20T10:00:00.000000Z"
_SWITCHED = (
    NotFound,
    ChangeNotAllowed,
    IdempotencyKeyInvalid,
    IdempotencyKeyInUse,
    IdempotencyKeyExpired,
    IdempotencyKeyReused,
)

router = APIRouter(prefix="/api/v1/admin/loyalty/events/parked", tags=["operations"])
Admin = Annotated[Caller, Depends(admitted("admin"))]


class ParkedEvent(BaseModel):
    """An event that a service could not apply, or one that waits behind such a one."""

    model_config = ConfigDict(frozen=True)

    id: UUID = Field(description="Names it here; not the event's own id", examples=[_ID])
    service: str = Field(description="Which service could not apply it", examples=["wallet"])
    topic: str = Field(description="Where it was heard", examples=["ledger-events"])
    key: str = Field(description="What it is about; later events of the key wait", examples=[_ID])
    type: str | None = Field(description="Its type; null when it can't be read", examples=[None])
    state: parked.State = Field(
        description="`parked`; `behind` an earlier one of its key; told to `retry`; `done` or `discarded`"
    )
    reason: str = Field(description="Why it could not be applied", examples=["unreadable: DecodeError"])
    tries: int = Field(description="How often it was tried again", examples=[1])
    parked_at: Instant = Field(description="Since when", examples=[_AT])
    ended_at: Instant | None = Field(description="When it was done with", examples=[None])
    event: dict[str, Any] | None = Field(
        description="The event itself; null when it can't be read or is very long", examples=[None]
    )


class ParkedList(BaseModel):
    """Newest first."""

    items: list[ParkedEvent] = Field(description="Newest first")
    next_cursor: str | None = Field(
        description="Asks for the next page; null on the last one", examples=[None]
    )


@router.get(
    "",
    operation_id="listParkedEvents",
    summary="Parked events",
    response_model=ParkedList,
    responses=problems(),
)
async def list_parked(
    caller: Admin,
    services: TheServices,
    before: Before,
    limit: Limit = 50,
    state: Annotated[
        list[parked.State] | None,
        Query(description="Only those in these states; by default those that are not done with"),
    ] = None,
) -> ParkedList:
    """What waits for a decision, over all services; refused while one of them does not answer."""
    asked = parked.Asked(before, state or parked.OPEN, limit + 1)
    parts = {
        name: services.rows(name, "/internal/parked", before=before, state=state, limit=limit + 1)
        for name in HEARING
    }
    items, last = await newest({**parts, OWN: _own_rows(services, asked)}, limit)
    return ParkedList(items=[ParkedEvent.model_validate(row) for row in items], next_cursor=cursor_of(last))


@router.post(
    "/{event_id}/retry",
    operation_id="retryParkedEvent",
    summary="Try a parked event again",
    response_model=ParkedEvent,
    responses=problems(*_SWITCHED),
)
async def retry(
    request: Request, caller: Admin, event_id: UUID, key: OptionalKey, services: TheServices
) -> Response:
    """The service takes it again within about a second, and what waits behind it follows.

    One that is at work, or was applied, stays as it is.
    """
    return await _decide(request, services, event_id, "retry", key)


@router.post(
    "/{event_id}/discard",
    operation_id="discardParkedEvent",
    summary="Give a parked event up",
    response_model=ParkedEvent,
    responses=problems(*_SWITCHED),
)
async def discard(
    request: Request, caller: Admin, event_id: UUID, key: OptionalKey, services: TheServices
) -> Response:
    """It is never applied; what waits behind it goes on. One that was given up stays so."""
    return await _decide(request, services, event_id, "discard", key)


async def _decide(
    request: Request, services: Services, event_id: UUID, decision: parked.Decision, key: str | None
) -> Response:
    """Whoever parked it decides, in the caller's name: so the audit row is the admin's."""
    service = await first([_keeper(services, name, event_id) for name in (*HEARING, OWN)])
    if service is None:
        raise NotFound("no service has a parked event with this id")
    if service == OWN:
        idempotency: Idempotency = request.app.state.service.idempotency
        answer = await parked.switch(services.work, idempotency, request, event_id, decision, key)
        body = msgspec.json.decode(bytes(answer.body))
        return _shown(service, answer.status_code, body, dict(answer.headers))
    path = f"/internal/parked/{event_id}/{decision}"
    return _passed_on(service, request, await services.post(service, path, guest_of(request).headers))


async def _keeper(services: Services, service: str, event_id: UUID) -> str | None:
    """This service's name, when it has such an event."""
    if service != OWN:
        return service if await services.read(service, f"/internal/parked/{event_id}") else None
    async with services.work.read() as conn:
        try:
            await parked.one(conn, event_id)
        except NotFound:
            return None
    return service


def _passed_on(service: str, request: Request, reply: Reply) -> Response:
    """The service's answer, as one to what the caller asked."""
    headers = {name.decode(): value.decode("latin-1") for name, value in headers_of(reply.headers)}
    body = reply.json()
    if reply.status == 200:
        return _shown(service, 200, body, headers)
    return Response(msgspec.json.encode({**body, "instance": request.url.path}), reply.status, headers)


def _shown(service: str, status: int, body: dict[str, Any], headers: dict[str, str]) -> Response:
    kept = {name: value for name, value in headers.items() if name.lower() != "content-length"}
    if status != 200:
        return Response(msgspec.json.encode(body), status, kept)
    shown = ParkedEvent.model_validate({"service": service, **body})
    return Response(msgspec.json.encode(shown.model_dump(mode="json")), 200, kept)


async def _own_rows(services: Services, asked: parked.Asked) -> list[dict[str, Any]]:
    async with services.work.read() as conn:
        return await parked.newest(conn, asked)

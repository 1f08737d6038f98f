"""HTTP in: the moves as hot routes (parse, hand over, answer), card views for the gateway."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field, ValidationError

from contracts.problem import Forbidden, Refusal, StoreNotFound, ValidationFailed
from kit import errors
from kit.app import Service
from kit.bodies import read_json
from kit.edge import Answer, HotRequest
from kit.fields import Body
from kit.idempotency import check_key, hash_of_key, hash_of_request
from kit.identity import Caller, StaffSessions, allow
from kit.telemetry import trace
from ledger.batches import Done, Operation
from ledger.bodies import MOVES, EarnBody, Naming, StampBody
from ledger.commands import Moves
from ledger.described import MOVES as DESCRIBED
from ledger.described import responses_of_move
from ledger.domain import Approval, Asker
from ledger.queries import Queries
from ledger.rulebook import Rulebook

PREFIX = "/api/v1/vendor/loyalty"
CALLERS = ("terminal", "owner", "manager")


class Door:
    """Turns requests into operations."""

    def __init__(
        self, service: Service, moves: Moves, queries: Queries, rules: Rulebook, staff: StaffSessions
    ) -> None:
        self._service = service
        self._moves = moves
        self._queries = queries
        self._rulebook = rules
        self._staff = staff
        self._secret = service.settings.idempotency_secret.get_secret_value().encode()

    def hot(self, path: str) -> Callable[[HotRequest], Any]:
        """The hot route of one move."""
        kind = MOVES[path.removeprefix(PREFIX)][0]

        async def answer(request: HotRequest) -> Answer:
            return await self._answer(kind, path, request)

        return answer

    async def _answer(self, kind: type[Naming], path: str, request: HotRequest) -> Answer:
        caller = self._service.callers.of(_text(request.headers.get(b"authorization")))
        request.scope["caller"], request.scope["template"] = caller.name, path
        if caller.role not in CALLERS:
            raise Forbidden
        value = read_json(request.body)
        dry = isinstance(value, dict) and value.get("dry_run") is True
        key = None if dry else check_key(_text(request.headers.get(b"idempotency-key")))
        body = _body(kind, value)
        operation = await self._operation(body, path, caller, key, request)
        if b"x-probe" in request.headers:
            return await self._probe(operation)
        done = await self._moves.move(operation)
        return _answer(done)

    async def _operation(
        self, body: Naming, path: str, caller: Caller, key: str | None, request: HotRequest
    ) -> Operation:
        merchant_id = caller.merchant
        store_id, refusal = body.store_id, None
        try:
            store_id = await self._store(body, caller, merchant_id)
        except StoreNotFound as gone:  # it is told in its turn, as a bad session is
            refusal = gone
        sale_at = body.sale_at if isinstance(body, (StampBody, EarnBody)) else None
        asker, staff_name = await self._asker(caller, merchant_id, store_id, request, sale_at)
        asked = None
        if key is not None:
            value = body.model_dump(exclude={"dry_run"})
            asked = hash_of_request(self._secret, "POST", path, value)
        return Operation(
            card=body.card,
            command=body.command(),
            asker=asker,
            trace=request.trace,
            instance=path,
            key_hash=hash_of_key(f"ledger/{merchant_id}", key) if key is not None else None,
            request_hash=asked,
            dry_run=body.dry_run,
            notes=body.notes,
            ip_address=_text(request.headers.get(b"x-client-address")),
            user_agent=_text(request.headers.get(b"x-client-agent")),
            staff_name=staff_name,
            refusal=refusal,
        )

    async def _store(self, body: Naming, caller: Caller, merchant_id: UUID) -> UUID:
        if caller.store_id is not None:
            if body.store_id not in (None, caller.store_id):
                raise ValidationFailed.of("store_id", "not-allowed", "a till acts for its own store")
            return caller.store_id
        if body.store_id is None:
            raise ValidationFailed.of("store_id", "required", "is required of users")
        return (await self._rulebook.store_of(merchant_id, body.store_id)).id

    async def _asker(
        self,
        caller: Caller,
        merchant_id: UUID,
        store_id: UUID | None,
        request: HotRequest,
        sale_at: datetime | None,
    ) -> tuple[Asker, str | None]:
        token = _text(request.headers.get(b"x-staff-session"))
        if token is None or caller.terminal_id is None:
            return Asker(merchant_id, store_id, caller.terminal_id, caller.user_id), None
        by_pin = b"x-staff-pin" in request.headers
        as_of = None if by_pin else sale_at
        try:
            session = self._staff.of(token, also_ended=as_of is not None)
        except Refusal as refusal:  # it is told in its turn: a replay comes before it
            return Asker(merchant_id, store_id, caller.terminal_id, None, refusal), None
        approval = Approval(
            session.staff_id,
            session.merchant_id,
            session.store_id,
            session.terminal_id,
            session.issued_at,
            session.expires_at,
            await self._rulebook.is_revoked(session.staff_id, session.issued_at, as_of),
            self._rulebook.is_manager(session.staff_id, session.role),
            by_pin,
        )
        return Asker(merchant_id, store_id, caller.terminal_id, None, approval), session.name

    async def _probe(self, operation: Operation) -> Answer:
        """Whether the key is known: its answer, or 204 for a good request with a new key."""
        if operation.key_hash is None or operation.request_hash is None:
            return Answer(204, b"", ())
        await self._moves.twin_of(operation.key_hash)
        known = await self._queries.known(operation.key_hash, operation.request_hash)
        return Answer(204, b"", ()) if known is None else _answer(known)


_JSON = ((b"content-type", b"application/json"), (b"cache-control", b"no-store"))
_PROBLEM = ((b"content-type", b"application/problem+json"), (b"cache-control", b"no-store"))
_REPLAYED = (b"idempotency-replayed", b"true")


def _answer(done: Done) -> Answer:
    headers = _JSON if done.status < 400 else _PROBLEM
    return Answer(done.status, done.body, (*headers, _REPLAYED) if done.replayed else headers)


def _body(kind: type[Naming], value: Any) -> Naming:
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        raise errors.refusal_of(error.errors(include_url=False, include_context=False)) from None


def _text(value: bytes | None) -> str | None:
    return value.decode("latin-1") if value is not None else None


class Asked(Body):
    card_ids: Annotated[list[UUID], Field(max_length=100)]
    merchant_id: UUID
    store_id: UUID | None = None


class AskedRewards(Body):
    reward_ids: Annotated[list[UUID], Field(max_length=100)]


def routes(door: Door, queries: Queries) -> APIRouter:
    """The moves as FastAPI knows them (for the document), card views, and what was taken of rewards."""
    router = APIRouter()
    for path, (kind, operation_id, summary) in MOVES.items():
        _document(router, door, path, kind, operation_id, summary)

    @router.post("/internal/card-views")
    async def card_views(
        asked: Asked, caller: Annotated[Caller, Depends(allow("service"))]
    ) -> dict[Literal["views"], dict[str, Any]]:
        return {"views": await queries.views(asked.merchant_id, asked.card_ids, asked.store_id)}

    @router.post("/internal/rewards-taken")
    async def rewards_taken(
        asked: AskedRewards, caller: Annotated[Caller, Depends(allow("service"))]
    ) -> dict[Literal["taken"], dict[UUID, int]]:
        return {"taken": await queries.taken(asked.reward_ids)}

    return router


@cache
def _schema(kind: type[Naming]) -> dict[str, Any]:
    return kind.model_json_schema(ref_template="#/components/schemas/{model}")


def _document(
    router: APIRouter, door: Door, path: str, kind: type[Naming], operation_id: str, summary: str
) -> None:
    hot = door.hot(PREFIX + path)
    described = DESCRIBED[path]
    # The example shows the approval too, which the gateway takes out and adds to the schema.
    content = {"application/json": {"schema": _schema(kind), "example": described.example}}

    @router.post(
        PREFIX + path,
        operation_id=operation_id,
        summary=summary,
        description=described.description,
        tags=["moves"],
        response_model=described.answer,
        responses=responses_of_move(path),
        openapi_extra={"requestBody": {"required": True, "content": content}},
    )
    async def move(request: Request, caller: Annotated[Caller, Depends(allow(*CALLERS))]) -> Response:
        headers = dict(request.scope["headers"])
        answer = await hot(HotRequest(request.scope, headers, await request.body(), trace.get()))
        return Response(
            answer.body, answer.status, {name.decode(): value.decode() for name, value in answer.headers}
        )

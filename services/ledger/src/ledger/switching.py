"""HTTP in: a card is switched off and on, which counts from the answer on."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import SecretStr

from contracts.problem import (
    BodyTooLarge,
    CardNotFound,
    Forbidden,
    IdempotencyKeyExpired,
    IdempotencyKeyInUse,
    IdempotencyKeyInvalid,
    IdempotencyKeyReused,
    MalformedRequest,
    ProgramNotFound,
    StoreNotAllowed,
    Unauthenticated,
    UnsupportedMediaType,
    UpstreamUnavailable,
    ValidationFailed,
)
from kit.fields import Body, example
from kit.idempotency import OptionalKey, hash_of_key, hash_of_request
from kit.identity import Caller, allow
from kit.telemetry import trace
from ledger.batches import Operation
from ledger.commands import Moves
from ledger.described import responses_of
from ledger.domain import Asker, SwitchCard
from ledger.move_answers import CardAvailability

CARD = "/api/v1/vendor/loyalty/cards/{card_id}"

_RESPONSES = responses_of(
    *(Unauthenticated, Forbidden, MalformedRequest, BodyTooLarge, UnsupportedMediaType, ValidationFailed),
    *(IdempotencyKeyInvalid, CardNotFound, ProgramNotFound, StoreNotAllowed),
    *(IdempotencyKeyInUse, IdempotencyKeyExpired, IdempotencyKeyReused, UpstreamUnavailable),
)


class NoBody(Body):
    """Nothing needs to be said; an empty object may be."""

    model_config = example()


def routes(moves: Moves, secret: SecretStr) -> APIRouter:
    """Deactivate by tills too, reactivate by people."""
    router = APIRouter(tags=["cards"])
    switch = Switch(moves, secret.get_secret_value().encode())

    @router.post(
        CARD + "/deactivate",
        operation_id="deactivateCard",
        summary="Switch a card off",
        description="From the answer on it takes no stamp, earning or redemption; its balances stay, and"
        " voids and adjusts go on. Once more changes nothing.",
        response_model=CardAvailability,
        responses=_RESPONSES,
        openapi_extra={"x-card": True},
    )
    async def deactivate(
        card_id: UUID,
        request: Request,
        caller: Annotated[Caller, Depends(allow("terminal", "owner", "manager"))],
        key: OptionalKey,
        body: NoBody | None = None,
    ) -> Response:
        return await switch(card_id, False, caller, key, request)

    @router.post(
        CARD + "/reactivate",
        operation_id="reactivateCard",
        summary="Switch a card on again",
        description="It goes on where it was. Once more changes nothing.",
        response_model=CardAvailability,
        responses=_RESPONSES,
        openapi_extra={"x-card": True},
    )
    async def reactivate(
        card_id: UUID,
        request: Request,
        caller: Annotated[Caller, Depends(allow("owner", "manager"))],
        key: OptionalKey,
        body: NoBody | None = None,
    ) -> Response:
        return await switch(card_id, True, caller, key, request)

    return router


class Switch:
    """Asks the batches, as a move does; the answer is the ledger's part of the card."""

    def __init__(self, moves: Moves, secret: bytes) -> None:
        self._moves = moves
        self._secret = secret

    async def __call__(
        self, card_id: UUID, active: bool, caller: Caller, key: str | None, request: Request
    ) -> Response:
        path = request.url.path
        operation = Operation(
            card=card_id,
            command=SwitchCard(active),
            asker=Asker(caller.merchant, caller.store_id, caller.terminal_id, caller.user_id),
            trace=trace.get(),
            instance=path,
            key_hash=hash_of_key(f"ledger/{caller.merchant}", key) if key is not None else None,
            request_hash=hash_of_request(self._secret, "POST", path, None) if key is not None else None,
            ip_address=request.headers.get("x-client-address"),
            user_agent=request.headers.get("x-client-agent"),
        )
        done = await self._moves.move(operation)
        headers = {"cache-control": "no-store"} | ({"idempotency-replayed": "true"} if done.replayed else {})
        kind = "application/json" if done.status < 400 else "application/problem+json"
        return Response(done.body, done.status, headers, media_type=kind)

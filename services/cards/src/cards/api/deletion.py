"""Deleting a card, for a merchant's users, and bringing it back, for admins."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from cards import commands, store
from cards.api.rooms import TheService, TheTerms
from cards.api.vendor import COMMON, PREFIX, User
from cards.domain import Held, shown_number
from contracts.event import Instant
from contracts.problem import (
    AlreadyExists,
    CardNotFound,
    IdempotencyKeyExpired,
    IdempotencyKeyInUse,
    IdempotencyKeyInvalid,
    IdempotencyKeyReused,
)
from contracts.programs import MerchantChanged
from kit.described import problems
from kit.fields import Body, example
from kit.idempotency import Made, OptionalKey
from kit.identity import Caller, allow
from kit.work import Tx

_ID = "0197c1c2-7e5a-7b3c-9d4e-5f60718293a4"

router = APIRouter(tags=["cards"])
Admin = Annotated[Caller, Depends(allow("admin"))]


class AdminCard(BaseModel):
    """A card as admins see it: nothing of the person."""

    model_config = ConfigDict(frozen=True)

    id: UUID = Field(description="The card", examples=[_ID])
    merchant_id: UUID = Field(description="Whose program it belongs to", examples=[_ID])
    program_id: UUID = Field(description="The program", examples=[_ID])
    customer_id: UUID = Field(description="Who holds it", examples=[_ID])
    card_number: str = Field(description="Number as printed", examples=["4821-0077-1930"])
    status: str = Field(description="`active` or `inactive`", examples=["active"])
    enrolled_at_store_id: UUID | None = Field(description="Where it was handed out", examples=[_ID])
    created_at: Instant = Field(description="When it was made", examples=["2026-11-20T10:00:00.000000Z"])
    deleted_at: Instant | None = Field(description="When it was deleted", examples=[None])
    deleted_by: UUID | None = Field(description="The user who deleted it", examples=[None])

    @classmethod
    def of(cls, held: Held) -> AdminCard:
        card = held.card
        shown = {name: value for name, value in card._asdict().items() if name in cls.model_fields}
        status = "active" if card.is_active else "inactive"
        return cls(**{**shown, "card_number": shown_number(card.card_number), "status": status})


class NoBody(Body):
    """Nothing needs to be said; an empty object may be."""

    model_config = example()


@router.delete(
    f"{PREFIX}/cards/{{card_id}}",
    operation_id="deleteCard",
    summary="Delete a card",
    description="It is not found any more and takes no more moves; its history stays in the ledger."
    " The customer can join again, and an admin can bring it back.",
    status_code=204,
    response_class=Response,
    responses=problems(*COMMON, CardNotFound),
)
async def delete_card(card_id: UUID, caller: User, service: TheService) -> Response:
    async with service.work() as tx:
        await commands.delete_card(tx, caller.merchant, card_id, caller.user_id)
    return Response(status_code=204)


@router.post(
    "/api/v1/admin/loyalty/cards/{card_id}/restore",
    operation_id="restoreCard",
    summary="Restore a card",
    description="Brings back exactly what was deleted, links included; a live card stays as it is."
    " Refused when the customer has another card of the program by now.",
    response_model=AdminCard,
    responses=problems(
        *COMMON,
        CardNotFound,
        AlreadyExists,
        IdempotencyKeyInvalid,
        IdempotencyKeyInUse,
        IdempotencyKeyExpired,
        IdempotencyKeyReused,
    ),
)
async def restore_card(
    card_id: UUID,
    request: Request,
    caller: Admin,
    key: OptionalKey,
    service: TheService,
    book: TheTerms,
    body: NoBody | None = None,
) -> Response:
    async def effect(tx: Tx) -> Made:
        found = await store.card_by(tx.conn, id=card_id)
        if found is None or _is_gone(book.projection.get(MerchantChanged, found.card.merchant_id)):
            raise CardNotFound
        return Made(200, AdminCard.of(await commands.restore_card(tx, card_id)))

    if key is not None:
        return await service.idempotency.once(request, key, "platform", body, effect)
    async with service.work() as tx:
        made = await effect(tx)
    assert isinstance(made.body, AdminCard)
    return Response(
        msgspec.json.encode(made.body.model_dump(mode="json")), 200, media_type="application/json"
    )


def _is_gone(merchant: MerchantChanged | None) -> bool:
    """A deleted merchant's cards are hidden by its own state; one that was never heard of is not deleted."""
    return merchant is not None and merchant.deleted_at is not None

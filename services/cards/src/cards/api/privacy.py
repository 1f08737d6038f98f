"""What a customer may ask of the merchant: all that is kept, and that it be forgotten. For owners."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from cards import commands, queries, store
from cards.api.answers import CustomerWhole
from cards.api.rooms import TheArchive, TheLetters, TheService
from cards.api.vendor import COMMON, KEYED, PREFIX
from cards.domain import Card, shown_number
from contracts.event import Instant
from contracts.problem import CardNotFound
from kit.described import problems
from kit.idempotency import Key, Made
from kit.identity import Caller, allow
from kit.ids import now
from kit.work import Tx

_ID, _AT = "0197c1c2-7e5a-7b3c-9d4e-5f60718293a4", "2026-11-20T10:00:00.000000Z"

router = APIRouter(prefix=f"{PREFIX}/cards/{{card_id}}/customer", tags=["customers"])
Owner = Annotated[Caller, Depends(allow("owner"))]


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class Erased(_Answer):
    """The customer is erased here; the other services follow within a minute."""

    customer_id: UUID = Field(description="An id that means nobody any more", examples=[_ID])
    erased_at: Instant = Field(description="When", examples=[_AT])


class ArchivedCard(_Answer):
    """A card with all that is kept of it here."""

    id: UUID = Field(description="The card", examples=[_ID])
    program_id: UUID = Field(description="Its program", examples=[_ID])
    card_number: str = Field(description="Number as printed", examples=["4821-0077-1930"])
    qr_code: str = Field(description="What its QR code holds", examples=["pXQk2v5m8y0b3e6h9k2n5q8t1w4z7C0F"])
    status: Literal["active", "inactive"] = Field(description="Whether it works", examples=["active"])
    via: str = Field(description="How it was handed out: till, user or public", examples=["till"])
    enrolled_at_store_id: UUID | None = Field(description="Where it was handed out", examples=[_ID])
    created_at: Instant = Field(description="When it was made", examples=[_AT])
    deleted_at: Instant | None = Field(description="When it was deleted", examples=[None])

    @classmethod
    def of(cls, card: Card) -> ArchivedCard:
        shown = {name: value for name, value in card._asdict().items() if name in cls.model_fields}
        status = "active" if card.is_active else "inactive"
        return cls(**{**shown, "card_number": shown_number(card.card_number), "status": status})


class MissingPart(_Answer):
    part: str = Field(description="`transactions` or `passes`", examples=["passes"])
    reason: str = Field(description="A problem's code", examples=["upstream-unavailable"])


class ArchiveAnswer(_Answer):
    """All that the platform keeps of a customer; a part that is missing is null, and named in `missing`."""

    exported_at: Instant = Field(description="When it was put together", examples=[_AT])
    customer: CustomerWhole = Field(description="The person's data")
    cards: list[ArchivedCard] = Field(description="All cards, deleted ones included")
    transactions: list[dict[str, Any]] | None = Field(
        description="The ledger's rows of these cards, oldest first, with what is kept beside them"
    )
    passes: list[dict[str, Any]] | None = Field(description="What the wallets show of these cards")
    missing: list[MissingPart] = Field(description="Parts whose service did not answer; ask again for these")


@router.post(
    "/erase",
    operation_id="eraseCustomer",
    summary="Erase a customer",
    description="The card is gone at once, with all others of this person; every service has forgotten the"
    " person within a minute. The ledger keeps its rows, which name nobody. It cannot be undone.",
    status_code=202,
    response_model=Erased,
    responses=problems(*COMMON, *KEYED, CardNotFound),
)
async def erase_customer(
    card_id: UUID, request: Request, caller: Owner, key: Key, service: TheService, letters: TheLetters
) -> Response:
    async def effect(tx: Tx) -> Made:
        erased = await commands.erase_customer(tx, caller.merchant, card_id, letters)
        assert erased.erased_at is not None
        return Made(202, Erased(customer_id=erased.id, erased_at=erased.erased_at))

    return await service.idempotency.once(request, key, str(caller.merchant), None, effect)


@router.get(
    "/export",
    operation_id="exportCustomer",
    summary="Export a customer's data",
    description="One archive over all services. When one does not answer its part is null and named.",
    response_model=ArchiveAnswer,
    responses=problems(*COMMON, CardNotFound),
)
async def export_customer(
    card_id: UUID, caller: Owner, service: TheService, archive: TheArchive, response: Response
) -> ArchiveAnswer:
    async with service.work.read() as conn:
        held = await queries.customer_of(conn, caller.merchant, card_id)
        cards = await store.all_cards_of(conn, held.customer.id)
    transactions, passes = await archive.of([card.id for card in cards])
    response.headers["content-disposition"] = f'attachment; filename="customer-{held.customer.id}.json"'
    return ArchiveAnswer(
        exported_at=now(),
        customer=CustomerWhole.of(held.customer),
        cards=[ArchivedCard.of(card) for card in cards],
        transactions=transactions.items,
        passes=passes.items,
        missing=[
            MissingPart(**part.missing._asdict())
            for part in (transactions, passes)
            if part.missing is not None
        ],
    )

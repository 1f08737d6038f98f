"""What the cards service tells: a card's whole state, without anything of the person."""

from __future__ import annotations

from typing import ClassVar, Literal
from uuid import UUID

from contracts.event import Instant, State


class CardChanged(State):
    """One card. A QR code names a card and authorises nothing: it may travel."""

    type: ClassVar[str] = "cards.card-changed.v1"
    topic: ClassVar[str] = "cards-events"
    kind: ClassVar[str] = "card"

    merchant_id: UUID
    program_id: UUID
    program_version: int
    customer_id: UUID
    card_number: str
    qr_code: str
    scope_store_id: UUID | None = None
    enrolled_at_store_id: UUID | None = None
    enrolled_by_terminal_id: UUID | None = None
    enrolled_by_user_id: UUID | None = None
    via: Literal["till", "user", "public"]
    locale: str
    #: False for a customer who had a card of this program before: no second bonus.
    first_of_customer: bool = True
    created_at: Instant
    deleted_at: Instant | None = None
    erased_at: Instant | None = None

    def key(self) -> str:
        return str(self.id)

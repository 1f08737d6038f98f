"""What the cards service answers: cards' identity part, and customers."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from cards.domain import Customer, Held, Store, last_name_initial, shown_number
from contracts.event import Instant

_ID = "0197c1c2-7e5a-7b3c-9d4e-5f60718293a4"
_AT = "2026-11-20T10:00:00.000000Z"


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class CustomerShort(_Answer):
    """A customer as a till sees one."""

    first_name: str = Field(description="First name", examples=["Ana"])
    last_name_initial: str = Field(description="The last name's first letter", examples=["W"])

    @classmethod
    def of(cls, customer: Customer) -> CustomerShort:
        return cls(first_name=customer.first_name, last_name_initial=last_name_initial(customer.last_name))


class CustomerWhole(CustomerShort):
    """A customer as owner and manager see one."""

    id: UUID = Field(description="The customer", examples=[_ID])
    last_name: str = Field(description="Last name", examples=["Weber"])
    email: str | None = Field(
        description="E-mail address as it was given", examples=["ana.weber@example.com"]
    )
    phone: str | None = Field(description="Phone number in E.164", examples=["+352621123456"])
    birthday: date | None = Field(description="Birthday", examples=["1990-12-31"])
    locale: Literal["en", "fr", "de", "lb"] = Field(description="The customer's language", examples=["fr"])
    marketing_consent: bool = Field(description="Whether news may be sent", examples=[False])
    created_at: Instant = Field(description="When the customer joined first", examples=[_AT])

    @classmethod
    def of(cls, customer: Customer) -> CustomerWhole:
        shown = {name: value for name, value in customer._asdict().items() if name in cls.model_fields}
        return cls(**shown, last_name_initial=last_name_initial(customer.last_name))


class CardAnswer(_Answer):
    """A card's identity; the gateway adds its balances."""

    id: UUID = Field(description="The card", examples=[_ID])
    card_number: str = Field(description="Number as printed", examples=["4821-0077-1930"])
    qr_code: str = Field(description="What its QR code holds", examples=["pXQk2v5m8y0b3e6h9k2n5q8t1w4z7C0F"])
    status: Literal["active", "inactive"] = Field(
        description="Inactive: nothing can be earned", examples=["active"]
    )
    customer: CustomerWhole | CustomerShort = Field(description="Who holds it; whole for owner and manager")
    enrolled_at_store_id: UUID | None = Field(description="Where it was handed out", examples=[_ID])
    created_at: Instant = Field(description="When it was made", examples=[_AT])

    @classmethod
    def of(cls, held: Held, *, whole: bool = False) -> CardAnswer:
        card = held.card
        return cls(
            id=card.id,
            card_number=shown_number(card.card_number),
            qr_code=card.qr_code,
            status="active" if card.is_active else "inactive",
            customer=(CustomerWhole if whole else CustomerShort).of(held.customer),
            enrolled_at_store_id=card.enrolled_at_store_id,
            created_at=card.created_at,
        )


class StoreAnswer(_Answer):
    """A store at which the card works."""

    id: UUID = Field(description="The store", examples=[_ID])
    name: str = Field(description="Its name", examples=["Grund"])

    @classmethod
    def of(cls, store: Store) -> StoreAnswer:
        return cls(id=store.id, name=store.name)


class EnrolAnswer(_Answer):
    """The card, new or known."""

    card: CardAnswer = Field(description="The card")
    already_enrolled: bool = Field(description="True when the customer had it before", examples=[False])
    stores: list[StoreAnswer] = Field(description="The stores at which the card works")
    card_url: str | None = Field(
        description="Address of the card's own page; shown this once, null for a known card and in a replay",
        examples=["https://cards.example.com/c/3q2-7wJf0T6mVb1kXn8sYpLrCzEaGd5hUoQi9tWxMjA"],
    )


class LinkAnswer(_Answer):
    card_url: str | None = Field(
        description="Address of the card's own page; shown this once, null in a replay",
        examples=["https://cards.example.com/c/3q2-7wJf0T6mVb1kXn8sYpLrCzEaGd5hUoQi9tWxMjA"],
    )


class CardList(_Answer):
    """A page of cards, newest first."""

    items: list[CardAnswer] = Field(description="Cards, newest first")
    next_cursor: str | None = Field(description="Asks for the next page; null at the end", examples=[None])
    total: int | None = Field(
        default=None, description="How many there are; only there when asked by `count=true`", examples=[128]
    )

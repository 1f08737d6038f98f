"""Reads of the cards service: one card by what the till has in hand."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from cards import store
from cards.contact import read_email, read_phone
from cards.domain import Held, Terms, card_at, check_asked, read_number, the_one
from contracts.problem import CardNotFound, ValidationFailed


class Asked(NamedTuple):
    """A card by exactly one of these."""

    qr: str | None = None
    number: str | None = None
    email: str | None = None
    phone: str | None = None


async def look_up(conn: AsyncConnection, terms: Terms, asked: Asked, store_id: UUID | None) -> Held:
    """The card, if it answers at this store."""
    terms.check_place(store_id)
    if asked.qr is not None or asked.number is not None:
        return await _by_itself(conn, terms, asked, store_id)
    return await _by_person(conn, terms, asked, store_id)


async def _by_itself(conn: AsyncConnection, terms: Terms, asked: Asked, store_id: UUID | None) -> Held:
    named: dict[str, Any] = {"qr_code": asked.qr}
    if asked.number is not None:
        number = read_number(asked.number)
        if number is None:
            raise ValidationFailed.of("number", "bad-format", "is not a card number: twelve digits")
        named = {"card_number": number}
    held = await store.live_card(conn, terms.merchant_id, **named)
    if held is None:
        raise CardNotFound
    check_asked(held.card, terms, store_id)
    return held


async def _by_person(conn: AsyncConnection, terms: Terms, asked: Asked, store_id: UUID | None) -> Held:
    """By e-mail or phone only the cards are seen that work at the asking store."""
    email_key = read_email(asked.email) if asked.email is not None else None
    phone = read_phone(asked.phone, terms.country) if asked.phone is not None else None
    program = terms.live_program()
    customer = the_one(await store.customers_named(conn, terms.merchant_id, email_key, phone))
    if customer is None:
        raise CardNotFound
    card = card_at(await store.cards_of(conn, customer.id, program.id), terms, store_id)
    if card is None:
        raise CardNotFound
    return Held(card, customer)


async def one_card(conn: AsyncConnection, terms: Terms, card_id: UUID, store_id: UUID | None) -> Held:
    """The card by its id; `store_id` is None for a user, who sees the cards of every store."""
    held = await store.live_card(conn, terms.merchant_id, id=card_id)
    if held is None:
        raise CardNotFound
    check_asked(held.card, terms, store_id if store_id is not None else held.card.scope_store_id)
    return held


async def customer_of(conn: AsyncConnection, merchant_id: UUID, card_id: UUID) -> Held:
    """The card's customer. CardNotFound when there is no such card."""
    held = await store.live_card(conn, merchant_id, id=card_id)
    if held is None:
        raise CardNotFound
    return held

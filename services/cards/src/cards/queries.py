"""Reads of the cards service: one card by what the till has in hand, and lists."""

from __future__ import annotations

import base64
import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Literal, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from cards import store, tables
from cards.contact import read_email, read_phone
from cards.domain import Held, Terms, card_at, check_asked, read_number, search_words, the_one
from contracts.problem import CardNotFound, ValidationFailed

WORDS_SEARCHED = 5
_cards, _customers, _words = tables.cards, tables.customers, tables.customer_words


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


# -- lists


class Filter(NamedTuple):
    """Which cards to list. `seen_at` is the till's store: it sees cards that work there."""

    search: str | None = None
    status: Literal["active", "inactive"] | None = None
    store_id: UUID | None = None
    seen_at: UUID | None = None


class Page(NamedTuple):
    items: Sequence[Held]
    next_cursor: str | None


async def list_cards(
    conn: AsyncConnection, terms: Terms, wanted: Filter, cursor: str | None, limit: int
) -> Page:
    """Cards of the live program, newest first."""
    if terms.program is None:
        return Page([], None)
    living = (
        _cards.c.program_id == terms.program.id,
        _cards.c.deleted_at.is_(None),
        _customers.c.erased_at.is_(None),
    )
    statement = store.held_rows().where(*living, *_conditions(terms, wanted))
    if cursor is not None:
        statement = statement.where(_cards.c.id < read_cursor(cursor))
    rows = await conn.execute(statement.order_by(_cards.c.id.desc()).limit(limit + 1))
    found = [store.held_of(row) for row in rows]
    more = len(found) > limit
    return Page(found[:limit], cursor_of(found[limit - 1].card.id) if more else None)


def _conditions(terms: Terms, wanted: Filter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.status is not None:
        found.append(_cards.c.is_active.is_(wanted.status == "active"))
    if wanted.store_id is not None:
        found.append(_cards.c.enrolled_at_store_id == wanted.store_id)
    if wanted.seen_at is not None and not terms.cross_location:
        found.append(or_(_cards.c.scope_store_id.is_(None), _cards.c.scope_store_id == wanted.seen_at))
    if wanted.search is not None:
        found.append(_search(terms, wanted.search))
    return found


def _search(terms: Terms, text: str) -> ColumnElement[bool]:
    """A whole e-mail, phone or card number, or the beginnings of a name's words."""
    if "@" in text:
        try:
            return _customers.c.email_key == read_email(text)
        except ValidationFailed:
            return false()
    ways: list[ColumnElement[bool]] = []
    if (number := read_number(text)) is not None:
        ways.append(_cards.c.card_number == number)
    if re.fullmatch(r"[+\d\s()./-]{3,40}", text):
        with suppress(ValidationFailed):  # not a whole phone number: the other ways remain
            ways.append(_customers.c.phone == read_phone(text, terms.country))
    return or_(*ways) if ways else _words_begin(terms.merchant_id, search_words(text)[:WORDS_SEARCHED])


def _words_begin(merchant_id: UUID, words: Sequence[str]) -> ColumnElement[bool]:
    if not words:
        return false()
    found = _customers.c.merchant_id == merchant_id
    for word in words:
        # Words are compared by code point: this range is what begins with it, in a plan that knows no value.
        begins = and_(_words.c.word >= word, _words.c.word <= word + chr(sys.maxunicode))
        found &= _customers.c.id.in_(
            select(_words.c.customer_id).where(_words.c.merchant_id == merchant_id, begins)
        )
    return found


def cursor_of(last_id: UUID) -> str:
    """Opaque to callers: where the next page begins."""
    return base64.urlsafe_b64encode(last_id.bytes).rstrip(b"=").decode()


def read_cursor(cursor: str) -> UUID:
    """ValidationFailed for one that we never gave."""
    try:
        return UUID(bytes=base64.b64decode(cursor + "==", altchars=b"-_", validate=True))
    except ValueError:
        raise ValidationFailed.of("cursor", "bad-format", "is not a cursor of this list") from None

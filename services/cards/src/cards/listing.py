"""Lists of cards: newest first, page by page, narrowed and searched; as quick on a million as on a hundred.

A search by names goes one of three ways. Few people are called so: their cards are gathered and sorted. Many
have one word and many another: who has both is found first, then gathered. So many that the page is soon
full: cards are walked newest first, each asked for its words. Each statement can be carried out in one way
only. Up to 7000 people are counted, for that decides most; only between the two other ways the statistics do.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Literal, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, intersect, literal, or_, select, text, true
from sqlalchemy.ext.asyncio import AsyncConnection

from cards import store, tables
from cards.contact import read_email, read_phone
from cards.domain import Held, Terms, read_number, search_words
from contracts.problem import ValidationFailed
from kit.cursors import cursor_of, id_in

#: What is said of a cursor that is none.
NO_CURSOR = "is not a cursor of this list"
WORDS_SEARCHED = 5
#: Up to so many people are gathered; about where gathering and walking a million cards take as long.
MOST_GATHERED = 7000
#: Words that together have so many are compared, to find who is called both; that takes 40 ms at most.
MOST_COMPARED = 120_000
#: So few are gathered without looking for a rarer word.
FEW = 100
_cards, _customers, _words = tables.cards, tables.customers, tables.customer_words


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
    conditions = _listed(terms.program.id, terms, wanted)
    before = id_in(cursor, NO_CURSOR)
    if before is not None:
        conditions.append(_cards.c.id < before)
    ids = await _ids(conn, terms, wanted.search, conditions, limit + 1)
    if not ids:
        return Page([], None)
    rows = await conn.execute(
        store.held_rows().where(_cards.c.id.in_(ids[:limit])).order_by(_cards.c.id.desc())
    )
    found = [store.held_of(row) for row in rows]
    return Page(found, cursor_of(ids[limit - 1]) if len(ids) > limit else None)


async def count_cards(conn: AsyncConnection, terms: Terms, wanted: Filter) -> int:
    """How many cards all pages of this list hold. It reads them all: for those who ask."""
    if terms.program is None:
        return 0
    gone = select(_customers.c.id).where(
        _customers.c.id == _cards.c.customer_id, _customers.c.erased_at.is_not(None)
    )
    conditions = [*_listed(terms.program.id, terms, wanted), ~gone.exists()]
    if wanted.search is not None:
        conditions.append(await _searched(conn, terms, wanted.search))
    counted = select(func.count()).select_from(_cards).where(*conditions)
    return int((await conn.execute(counted)).scalar_one())


async def _searched(conn: AsyncConnection, terms: Terms, search: str) -> ColumnElement[bool]:
    """The same cards as the pages show, in words that leave the planner its choice."""
    if (ways := await _whole(conn, terms, search)) is not None:
        return or_(false(), *ways)
    called = [
        _cards.c.customer_id.in_(select(_words.c.customer_id).where(*_begins(terms.merchant_id, word)))
        for word in search_words(search)[:WORDS_SEARCHED]
    ]
    return and_(*called) if called else false()


def _listed(program_id: UUID, terms: Terms, wanted: Filter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [_cards.c.program_id == program_id, _cards.c.deleted_at.is_(None)]
    if wanted.status is not None:
        # As the index of inactive cards says it, so that it is used.
        found.append(_cards.c.is_active if wanted.status == "active" else ~_cards.c.is_active)
    if wanted.store_id is not None:
        found.append(_cards.c.enrolled_at_store_id == wanted.store_id)
    if wanted.seen_at is not None and not terms.cross_location:
        found.append(or_(_cards.c.scope_store_id.is_(None), _cards.c.scope_store_id == wanted.seen_at))
    return found


async def _ids(
    conn: AsyncConnection, terms: Terms, search: str | None, conditions: list[ColumnElement[bool]], limit: int
) -> list[UUID]:
    """The newest cards that are searched for."""
    if search is None:
        statement: Select[Any] = _walk([*conditions, _not_erased()])
    elif (ways := await _whole(conn, terms, search)) is not None:
        if not ways:
            return []
        statement = _walk([*conditions, or_(*ways), _not_erased()])
    else:
        words, counts = await _rarest_first(conn, terms.merchant_id, search_words(search)[:WORDS_SEARCHED])
        if not words or counts[0] == 0:
            return []
        if counts[0] <= MOST_GATHERED:
            few = 1
        elif len(words) > 1 and counts[0] + counts[1] <= MOST_COMPARED:
            few = 2
        else:
            few = 0
        conditions += map(_is_called, words[few:])
        statement = _gather(terms.merchant_id, words[:few], conditions) if few else _walk(conditions)
    rows = await conn.execute(statement.limit(limit))
    return list(rows.scalars())


def _walk(conditions: Sequence[ColumnElement[bool]]) -> Select[Any]:
    """Cards newest first."""
    return select(_cards.c.id).where(*conditions).order_by(_cards.c.id.desc())


def _not_erased() -> ColumnElement[bool]:
    """Of erased people no words are kept: a search by names needs no such look."""
    living = select(_customers.c.erased_at.is_(None)).where(_customers.c.id == _cards.c.customer_id)
    return living.correlate(_cards).limit(1).scalar_subquery()


def _gather(
    merchant_id: UUID, words: Sequence[str], conditions: Sequence[ColumnElement[bool]]
) -> Select[Any]:
    """The cards of all who are called so, sorted."""
    each = [select(_words.c.customer_id).where(*_begins(merchant_id, word)) for word in words]
    called = (intersect(*each) if len(each) > 1 else each[0].distinct()).subquery()
    # With an offset it stays as it is written: for each customer, their cards.
    theirs = (
        select(_cards.c.id)
        .where(_cards.c.customer_id == called.c.customer_id, *conditions)
        .offset(0)
        .lateral("theirs")
    )
    return select(theirs.c.id).select_from(called.join(theirs, true())).order_by(theirs.c.id.desc())


async def _rarest_first(
    conn: AsyncConnection, merchant_id: UUID, words: Sequence[str]
) -> tuple[list[str], list[int]]:
    """The words and how many begin so, the rarest first; after a very rare one no other is counted."""
    found: list[tuple[int, str]] = []
    longest = sorted(words, key=len, reverse=True)
    for place, word in enumerate(longest):
        found.append((await _count(conn, merchant_id, word), word))
        if found[-1][0] <= FEW:
            found += [(MOST_GATHERED + 1, other) for other in longest[place + 1 :]]
            break
    if len(found) > 1 and min(found)[0] > MOST_GATHERED:
        found = [(max(count, await _estimate(conn, merchant_id, word)), word) for count, word in found]
    found.sort(key=lambda one: one[0])
    return [word for _, word in found], [count for count, _ in found]


async def _count(conn: AsyncConnection, merchant_id: UUID, word: str) -> int:
    """How many words begin so; counted as far as it matters."""
    some = select(literal(1)).where(*_begins(merchant_id, word)).limit(MOST_GATHERED + 1).subquery()
    return int((await conn.execute(select(func.count()).select_from(some))).scalar_one())


_EXPLAIN = text(
    "EXPLAIN (FORMAT JSON)"
    " SELECT FROM customer_words WHERE merchant_id = :merchant_id AND word >= :low AND word <= :high"
)


async def _estimate(conn: AsyncConnection, merchant_id: UUID, word: str) -> int:
    """About how many words begin so, as the statistics say: to count tens of thousands takes too long."""
    given = {"merchant_id": merchant_id, "low": word, "high": word + chr(sys.maxunicode)}
    (plan,) = (await conn.execute(_EXPLAIN, given)).scalar_one()
    return int(plan["Plan"]["Plan Rows"])


def _begins(merchant_id: UUID, word: str) -> tuple[ColumnElement[bool], ...]:
    # Words are compared by code point: this range is what begins with it, in a plan that knows no value.
    return (_words.c.merchant_id == merchant_id, _range(word))


def _is_called(word: str) -> ColumnElement[bool]:
    """Whether a word of the card's customer begins so, asked card by card."""
    asked = select(literal(True)).where(_words.c.customer_id == _cards.c.customer_id, _range(word))
    return asked.correlate(_cards).limit(1).scalar_subquery()


def _range(word: str) -> ColumnElement[bool]:
    return and_(_words.c.word >= word, _words.c.word <= word + chr(sys.maxunicode))


async def _whole(conn: AsyncConnection, terms: Terms, text: str) -> list[ColumnElement[bool]] | None:
    """Conditions for a whole e-mail, phone or card number; None when it has the shape of a name."""
    email_key = phone = None
    found: list[ColumnElement[bool]] = []
    if "@" in text:
        with suppress(ValidationFailed):
            email_key = read_email(text)
    else:
        if (number := read_number(text)) is not None:
            found.append(_cards.c.card_number == number)
        if re.fullmatch(r"[+\d\s()./-]{3,40}", text):
            with suppress(ValidationFailed):  # not a whole phone number: the other ways remain
                phone = read_phone(text, terms.country)
        if not found and phone is None:
            return None
    if email_key is not None or phone is not None:
        people = await store.customers_named(conn, terms.merchant_id, email_key, phone)
        if people:
            found.append(_cards.c.customer_id.in_([customer.id for customer in people]))
    return found

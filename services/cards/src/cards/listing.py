"""Lists of cards: newest first, page by page, narrowed and searched; as quick on a million as on a hundred.

A search by names goes one of three ways. Some are called so: their cards are gathered from the index of
words, sorted, and asked for the other words until the page is full. Many have one word and not many more
another: the cards that have both are found in that index alone. So many that the page is soon full: cards are
walked newest first, each asked for its words; when that takes too long, they are gathered after all. Each
statement can be carried out in one way only. Up to 7000 cards are counted, for that decides most; beyond
that the statistics do.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Literal, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    and_,
    false,
    func,
    intersect,
    literal,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from cards import store, tables
from cards.contact import read_email, read_phone
from cards.domain import Held, Terms, read_number, search_words
from contracts.problem import ValidationFailed
from kit.cursors import cursor_of, id_in

#: What is said of a cursor that is none.
NO_CURSOR = "is not a cursor of this list"
WORDS_SEARCHED = 5
#: Up to so many cards are gathered from the index before any are walked, in 10 ms at most.
MOST_GATHERED = 7000
#: Words that together have so many are compared, to find the cards with both; that takes 50 ms at most.
MOST_COMPARED = 50_000
#: So few are asked one by one for the other words, in 20 ms at most, without looking for a rarer word.
FEW = 2500
#: To ask a card for a word takes as long as to read so many cards from the index of words.
ASKING_READS = 10
#: So many cards are walked before they are gathered after all; that takes 80 ms at most.
MOST_WALKED = 40_000
_cards, _customers, _words = tables.cards, tables.customers, tables.customer_words
_card_words = tables.card_words


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
    ids = await _ids(conn, terms, wanted.search, conditions, before, limit + 1)
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
        _cards.c.customer_id.in_(
            select(_words.c.customer_id).where(
                _words.c.merchant_id == terms.merchant_id, _range(_words, word)
            )
        )
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
    conn: AsyncConnection,
    terms: Terms,
    search: str | None,
    conditions: list[ColumnElement[bool]],
    before: UUID | None,
    limit: int,
) -> list[UUID]:
    """The newest cards that are searched for, older than `before`."""
    if before is not None:
        conditions.append(_cards.c.id < before)
    if search is None:
        statement: Select[Any] = _walk([*conditions, _not_erased()])
    elif (ways := await _whole(conn, terms, search)) is not None:
        if not ways:
            return []
        statement = _walk([*conditions, or_(*ways), _not_erased()])
    else:
        return await _named(conn, terms.live_program().id, search, conditions, before, limit)
    rows = await conn.execute(statement.limit(limit))
    return list(rows.scalars())


async def _named(
    conn: AsyncConnection,
    program_id: UUID,
    search: str,
    conditions: list[ColumnElement[bool]],
    before: UUID | None,
    limit: int,
) -> list[UUID]:
    """The newest cards of people with these words in their names."""
    words, counts = await _rarest_first(conn, program_id, search_words(search)[:WORDS_SEARCHED])
    if not words or counts[0] == 0:
        return []
    gathered = _gathered(counts)
    if not gathered:
        until = await _end_of_walk(conn, program_id, before)
        near = [] if until is None else [_cards.c.id > until]
        walked = _walk([*conditions, *near, *map(_is_called, words)]).limit(limit)
        found = list((await conn.execute(walked)).scalars())
        if until is None or len(found) == limit:
            return found
        gathered = 2
    called = [_called(program_id, word, before) for word in words[:gathered]]
    statement = _gather(called, [*conditions, *map(_is_called, words[gathered:])])
    return list((await conn.execute(statement.limit(limit))).scalars())


def _gathered(counts: Sequence[int]) -> int:
    """How many of these words, the rarest first, cards are gathered by; the others are asked card by card."""
    first, second = [*counts, 0][:2]
    if first > FEW and first <= second <= first * ASKING_READS and first + second <= MOST_COMPARED:
        return 2
    return 1 if first <= MOST_GATHERED else 0


async def _end_of_walk(conn: AsyncConnection, program_id: UUID, before: UUID | None) -> UUID | None:
    """The card at which a walk ends; None when there are not so many."""
    cards = [_cards.c.program_id == program_id, _cards.c.deleted_at.is_(None)]
    if before is not None:
        cards.append(_cards.c.id < before)
    last = await conn.execute(_walk(cards).offset(MOST_WALKED).limit(1))
    found: UUID | None = last.scalar_one_or_none()
    return found


def _walk(conditions: Sequence[ColumnElement[bool]]) -> Select[Any]:
    """Cards newest first."""
    return select(_cards.c.id).where(*conditions).order_by(_cards.c.id.desc())


def _not_erased() -> ColumnElement[bool]:
    """Of erased people no words are kept: a search by names needs no such look."""
    living = select(_customers.c.erased_at.is_(None)).where(_customers.c.id == _cards.c.customer_id)
    return living.correlate(_cards).limit(1).scalar_subquery()


def _called(program_id: UUID, word: str, before: UUID | None) -> Select[Any]:
    """Cards with a word that begins so."""
    found = select(_card_words.c.card_id).where(*_begins(program_id, word))
    return found if before is None else found.where(_card_words.c.card_id < before)


def _gather(called: Sequence[Select[Any]], conditions: Sequence[ColumnElement[bool]]) -> Select[Any]:
    """The newest of the cards that are among all of these."""
    both = intersect(*called).subquery() if len(called) > 1 else called[0].distinct().subquery()
    newest = select(both.c.card_id).order_by(both.c.card_id.desc()).offset(0).subquery()
    # With an offset it stays as it is written: card after card is asked, until there are enough.
    asked = select(_cards.c.id).where(_cards.c.id == newest.c.card_id, *conditions).offset(0).lateral("asked")
    return select(asked.c.id).select_from(newest.join(asked, true())).order_by(newest.c.card_id.desc())


async def _rarest_first(
    conn: AsyncConnection, program_id: UUID, words: Sequence[str]
) -> tuple[list[str], list[int]]:
    """The words and how many cards have one, the rarest first; after a very rare one no other is counted."""
    found: list[tuple[int, str]] = []
    longest = sorted(words, key=len, reverse=True)
    for place, word in enumerate(longest):
        found.append((await _count(conn, program_id, word), word))
        if found[-1][0] <= FEW:
            found += [(MOST_GATHERED + 1, other) for other in longest[place + 1 :]]
            break
    if len(found) > 1 and min(found)[0] > FEW:
        found = [(await _beyond(conn, program_id, count, word), word) for count, word in found]
    found.sort(key=lambda one: one[0])
    return [word for _, word in found], [count for count, _ in found]


async def _count(conn: AsyncConnection, program_id: UUID, word: str) -> int:
    """How many words begin so; counted as far as it matters."""
    some = select(literal(1)).where(*_begins(program_id, word)).limit(MOST_GATHERED + 1).subquery()
    return int((await conn.execute(select(func.count()).select_from(some))).scalar_one())


_EXPLAIN = text(
    "EXPLAIN (FORMAT JSON)"
    " SELECT FROM card_words WHERE program_id = :program_id AND word >= :low AND word <= :high"
)


async def _beyond(conn: AsyncConnection, program_id: UUID, count: int, word: str) -> int:
    """The count; where it ended early, what the statistics say: to count on would take too long."""
    if count <= MOST_GATHERED:
        return count
    given = {"program_id": program_id, "low": word, "high": word + chr(sys.maxunicode)}
    (plan,) = (await conn.execute(_EXPLAIN, given)).scalar_one()
    return max(count, int(plan["Plan"]["Plan Rows"]))


def _begins(program_id: UUID, word: str) -> tuple[ColumnElement[bool], ...]:
    return (_card_words.c.program_id == program_id, _range(_card_words, word))


def _is_called(word: str) -> ColumnElement[bool]:
    """Whether a word of the card's customer begins so, asked card by card."""
    asked = select(literal(True)).where(_words.c.customer_id == _cards.c.customer_id, _range(_words, word))
    return asked.correlate(_cards).limit(1).scalar_subquery()


def _range(words: Table, word: str) -> ColumnElement[bool]:
    # Words are compared by code point: this range is what begins with it, in a plan that knows no value.
    return and_(words.c.word >= word, words.c.word <= word + chr(sys.maxunicode))


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

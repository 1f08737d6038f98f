"""SQL of the import: who is there already, and many customers and cards at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from cards import store, tables
from cards.domain import Card, Customer, Held, search_words

_cards, _customers, _words = tables.cards, tables.customers, tables.customer_words
_references = tables.card_references


class Overtaken(Exception):
    """Somebody else enrolled one of these people meanwhile, or took a number: decide anew."""


async def lock_people(
    conn: AsyncConnection, merchant_id: UUID, email_keys: Sequence[str], phones: Sequence[str]
) -> list[Customer]:
    """Whom these addresses and numbers name, held until the end."""
    statement = (
        select(*[_customers.c[name] for name in Customer._fields])
        .where(_customers.c.merchant_id == merchant_id, _customers.c.erased_at.is_(None))
        .where(or_(_customers.c.email_key.in_(email_keys), _customers.c.phone.in_(phones)))
        .order_by(_customers.c.id)
        .with_for_update(key_share=True)
    )
    return [Customer._make(row) for row in await conn.execute(statement)]


async def cards_of_people(
    conn: AsyncConnection, program_id: UUID, customer_ids: Sequence[UUID]
) -> dict[UUID, list[Card]]:
    """Their live cards of the program."""
    found: dict[UUID, list[Card]] = {}
    statement = select(*[_cards.c[name] for name in Card._fields]).where(
        _cards.c.customer_id.in_(customer_ids),
        _cards.c.program_id == program_id,
        _cards.c.deleted_at.is_(None),
    )
    for row in await conn.execute(statement):
        card = Card._make(row)
        found.setdefault(card.customer_id, []).append(card)
    return found


async def references(conn: AsyncConnection, merchant_id: UUID, names: Sequence[str]) -> dict[str, UUID]:
    """The card that each of these references names."""
    statement = select(_references.c.reference, _references.c.card_id).where(
        _references.c.merchant_id == merchant_id, _references.c.reference.in_(names)
    )
    return {row.reference: row.card_id for row in await conn.execute(statement)}


async def numbers_of(conn: AsyncConnection, merchant_id: UUID, names: Sequence[str]) -> dict[str, str]:
    """The number of the card that each of these references names."""
    statement = (
        select(_references.c.reference, _cards.c.card_number)
        .join(_cards, _cards.c.id == _references.c.card_id)
        .where(_references.c.merchant_id == merchant_id, _references.c.reference.in_(names))
    )
    return {row.reference: row.card_number for row in await conn.execute(statement)}


async def exported(
    conn: AsyncConnection, program_id: UUID, after: UUID | None, limit: int
) -> list[tuple[Held, str | None]]:
    """Cards of a program that are there, oldest first, each with what its customer was imported as."""
    name = select(func.min(_references.c.reference)).where(_references.c.card_id == _cards.c.id)
    statement = (
        store.held_rows()
        .add_columns(name.scalar_subquery().label("reference"))
        .where(
            _cards.c.program_id == program_id,
            _cards.c.deleted_at.is_(None),
            _customers.c.erased_at.is_(None),
        )
        .order_by(_cards.c.id)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(_cards.c.id > after)
    rows = await conn.execute(statement)
    return [(store.held_of(row[:-1]), row[-1]) for row in rows]  # type: ignore[arg-type]


async def taken_numbers(conn: AsyncConnection, numbers: Sequence[str]) -> set[str]:
    """Those of these card numbers that some card has."""
    statement = select(_cards.c.card_number).where(_cards.c.card_number.in_(numbers))
    return set((await conn.execute(statement)).scalars())


async def add_people(conn: AsyncConnection, customers: Sequence[Customer]) -> None:
    """Overtaken when another customer has an e-mail or phone of one of them."""
    people = sorted(customers, key=lambda one: (one.email_key or "", one.phone or ""))
    await _add_all(conn, _customers, [{**one._asdict(), "mailed_at": []} for one in people])
    words = [
        {"merchant_id": one.merchant_id, "customer_id": one.id, "word": word}
        for one in people
        for word in search_words(f"{one.first_name} {one.last_name}")
    ]
    if words:
        await conn.execute(insert(_words), words)


async def add_cards(conn: AsyncConnection, cards: Sequence[Card]) -> None:
    """Overtaken when a number is taken, or a customer has a live card for this scope."""
    await _add_all(conn, _cards, [card._asdict() for card in sorted(cards, key=lambda one: one.card_number)])


async def add_references(conn: AsyncConnection, merchant_id: UUID, named: Mapping[str, UUID]) -> None:
    """Overtaken when one of them names a card already."""
    rows = [
        {"merchant_id": merchant_id, "reference": name, "card_id": card_id}
        for name, card_id in sorted(named.items())
    ]
    await _add_all(conn, _references, rows)


async def _add_all(conn: AsyncConnection, table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        return
    first = next(iter(table.primary_key.columns))
    statement = upsert(table).on_conflict_do_nothing().returning(first)
    if len((await conn.execute(statement, rows)).all()) < len(rows):
        raise Overtaken

"""SQL of the cards service, in and out: rows become domain objects here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, delete, exists, func, insert, or_, select, text, true, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from cards import tables
from cards.domain import LIVE_LINKS, Card, Customer, Held, search_words
from contracts.cards import CardChanged
from kit import tables as plumbing

_cards, _customers, _links, _words = tables.cards, tables.customers, tables.card_links, tables.customer_words
_about = tables.answers_about
_card_columns = [_cards.c[name] for name in Card._fields]
_customer_columns = [_customers.c[name] for name in Customer._fields]


def held_rows() -> Select[Any]:
    """Cards with their customers; a caller adds which."""
    joined = _cards.join(_customers, _customers.c.id == _cards.c.customer_id)
    return select(*_card_columns, *_customer_columns).select_from(joined)


def held_of(row: Row[Any]) -> Held:
    return Held(Card._make(row[: len(_card_columns)]), Customer._make(row[len(_card_columns) :]))


def state_of(held: Held) -> CardChanged:
    """The card's whole state, as it is told to other services."""
    card, customer = held
    told = {name: value for name, value in card._asdict().items() if name in CardChanged.model_fields}
    return CardChanged(**told, locale=customer.locale, erased_at=customer.erased_at)


# -- customers


async def customers_named(
    conn: AsyncConnection, merchant_id: UUID, email_key: str | None, phone: str | None
) -> list[Customer]:
    """Whom this e-mail or this phone names; read only."""
    rows = await conn.execute(_named(merchant_id, email_key, phone))
    return [Customer._make(row) for row in rows]


async def lock_customers_named(
    conn: AsyncConnection, merchant_id: UUID, email_key: str | None, phone: str | None
) -> list[Customer]:
    """The same, each held until the end: enrolments of one person follow one another."""
    rows = await conn.execute(_named(merchant_id, email_key, phone).with_for_update(key_share=True))
    return [Customer._make(row) for row in rows]


def _named(merchant_id: UUID, email_key: str | None, phone: str | None) -> Select[Any]:
    names = []
    if email_key is not None:
        names.append(_customers.c.email_key == email_key)
    if phone is not None:
        names.append(_customers.c.phone == phone)
    assert names, "a customer is looked for by e-mail or phone"
    living = and_(_customers.c.merchant_id == merchant_id, _customers.c.erased_at.is_(None))
    return select(*_customer_columns).where(living, or_(*names)).order_by(_customers.c.id)


async def lock_customer(conn: AsyncConnection, customer_id: UUID) -> Customer:
    statement = (
        select(*_customer_columns).where(_customers.c.id == customer_id).with_for_update(key_share=True)
    )
    return Customer._make((await conn.execute(statement)).one())


async def add_customer(conn: AsyncConnection, customer: Customer) -> bool:
    """False when another customer has its e-mail or phone; waits for one that is being added."""
    values = {**customer._asdict(), "mailed_at": []}
    statement = upsert(_customers).values(values).on_conflict_do_nothing().returning(_customers.c.id)
    if (await conn.execute(statement)).first() is None:
        return False
    await _add_words(conn, customer)
    return True


async def save_customer(conn: AsyncConnection, customer: Customer) -> None:
    await conn.execute(update(_customers).where(_customers.c.id == customer.id).values(**customer._asdict()))
    await conn.execute(delete(_words).where(_words.c.customer_id == customer.id))
    await _add_words(conn, customer)


_MAY_WRITE = """
WITH recent AS (
    SELECT id, ARRAY(SELECT one FROM unnest(mailed_at) AS one WHERE one > :since) AS mailed_at
    FROM customers WHERE id = :customer_id
)
UPDATE customers SET mailed_at = recent.mailed_at || CAST(:at AS timestamptz)
FROM recent WHERE customers.id = recent.id AND cardinality(recent.mailed_at) < :most RETURNING customers.id
"""


async def count_letter(
    conn: AsyncConnection, customer_id: UUID, at: datetime, since: datetime, most: int
) -> bool:
    """Count a letter; False when there were that many since then. Hold the customer's row."""
    given = {"customer_id": customer_id, "at": at, "since": since, "most": most}
    return (await conn.execute(text(_MAY_WRITE), given)).first() is not None


async def forget_letters(conn: AsyncConnection, customer_id: UUID) -> None:
    """The address is another one, or gone: nothing was written to it."""
    await conn.execute(update(_customers).where(_customers.c.id == customer_id).values(mailed_at=[]))


async def _add_words(conn: AsyncConnection, customer: Customer) -> None:
    found = search_words(f"{customer.first_name} {customer.last_name}")
    if found:
        common = {"merchant_id": customer.merchant_id, "customer_id": customer.id}
        await conn.execute(insert(_words), [{**common, "word": word} for word in found])


# -- cards


async def card_by(conn: AsyncConnection, **named: Any) -> Held | None:
    """The one card with this id, number or QR code, deleted or not."""
    row = (
        await conn.execute(held_rows().where(*(_cards.c[name] == value for name, value in named.items())))
    ).first()
    return held_of(row) if row else None


async def cards_by_numbers(conn: AsyncConnection, numbers: Sequence[str]) -> list[Held]:
    """Those of these that there are, deleted or not."""
    return [held_of(row) for row in await conn.execute(held_rows().where(_cards.c.card_number.in_(numbers)))]


async def live_card(conn: AsyncConnection, merchant_id: UUID, **named: Any) -> Held | None:
    """The same, of this merchant, neither deleted nor erased."""
    held = await card_by(conn, merchant_id=merchant_id, **named)
    return held if held and held.card.deleted_at is None and held.customer.erased_at is None else None


async def cards_of(conn: AsyncConnection, customer_id: UUID, program_id: UUID | None = None) -> list[Card]:
    """A customer's live cards, of one program or of all, by id."""
    of_program = _cards.c.program_id == program_id if program_id else true()
    rows = await conn.execute(
        select(*_card_columns)
        .where(_cards.c.customer_id == customer_id, of_program, _cards.c.deleted_at.is_(None))
        .order_by(_cards.c.id)
    )
    return [Card._make(row) for row in rows]


async def all_cards_of(conn: AsyncConnection, customer_id: UUID) -> list[Card]:
    """A customer's cards of all programs, deleted ones included, by id."""
    statement = select(*_card_columns).where(_cards.c.customer_id == customer_id).order_by(_cards.c.id)
    return [Card._make(row) for row in await conn.execute(statement)]


async def ever_had_card(conn: AsyncConnection, customer_id: UUID, program_id: UUID) -> bool:
    """Deleted cards count: the welcome bonus is given once."""
    found = exists().where(_cards.c.customer_id == customer_id, _cards.c.program_id == program_id)
    return bool((await conn.execute(select(found))).scalar_one())


async def add_card(conn: AsyncConnection, card: Card) -> bool:
    """False when its number or QR code is taken, or the customer has a live one for this scope."""
    statement = upsert(_cards).values(**card._asdict()).on_conflict_do_nothing().returning(_cards.c.id)
    return (await conn.execute(statement)).first() is not None


async def next_version(conn: AsyncConnection, card_ids: Sequence[UUID]) -> list[Card]:
    """Count a change of these cards; their rows are held from now on, locked in id order."""
    mine = _cards.c.id.in_(card_ids)
    await conn.execute(select(_cards.c.id).where(mine).order_by(_cards.c.id).with_for_update())
    rows = await conn.execute(
        update(_cards).where(mine).values(version=_cards.c.version + 1).returning(*_card_columns)
    )
    return sorted(Card._make(row) for row in rows)


async def lock_whole_card(conn: AsyncConnection, card_id: UUID) -> Card:
    """The card as it is, held until the end."""
    statement = select(*_card_columns).where(_cards.c.id == card_id).with_for_update()
    return Card._make((await conn.execute(statement)).one())


async def save_deletion(conn: AsyncConnection, card: Card) -> None:
    """Write whether the card is deleted; IntegrityError when it would be the second live one."""
    names = ("version", "deleted_at", "deleted_by", "deletion_id")
    values = {name: getattr(card, name) for name in names}
    await conn.execute(update(_cards).where(_cards.c.id == card.id).values(**values))


async def keep_statuses(conn: AsyncConnection, statuses: Iterable[Mapping[str, Any]]) -> None:
    """Copy the ledger's decisions `{card_id, is_active, sequence}` where they are newer, one a card."""
    for status in sorted(statuses, key=lambda status: status["card_id"]):
        await conn.execute(
            update(_cards)
            .where(_cards.c.id == status["card_id"], _cards.c.status_sequence < status["sequence"])
            .values(is_active=status["is_active"], status_sequence=status["sequence"])
        )


# -- links


async def lock_card(conn: AsyncConnection, card_id: UUID) -> None:
    await conn.execute(select(_cards.c.id).where(_cards.c.id == card_id).with_for_update(key_share=True))


async def add_link(conn: AsyncConnection, card_id: UUID, token_hash: bytes, at: datetime) -> None:
    """Add a link; the oldest ones beyond five end. Hold the card's row."""
    await conn.execute(insert(_links).values(token_hash=token_hash, card_id=card_id, created_at=at))
    newest = select(_links.c.token_hash).where(_links.c.card_id == card_id, _links.c.ended_at.is_(None))
    kept = newest.order_by(_links.c.created_at.desc(), _links.c.token_hash).limit(LIVE_LINKS)
    await _end_links(conn, card_id, at, _links.c.token_hash.not_in(kept))


async def end_links(conn: AsyncConnection, card_id: UUID, at: datetime) -> None:
    await _end_links(conn, card_id, at, true())


async def _end_links(conn: AsyncConnection, card_id: UUID, at: datetime, which: Any) -> None:
    live = and_(_links.c.card_id == card_id, _links.c.ended_at.is_(None))
    await conn.execute(update(_links).where(live, which).values(ended_at=at))


async def live_cards(conn: AsyncConnection, card_ids: Sequence[UUID]) -> list[Held]:
    """Those of these that are neither deleted nor erased."""
    shown = and_(_cards.c.deleted_at.is_(None), _customers.c.erased_at.is_(None))
    return [held_of(row) for row in await conn.execute(held_rows().where(_cards.c.id.in_(card_ids), shown))]


async def card_by_link(conn: AsyncConnection, token_hash: bytes) -> Held | None:
    """The card that a live link shows; none that is deleted or erased."""
    linked = select(_links.c.card_id).where(_links.c.token_hash == token_hash, _links.c.ended_at.is_(None))
    shown = and_(_cards.c.deleted_at.is_(None), _customers.c.erased_at.is_(None))
    row = (await conn.execute(held_rows().where(_cards.c.id.in_(linked), shown))).first()
    return held_of(row) if row else None


async def cards_by_links(conn: AsyncConnection, token_hashes: Sequence[bytes]) -> dict[bytes, UUID]:
    """The cards that these live links show; none that is deleted or erased."""
    rows = await conn.execute(_CARDS_BY_LINKS, {"hashes": list(token_hashes)})
    return {bytes(row.token_hash): row.card_id for row in rows}


_CARDS_BY_LINKS = text(
    """
    SELECT l.token_hash, l.card_id
    FROM card_links l JOIN cards c ON c.id = l.card_id JOIN customers u ON u.id = c.customer_id
    WHERE l.token_hash = ANY(CAST(:hashes AS bytea[]))
      AND l.ended_at IS NULL AND c.deleted_at IS NULL AND u.erased_at IS NULL
    """
)


async def count_live_links(conn: AsyncConnection, card_id: UUID) -> int:
    live = and_(_links.c.card_id == card_id, _links.c.ended_at.is_(None))
    return int((await conn.execute(select(func.count()).select_from(_links).where(live))).scalar_one())


async def forget_references(conn: AsyncConnection, card_ids: Sequence[UUID]) -> None:
    """What the merchant called their customer elsewhere is the person's."""
    named = tables.card_references
    await conn.execute(delete(named).where(named.c.card_id.in_(card_ids)))


# -- kept answers


async def note_answer(conn: AsyncConnection, key_hash: bytes, customer_id: UUID) -> None:
    """The answer that is kept under this key shows something of this customer."""
    await conn.execute(insert(_about).values(key_hash=key_hash, customer_id=customer_id))


async def forget_answers_about(conn: AsyncConnection, customer_id: UUID) -> None:
    """That their keys were used is kept; what was answered is not."""
    mine = select(_about.c.key_hash).where(_about.c.customer_id == customer_id)
    answers = plumbing.idempotent_answers
    gone = {"status": None, "headers": None, "body": None}
    await conn.execute(update(answers).where(answers.c.key_hash.in_(mine)).values(gone))
    await conn.execute(delete(_about).where(_about.c.customer_id == customer_id))

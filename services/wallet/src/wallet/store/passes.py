"""Passes in the database: kept up with cards and ledger by one statement a batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, ColumnElement, any_, bindparam, exists, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.cards import CardChanged
from contracts.event import State
from contracts.ledger import TransactionRecorded
from contracts.programs import MerchantChanged, ProgramChanged
from kit import tables as kit_tables
from wallet import recent, tables
from wallet.domain import Pass


def _deleted(kind: type[State], thing_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Whether that one is deleted, as it was last told; one that was not heard of is not."""
    told = kit_tables.projections.alias()
    return exists().where(
        told.c.kind == kind.kind, told.c.id == thing_id, told.c.state["deleted_at"].astext.is_not(None)
    )


#: By the states of others: no pass of theirs is written when a merchant is deleted or restored.
HIDDEN = or_(
    _deleted(MerchantChanged, tables.passes.c.merchant_id),
    _deleted(ProgramChanged, tables.passes.c.program_id),
).label("hidden")
PASS_COLUMNS = tuple(
    HIDDEN if field.name == "hidden" else tables.passes.c[field.name] for field in fields(Pass)
)

_NAMES = tuple(field.name for field in fields(Pass) if field.name != "authentication_token")


async def keep_balances(conn: AsyncConnection, facts: Iterable[TransactionRecorded]) -> list[UUID]:
    """Take each card's newest transaction, never going back; the cards whose pass changed."""
    cards: dict[UUID, list[TransactionRecorded]] = {}
    for fact in facts:
        cards.setdefault(fact.transaction.card_id, []).append(fact)
    for heard in cards.values():
        heard.sort(key=lambda fact: fact.transaction.sequence, reverse=True)
    return await _keep(conn, KEEP_BALANCES, [_balances(heard) for heard in cards.values()])


async def keep_cards(conn: AsyncConnection, cards: Iterable[CardChanged]) -> list[UUID]:
    """Take each card's newest state, never going back; the cards whose pass changed."""
    newest: dict[UUID, CardChanged] = {}
    for card in cards:
        known = newest.get(card.id)
        if known is None or known.version < card.version:
            newest[card.id] = card
    return await _keep(conn, _KEEP_CARDS, [_card(card) for card in newest.values()])


async def _keep(conn: AsyncConnection, statement: Any, rows: list[dict[str, Any]]) -> list[UUID]:
    """One statement for all of them; one JSON text costs a fifth of an array for each column."""
    if not rows:
        return []
    found = await conn.execute(statement, {"rows": msgspec.json.encode(rows).decode()})
    return [row.card_id for row in found]


def _balances(heard: Sequence[TransactionRecorded]) -> dict[str, Any]:
    """Of one card, newest first."""
    transaction, account = heard[0].transaction, heard[0].account
    return {
        "card_id": transaction.card_id,
        "merchant_id": transaction.merchant_id,
        "program_id": account.program_id,
        "is_active": account.is_active,
        "stamp_count": account.stamp_count,
        "stamps_redeemed": account.stamps_redeemed,
        "total_stamps_earned": account.total_stamps_earned,
        "points_balance": account.points_balance,
        "points_redeemed": account.points_redeemed,
        "total_points_earned": account.total_points_earned,
        "total_points_voided": account.total_points_voided,
        "sequence_wanted": transaction.sequence,
        "last_hash": transaction.hash,
        "last_transaction_at": transaction.created_at,
        "recent": [_recent(fact) for fact in heard[: recent.KEPT]],
    }


def _recent(fact: TransactionRecorded) -> str:
    row = fact.transaction
    return recent.written(row.sequence, row.transaction_at, row.type, row.stamps_delta, row.points_delta)


def _card(card: CardChanged) -> dict[str, Any]:
    return {
        "card_id": card.id,
        "merchant_id": card.merchant_id,
        "program_id": card.program_id,
        "card_version": card.version,
        "card_number": card.card_number,
        "qr_code": card.qr_code,
        "locale": card.locale,
        "deleted_at": card.deleted_at or card.erased_at,
    }


def _upsert(columns: Mapping[str, str], order: str) -> Any:
    """Many rows in, sorted, so that no two batches lock each other out; `order` is what never goes back."""
    names = ", ".join(columns)
    types = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    changes = ", ".join(
        f"{name} = {_TAKEN.get(name, f'excluded.{name}')}"
        for name in columns
        if name not in ("card_id", "merchant_id")
    )
    return text(
        f"INSERT INTO passes AS p ({names})"  # noqa: S608 - names of ours only
        f" SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS r ({types}) ORDER BY card_id"
        f" ON CONFLICT (card_id) DO UPDATE SET {changes}, revision = p.revision + 1,"
        # Never back, and of the moment at which the row is ours, not of the transaction's begin.
        " changed_at = greatest(p.changed_at, clock_timestamp())"
        f" WHERE p.{order} < excluded.{order} RETURNING p.card_id"
    )


#: What is not just replaced.
_TAKEN = {"recent": f"(excluded.recent || p.recent)[1:{recent.KEPT}]"}
KEEP_BALANCES = _upsert(
    {
        "card_id": "uuid",
        "merchant_id": "uuid",
        "program_id": "uuid",
        "is_active": "boolean",
        "stamp_count": "bigint",
        "stamps_redeemed": "bigint",
        "total_stamps_earned": "bigint",
        "points_balance": "bigint",
        "points_redeemed": "bigint",
        "total_points_earned": "bigint",
        "total_points_voided": "bigint",
        "sequence_wanted": "bigint",
        "last_hash": "text",
        "last_transaction_at": "timestamptz",
        "recent": "text[]",
    },
    order="sequence_wanted",
)
_KEEP_CARDS = _upsert(
    {
        "card_id": "uuid",
        "merchant_id": "uuid",
        "program_id": "uuid",
        "card_version": "bigint",
        "card_number": "text",
        "qr_code": "text",
        "locale": "text",
        "deleted_at": "timestamptz",
    },
    order="card_version",
)


async def redraw(conn: AsyncConnection, programs: Iterable[UUID], merchants: Iterable[UUID]) -> list[UUID]:
    """New revisions of all handed-out passes of these programs and merchants: they look different now."""
    rows = await conn.execute(_REDRAW, {"programs": sorted(programs), "merchants": sorted(merchants)})
    return [row.card_id for row in rows]


_REDRAW = text(
    """
    WITH held AS (
        SELECT card_id FROM passes WHERE card_id IN (
            SELECT card_id FROM deliveries
            WHERE program_id = ANY(CAST(:programs AS uuid[]))
               OR merchant_id = ANY(CAST(:merchants AS uuid[])))
        ORDER BY card_id FOR UPDATE)
    UPDATE passes p SET revision = p.revision + 1, changed_at = greatest(p.changed_at, clock_timestamp())
    FROM held WHERE p.card_id = held.card_id
    RETURNING p.card_id
    """
)


async def find(conn: AsyncConnection, card_id: UUID) -> Pass | None:
    return (await find_many(conn, [card_id])).get(card_id)


async def find_many(conn: AsyncConnection, card_ids: Sequence[UUID]) -> dict[UUID, Pass]:
    """The passes of these cards, by card; what is not there is left out."""
    rows = await conn.execute(_FIND_MANY, {"ids": list(card_ids)})
    return {held.card_id: held for held in map(pass_of, rows)}


_FIND_MANY = select(*PASS_COLUMNS).where(
    tables.passes.c.card_id == any_(bindparam("ids", type_=ARRAY(tables.passes.c.card_id.type)))
)


async def lock_passes(conn: AsyncConnection, card_ids: Iterable[UUID]) -> Mapping[UUID, tuple[int, bool]]:
    """Revision of each, and whether it has ended; none changes until this transaction ends."""
    table = tables.passes
    ended = or_(table.c.deleted_at.is_not(None), HIDDEN).label("ended")
    rows = await conn.execute(
        select(table.c.card_id, table.c.revision, ended)
        .where(table.c.card_id.in_(sorted(card_ids)))
        .order_by(table.c.card_id)
        .with_for_update(read=True, of=table)
    )
    return {row.card_id: (row.revision, row.ended) for row in rows}


def pass_of(row: Any) -> Pass:
    """The pass of a row that holds PASS_COLUMNS."""
    held = row._mapping
    token = bytes(row.authentication_token)
    return Pass(**{name: held[name] for name in _NAMES}, authentication_token=token)

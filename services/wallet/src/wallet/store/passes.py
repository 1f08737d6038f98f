"""Passes in the database: kept up with cards and ledger by one statement a batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.cards import CardChanged
from contracts.ledger import TransactionRecorded
from wallet import tables
from wallet.domain import Pass

PASS_COLUMNS = tuple(tables.passes.c[field.name] for field in fields(Pass))


async def keep_balances(conn: AsyncConnection, facts: Iterable[TransactionRecorded]) -> list[UUID]:
    """Take each card's newest transaction, never going back; the cards whose pass changed."""
    newest: dict[UUID, TransactionRecorded] = {}
    for fact in facts:
        known = newest.get(fact.transaction.card_id)
        if known is None or known.transaction.sequence < fact.transaction.sequence:
            newest[fact.transaction.card_id] = fact
    if not newest:
        return []
    # In the order of their ids: two batches that meet never wait for one another in a circle.
    rows = [_balances(newest[card_id]) for card_id in sorted(newest)]
    arrays = dict(zip(_BALANCES, map(list, zip(*rows, strict=True)), strict=True))
    return [row.card_id for row in await conn.execute(_KEEP_BALANCES, arrays)]


def _balances(fact: TransactionRecorded) -> tuple[Any, ...]:
    transaction, account = fact.transaction, fact.account
    return (
        transaction.card_id,
        transaction.merchant_id,
        account.program_id,
        account.is_active,
        account.stamp_count,
        account.stamps_redeemed,
        account.total_stamps_earned,
        account.points_balance,
        account.points_redeemed,
        account.total_points_earned,
        account.total_points_voided,
        transaction.sequence,
        transaction.hash,
        transaction.created_at,
    )


_BALANCES: Mapping[str, str] = {
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
}
_CARD: Mapping[str, str] = {
    "card_id": "uuid",
    "merchant_id": "uuid",
    "program_id": "uuid",
    "card_version": "bigint",
    "card_number": "text",
    "qr_code": "text",
    "locale": "text",
    "deleted_at": "timestamptz",
}


_FIXED = ("card_id", "merchant_id")


def _upsert(columns: Mapping[str, str], order: str) -> Any:
    """Arrays in, one row a card; `order` is the column that never goes back."""
    names = ", ".join(columns)
    arrays = ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in columns.items())
    changes = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in _FIXED)
    return text(
        f"INSERT INTO passes AS p ({names}) SELECT * FROM unnest({arrays})"  # noqa: S608 - names of ours only
        f" ON CONFLICT (card_id) DO UPDATE SET {changes}, revision = p.revision + 1, changed_at = now()"
        f" WHERE p.{order} < excluded.{order} RETURNING p.card_id"
    )


_KEEP_BALANCES = _upsert(_BALANCES, "sequence_wanted")
_KEEP_CARDS = _upsert(_CARD, "card_version")


async def keep_cards(conn: AsyncConnection, cards: Iterable[CardChanged]) -> list[UUID]:
    """Take each card's newest state, never going back; the cards whose pass changed."""
    newest: dict[UUID, CardChanged] = {}
    for card in cards:
        known = newest.get(card.id)
        if known is None or known.version < card.version:
            newest[card.id] = card
    if not newest:
        return []
    rows = [_card(newest[card_id]) for card_id in sorted(newest)]
    arrays = dict(zip(_CARD, map(list, zip(*rows, strict=True)), strict=True))
    return [row.card_id for row in await conn.execute(_KEEP_CARDS, arrays)]


def _card(card: CardChanged) -> tuple[Any, ...]:
    return (
        card.id,
        card.merchant_id,
        card.program_id,
        card.version,
        card.card_number,
        card.qr_code,
        card.locale,
        card.deleted_at or card.erased_at,
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
    UPDATE passes p SET revision = p.revision + 1, changed_at = now() FROM held WHERE p.card_id = held.card_id
    RETURNING p.card_id
    """
)


async def find(conn: AsyncConnection, card_id: UUID) -> Pass | None:
    row = (await conn.execute(select(*PASS_COLUMNS).where(tables.passes.c.card_id == card_id))).first()
    return None if row is None else pass_of(row)


async def lock_passes(conn: AsyncConnection, card_ids: Iterable[UUID]) -> Mapping[UUID, tuple[int, bool]]:
    """Revision of each, and whether it has ended; none changes until this transaction ends."""
    table = tables.passes
    rows = await conn.execute(
        select(table.c.card_id, table.c.revision, table.c.deleted_at)
        .where(table.c.card_id.in_(sorted(card_ids)))
        .order_by(table.c.card_id)
        .with_for_update(read=True)
    )
    return {row.card_id: (row.revision, row.deleted_at is not None) for row in rows}


def pass_of(row: Any) -> Pass:
    """The pass of a row of PASS_COLUMNS."""
    values = dict(row._mapping)
    return Pass(**{**values, "authentication_token": bytes(values["authentication_token"])})

"""Accounts one by one: opened, marked, read; and what a key was used for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC
from typing import NamedTuple
from uuid import UUID

from psycopg import AsyncConnection, AsyncRawCursor
from psycopg.rows import TupleRow
from sqlalchemy.ext.asyncio import AsyncConnection as SqlAlchemyConnection

from ledger import pack
from ledger.domain import Account
from ledger.store.batch import KNOWN, SAVE, SELECT_ACCOUNTS, Known, Written, account_of, saving

Connection = AsyncConnection[TupleRow]

_ANSWERS = "SELECT transaction_id, body FROM answers WHERE transaction_id = ANY(%s) AND day = ANY(%s)"


async def known(conn: Connection, key_hash: bytes) -> Known | None:
    """What this key was used for."""
    cursor = AsyncRawCursor(conn)
    await cursor.execute(KNOWN, (pack.byteas([key_hash]),), binary=True)
    row = await cursor.fetchone()
    return Known(*row[1:]) if row else None


async def read_accounts(conn: Connection, card_ids: Sequence[UUID]) -> list[Account]:
    """These accounts as they are, without a lock."""
    cursor = conn.cursor(binary=True)
    await cursor.execute(f"{SELECT_ACCOUNTS} WHERE card_id = ANY(%s)", (pack.uuids(card_ids),))
    return [account_of(row) for row in await cursor.fetchall()]


async def answers(conn: Connection, known: Iterable[Known]) -> dict[UUID, bytes]:
    """The kept answers of these transactions."""
    rows = [
        (k.transaction_id, k.created_at.astimezone(UTC).date()) for k in known if k.transaction_id is not None
    ]
    cursor = conn.cursor(binary=True)
    await cursor.execute(_ANSWERS, (pack.uuids(r[0] for r in rows), pack.days({r[1] for r in rows})))
    return dict(await cursor.fetchall())


async def save(conn: Connection, accounts: Sequence[Account], written: Sequence[Written]) -> None:
    """Write accounts and their new transactions, outside a batch."""
    await AsyncRawCursor(conn).execute(SAVE, saving(accounts, written).arguments)


class Opening(NamedTuple):
    """A new account with what only the card knows."""

    account: Account
    qr_code: str
    version: int


class Newer(NamedTuple):
    """What a newer state of a card says of its account."""

    card_id: UUID
    version: int
    is_gone: bool


_OPEN = """
INSERT INTO accounts (card_id, merchant_id, program_id, scope_store_id, card_number, qr_code, card_version,
  welcome_bonus_due, is_gone, last_hash)
SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING RETURNING card_id
"""
_MARK = """
UPDATE accounts a SET card_version = v.card_version, is_gone = v.is_gone
FROM unnest($1, $2, $3) AS v (card_id, card_version, is_gone)
WHERE a.card_id = v.card_id AND a.card_version < v.card_version
"""


async def open_accounts(conn: Connection, openings: Sequence[Opening]) -> set[UUID]:
    """Write new accounts without rows, in id order; those that are there already are left out of the answer.

    LookupError when another card has the number or QR code of one.
    """
    rows = sorted(openings, key=lambda one: one.account.card_id)
    accounts = [one.account for one in rows]
    cursor = AsyncRawCursor(conn)
    await cursor.execute(
        _OPEN,
        (
            pack.uuids(a.card_id for a in accounts),
            pack.uuids(a.merchant_id for a in accounts),
            pack.uuids(a.program_id for a in accounts),
            pack.uuids(a.scope_store_id for a in accounts),
            pack.int8s(int(a.card_number) for a in accounts),
            pack.texts(one.qr_code for one in rows),
            pack.int8s(one.version for one in rows),
            pack.bools(a.welcome_bonus_due for a in accounts),
            pack.bools(a.is_gone for a in accounts),
            pack.byteas(a.last_hash for a in accounts),
        ),
    )
    opened = {row[0] for row in await cursor.fetchall()}
    others = {account.card_id for account in accounts} - opened
    if others:
        found = await conn.execute(
            "SELECT card_id FROM accounts WHERE card_id = ANY(%s)", (pack.uuids(others),)
        )
        if nameless := others - {row[0] for row in await found.fetchall()}:
            raise LookupError(f"another card has the number or QR code of card {min(nameless)}")
    return opened


async def mark_cards(conn: Connection, newer: Sequence[Newer]) -> None:
    """Take newer states, one of each card; never back to an older one."""
    rows = sorted(newer)
    await AsyncRawCursor(conn).execute(
        _MARK,
        (
            pack.uuids(one.card_id for one in rows),
            pack.int8s(one.version for one in rows),
            pack.bools(one.is_gone for one in rows),
        ),
    )


async def raw(conn: SqlAlchemyConnection) -> Connection:
    """The driver's own connection under an open transaction, ready for arrays."""
    connection = (await conn.get_raw_connection()).driver_connection
    assert isinstance(connection, AsyncConnection), "the driver is psycopg"
    pack.register(connection)
    return connection

"""SQL of the import: accounts locked by number, rows written as a batch's are, and marked as imported."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg import AsyncRawCursor

from ledger import pack
from ledger.domain import Account
from ledger.store.accounts import Connection
from ledger.store.batch import KNOWN, SAVE_CORRECTED, SELECT_ACCOUNTS, Known, Written, account_of, saving

_BY_NUMBER = f"{SELECT_ACCOUNTS} WHERE card_number = ANY(%s)"


async def missing_numbers(conn: Connection, merchant_id: UUID, numbers: Sequence[int]) -> list[int]:
    """Those of these numbers that no account of this merchant has."""
    cursor = await conn.execute(
        "SELECT n FROM unnest(%s) AS n WHERE NOT EXISTS"
        " (SELECT FROM accounts a WHERE a.card_number = n AND a.merchant_id = %s)",
        (pack.int8s(numbers), merchant_id),
    )
    return [row[0] for row in await cursor.fetchall()]


async def programs_of_numbers(conn: Connection, numbers: Sequence[int]) -> list[UUID]:
    """The programs that these cards belong to."""
    query = "SELECT DISTINCT program_id FROM accounts WHERE card_number = ANY(%s)"
    return [row[0] for row in await (await conn.execute(query, (pack.int8s(numbers),))).fetchall()]


async def lock_numbers(conn: Connection, numbers: Sequence[int]) -> dict[str, Account]:
    """The accounts of these card numbers, locked in the order that batches lock in."""
    cursor = conn.cursor(binary=True)
    await cursor.execute(f"{_BY_NUMBER} ORDER BY card_id FOR UPDATE", (pack.int8s(numbers),))
    accounts = [account_of(row) for row in await cursor.fetchall()]
    return {account.card_number: account for account in accounts}


async def known_keys(conn: Connection, key_hashes: Sequence[bytes]) -> dict[bytes, Known]:
    """What these references were used for."""
    cursor = AsyncRawCursor(conn)
    await cursor.execute(KNOWN, (pack.byteas(key_hashes),), binary=True)
    return {bytes(row[0]): Known(*row[1:]) for row in await cursor.fetchall()}


async def own_rows(conn: Connection, merchant_id: UUID, ids: Sequence[UUID]) -> set[UUID]:
    """Those of these ids that are rows of this merchant: they came from here, by export."""
    query = "SELECT id FROM transactions WHERE id = ANY(%s) AND merchant_id = %s"
    cursor = await conn.execute(query, (pack.uuids(ids), merchant_id))
    return {row[0] for row in await cursor.fetchall()}


_MARK = """
INSERT INTO transaction_context (transaction_id, imported, reference)
SELECT id, true, reference FROM unnest(%s, %s) AS r (id, reference)
"""


async def save_imported(
    conn: Connection, accounts: Sequence[Account], written: Sequence[Written], references: Sequence[Any]
) -> None:
    """Write what a chunk has moved: accounts, rows and events, and beside each row that it was imported."""
    await AsyncRawCursor(conn).execute(SAVE_CORRECTED, saving(accounts, written, corrected=True).arguments)
    await conn.execute(_MARK, (pack.uuids(w.row.id for w in written), pack.texts(references)))

"""Accounts one by one: opened, marked, read; and what a key was used for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC
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


async def save(conn: Connection, account: Account, written: Sequence[Written]) -> None:
    """Write one account and its new transactions, outside a batch."""
    await AsyncRawCursor(conn).execute(SAVE, saving([account], written).arguments)


_OPEN = """
INSERT INTO accounts (card_id, merchant_id, program_id, scope_store_id, card_number, qr_code, card_version,
  welcome_bonus_due, is_gone, last_hash)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING card_id
"""


async def open_account(conn: Connection, account: Account, qr_code: str, version: int) -> bool:
    """Write a new account without rows; False when there is one already.

    LookupError when another card has its number or QR code.
    """
    values = (
        account.card_id,
        account.merchant_id,
        account.program_id,
        account.scope_store_id,
        int(account.card_number),
        qr_code,
        version,
        account.welcome_bonus_due,
        account.is_gone,
        account.last_hash,
    )
    if await (await conn.execute(_OPEN, values)).fetchone() is not None:
        return True
    found = await conn.execute("SELECT 1 FROM accounts WHERE card_id = %s", (account.card_id,))
    if await found.fetchone() is None:
        raise LookupError(f"another card has the number or QR code of card {account.card_id}")
    return False


async def mark_card(conn: Connection, card_id: UUID, version: int, is_gone: bool) -> None:
    """What a newer state of the card says of it; never back to an older one."""
    await conn.execute(
        "UPDATE accounts SET card_version = %s, is_gone = %s WHERE card_id = %s AND card_version < %s",
        (version, is_gone, card_id, version),
    )


async def raw(conn: SqlAlchemyConnection) -> Connection:
    """The driver's own connection under an open transaction, ready for arrays."""
    connection = (await conn.get_raw_connection()).driver_connection
    assert isinstance(connection, AsyncConnection), "the driver is psycopg"
    pack.register(connection)
    return connection

"""SQL of the batch: lock the accounts, look up what is known, write everything with one set-based statement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import NamedTuple
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import TupleRow
from sqlalchemy.ext.asyncio import AsyncConnection as SqlAlchemyConnection

from ledger import pack
from ledger.chain import TYPE_NUMBERS, Row
from ledger.domain import Account

Connection = AsyncConnection[TupleRow]

_ACCOUNT_COLUMNS = tuple(member.name for member in fields(Account))
_SELECT_ACCOUNTS = f"SELECT {', '.join(_ACCOUNT_COLUMNS)}, qr_code FROM accounts"

_LOCK_BY_ID = f"{_SELECT_ACCOUNTS} WHERE card_id = ANY(%s) ORDER BY card_id FOR UPDATE"
_LOCK_BY_NAMES = (
    f"{_SELECT_ACCOUNTS} WHERE card_id = ANY(%s) OR qr_code = ANY(%s) OR card_number = ANY(%s)"
    " ORDER BY card_id FOR UPDATE"
)
_KNOWN = (
    "SELECT key_hash, request_hash, id, created_at, NULL::smallint, NULL::bytea FROM transactions"
    " WHERE key_hash = ANY(%s) AND key_part = 0 UNION ALL"
    " SELECT key_hash, request_hash, NULL, created_at, status, body FROM refusals WHERE key_hash = ANY(%s)"
)
_ANSWERS = "SELECT transaction_id, body FROM answers WHERE transaction_id = ANY(%s) AND day = ANY(%s)"


class Found(NamedTuple):
    """An account as locked, under every name it may be called by."""

    account: Account
    qr_code: str


class Known(NamedTuple):
    """What an idempotency key was used for: a transaction, or a refusal with its answer."""

    request_hash: bytes
    transaction_id: UUID | None
    created_at: datetime
    status: int | None
    body: bytes | None


class Names(NamedTuple):
    """The cards of a batch, as they were named."""

    ids: Sequence[UUID]
    qr_codes: Sequence[str]
    numbers: Sequence[int]


class Written(NamedTuple):
    """One transaction with all that is written beside it."""

    row: Row
    created_at: datetime
    hash: bytes
    key_hash: bytes | None
    request_hash: bytes | None
    event: bytes
    answer: bytes | None
    ip_address: str | None
    user_agent_id: int | None
    staff_name_id: int | None
    notes: str | None

    @property
    def has_context(self) -> bool:
        return any(part is not None for part in self[7:])


async def load(
    conn: Connection, names: Names, key_hashes: Sequence[bytes]
) -> tuple[list[Found], dict[bytes, Known]]:
    """Lock the accounts in id order, then read which keys are known: in one round trip."""
    async with conn.pipeline():
        locking = conn.cursor(binary=True)
        ids = pack.uuids(names.ids)
        if names.qr_codes or names.numbers:
            asked = (ids, pack.texts(names.qr_codes), pack.int8s(names.numbers))
            await locking.execute(_LOCK_BY_NAMES, asked, prepare=True)
        else:
            await locking.execute(_LOCK_BY_ID, (ids,), prepare=True)
        known: dict[bytes, Known] = {}
        if key_hashes:
            keys = pack.byteas(key_hashes)
            knowing = conn.cursor(binary=True)
            await knowing.execute(_KNOWN, (keys, keys), prepare=True)
            known = {row[0]: Known(*row[1:]) for row in await knowing.fetchall()}
        found = [Found(_account(row), row[-1]) for row in await locking.fetchall()]
    return found, known


def _account(row: TupleRow) -> Account:
    account = Account(*row[:-1])
    account.card_number = f"{row[3]:012d}"
    return account


async def known(conn: Connection, key_hash: bytes) -> Known | None:
    """What this key was used for."""
    cursor = conn.cursor(binary=True)
    keys = pack.byteas([key_hash])
    await cursor.execute(_KNOWN, (keys, keys))
    row = await cursor.fetchone()
    return Known(*row[1:]) if row else None


async def read_accounts(conn: Connection, card_ids: Sequence[UUID]) -> list[Account]:
    """These accounts as they are, without a lock."""
    cursor = conn.cursor(binary=True)
    await cursor.execute(f"{_SELECT_ACCOUNTS} WHERE card_id = ANY(%s)", (pack.uuids(card_ids),))
    return [_account(row) for row in await cursor.fetchall()]


async def answers(conn: Connection, known: Iterable[Known]) -> dict[UUID, bytes]:
    """The kept answers of these transactions."""
    rows = [
        (k.transaction_id, k.created_at.astimezone(UTC).date()) for k in known if k.transaction_id is not None
    ]
    cursor = conn.cursor(binary=True)
    await cursor.execute(_ANSWERS, (pack.uuids(r[0] for r in rows), pack.days({r[1] for r in rows})))
    return dict(await cursor.fetchall())


async def order_takers(conn: Connection, orders: Iterable[tuple[UUID, str]]) -> dict[tuple[UUID, str], UUID]:
    """Which transaction has earned for each of these (merchant, order reference)."""
    pairs = sorted(set(orders))
    cursor = await conn.execute(
        "SELECT merchant_id, order_reference, transaction_id FROM order_references"
        " JOIN unnest(%s, %s) AS asked (merchant_id, order_reference) USING (merchant_id, order_reference)",
        (pack.uuids(p[0] for p in pairs), pack.texts(p[1] for p in pairs)),
    )
    return {(row[0], row[1]): row[2] for row in await cursor.fetchall()}


async def lock_rewards(
    conn: Connection, wanted: Iterable[tuple[UUID, UUID]]
) -> tuple[dict[UUID, int], dict[tuple[UUID, UUID], int]]:
    """Lock what was taken of these rewards, in id order; answers it per reward and per (card, reward)."""
    pairs = sorted(set(wanted))
    rewards = pack.uuids(sorted({reward for _, reward in pairs}))
    await conn.execute(
        "INSERT INTO rewards_taken (reward_id) SELECT unnest(%s) ORDER BY 1 ON CONFLICT DO NOTHING",
        (rewards,),
    )
    locked = await conn.execute(
        "SELECT reward_id, taken FROM rewards_taken WHERE reward_id = ANY(%s) ORDER BY reward_id FOR UPDATE",
        (rewards,),
    )
    taken: dict[UUID, int] = dict(await locked.fetchall())
    by_card = await conn.execute(
        "SELECT card_id, reward_id, taken FROM rewards_taken_by_card"
        " JOIN unnest(%s, %s) AS asked (card_id, reward_id) USING (card_id, reward_id)",
        (pack.uuids(p[0] for p in pairs), pack.uuids(p[1] for p in pairs)),
    )
    return taken, {(row[0], row[1]): row[2] for row in await by_card.fetchall()}


async def save_rewards(conn: Connection, taken: Sequence[tuple[UUID, UUID]]) -> None:
    """Count one more for each (card, reward)."""
    await conn.execute(
        "UPDATE rewards_taken r SET taken = r.taken + n.times FROM"
        " (SELECT id, count(*) AS times FROM unnest(%s) AS id GROUP BY id) n WHERE r.reward_id = n.id",
        (pack.uuids(reward for _, reward in taken),),
    )
    await conn.execute(
        "INSERT INTO rewards_taken_by_card (card_id, reward_id, taken) SELECT card_id, reward_id, count(*)"
        " FROM unnest(%s, %s) AS t (card_id, reward_id) GROUP BY 1, 2 ORDER BY 1, 2"
        " ON CONFLICT (card_id, reward_id) DO UPDATE SET taken = rewards_taken_by_card.taken + excluded.taken",
        (pack.uuids(card for card, _ in taken), pack.uuids(reward for _, reward in taken)),
    )


async def save_orders(conn: Connection, orders: Sequence[tuple[UUID, str, UUID]]) -> None:
    """Remember what earned for an order reference."""
    rows = sorted(orders)
    await conn.execute(
        "INSERT INTO order_references (merchant_id, order_reference, transaction_id) SELECT * FROM unnest(%s, %s, %s)",
        (pack.uuids(r[0] for r in rows), pack.texts(r[1] for r in rows), pack.uuids(r[2] for r in rows)),
    )


async def save_refusals(conn: Connection, rows: Sequence[tuple[datetime, int, bytes, bytes, bytes]]) -> None:
    """Keep the answers of refused requests under their keys."""
    await conn.execute(
        "INSERT INTO refusals (created_at, status, key_hash, request_hash, body)"
        " SELECT * FROM unnest(%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        (
            pack.moments(r[0] for r in rows),
            pack.int2s(r[1] for r in rows),
            pack.byteas(r[2] for r in rows),
            pack.byteas(r[3] for r in rows),
            pack.byteas(r[4] for r in rows),
        ),
    )


_SAVE = """
WITH moved AS (
  UPDATE accounts a SET sequence = v.sequence, stamp_count = v.stamp_count, total_stamps_earned = v.total_stamps_earned,
    stamps_redeemed = v.stamps_redeemed, stamps_owed = v.stamps_owed, points_balance = v.points_balance,
    total_points_earned = v.total_points_earned, points_redeemed = v.points_redeemed, points_owed = v.points_owed,
    welcome_bonus_due = v.welcome_bonus_due, last_stamp_at = v.last_stamp_at, last_points_at = v.last_points_at,
    last_redemption_at = v.last_redemption_at, last_activity_at = v.last_activity_at, stamps_day = v.stamps_day,
    stamps_that_day = v.stamps_that_day, last_hash = v.last_hash
  FROM unnest(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
    AS v (card_id, sequence, stamp_count, total_stamps_earned, stamps_redeemed, stamps_owed, points_balance,
      total_points_earned, points_redeemed, points_owed, welcome_bonus_due, last_stamp_at, last_points_at,
      last_redemption_at, last_activity_at, stamps_day, stamps_that_day, last_hash)
  WHERE a.card_id = v.card_id
), recorded AS (
  INSERT INTO transactions (id, card_id, sequence, merchant_id, store_id, terminal_id, staff_id, user_id, type,
    stamps_delta, points_delta, stamps_balance_after, points_balance_after, purchase_amount_cents, currency,
    order_reference, reward_id, reward_description, reward_value_cents, owed_repaid, program_version, key_hash,
    request_hash, created_at, hash)
  SELECT * FROM unnest(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
), beside AS (
  INSERT INTO transaction_context (transaction_id, ip_address, user_agent_id, staff_name_id, notes)
  SELECT id, ip::inet, agent, name, notes FROM unnest(%s, %s, %s, %s, %s) AS c (id, ip, agent, name, notes)
), told AS (
  INSERT INTO outbox (topic, key, value)
  SELECT 'ledger-events', key, value FROM unnest(%s, %s) WITH ORDINALITY AS o (key, value, place) ORDER BY place
)
INSERT INTO answers (day, transaction_id, body) SELECT * FROM unnest(%s, %s, %s)
"""


async def save(conn: Connection, accounts: Sequence[Account], written: Sequence[Written]) -> None:
    """Write the accounts as they are now, the transactions, their context, their events and their answers."""
    beside = [w for w in written if w.has_context]
    answered = [w for w in written if w.answer is not None]
    params = (
        *_account_columns(accounts),
        *_row_columns(written),
        pack.uuids(w.row.id for w in beside),
        pack.texts(w.ip_address for w in beside),
        pack.int4s(w.user_agent_id for w in beside),
        pack.int4s(w.staff_name_id for w in beside),
        pack.texts(w.notes for w in beside),
        pack.texts(str(w.row.card_id) for w in written),
        pack.byteas(w.event for w in written),
        pack.days(_day(w.created_at) for w in answered),
        pack.uuids(w.row.id for w in answered),
        pack.byteas(w.answer for w in answered),
    )
    await conn.execute(_SAVE, params, prepare=True)


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def _account_columns(accounts: Sequence[Account]) -> tuple[pack.Array, ...]:
    return (
        pack.uuids(a.card_id for a in accounts),
        pack.int4s(a.sequence for a in accounts),
        pack.int4s(a.stamp_count for a in accounts),
        pack.int4s(a.total_stamps_earned for a in accounts),
        pack.int4s(a.stamps_redeemed for a in accounts),
        pack.int4s(a.stamps_owed for a in accounts),
        pack.int4s(a.points_balance for a in accounts),
        pack.int8s(a.total_points_earned for a in accounts),
        pack.int8s(a.points_redeemed for a in accounts),
        pack.int8s(a.points_owed for a in accounts),
        pack.bools(a.welcome_bonus_due for a in accounts),
        pack.moments(a.last_stamp_at for a in accounts),
        pack.moments(a.last_points_at for a in accounts),
        pack.moments(a.last_redemption_at for a in accounts),
        pack.moments(a.last_activity_at for a in accounts),
        pack.days(a.stamps_day for a in accounts),
        pack.int4s(a.stamps_that_day for a in accounts),
        pack.byteas(a.last_hash for a in accounts),
    )


def _row_columns(written: Sequence[Written]) -> tuple[pack.Array, ...]:
    rows = [w.row for w in written]
    return (
        pack.uuids(r.id for r in rows),
        pack.uuids(r.card_id for r in rows),
        pack.int4s(r.sequence for r in rows),
        pack.uuids(r.merchant_id for r in rows),
        pack.uuids(r.store_id for r in rows),
        pack.uuids(r.terminal_id for r in rows),
        pack.uuids(r.staff_id for r in rows),
        pack.uuids(r.user_id for r in rows),
        pack.int2s(TYPE_NUMBERS[r.type] for r in rows),
        pack.int4s(r.stamps_delta for r in rows),
        pack.int4s(r.points_delta for r in rows),
        pack.int4s(r.stamps_balance_after for r in rows),
        pack.int4s(r.points_balance_after for r in rows),
        pack.int4s(r.purchase_amount_cents for r in rows),
        pack.texts(r.currency for r in rows),
        pack.texts(r.order_reference for r in rows),
        pack.uuids(r.reward_id for r in rows),
        pack.texts(r.reward_description for r in rows),
        pack.int4s(r.reward_value_cents for r in rows),
        pack.int4s(r.owed_repaid for r in rows),
        pack.int4s(r.program_version for r in rows),
        pack.byteas(w.key_hash for w in written),
        pack.byteas(w.request_hash for w in written),
        pack.moments(w.created_at for w in written),
        pack.byteas(w.hash for w in written),
    )


_OPEN = """
INSERT INTO accounts (card_id, merchant_id, program_id, scope_store_id, card_number, qr_code, card_version,
  welcome_bonus_due, is_gone, last_hash)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (card_id) DO NOTHING RETURNING card_id
"""


async def open_account(conn: Connection, account: Account, qr_code: str, version: int) -> bool:
    """Write a new account without rows; False when there is one already."""
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
    return await (await conn.execute(_OPEN, values)).fetchone() is not None


async def mark_card(conn: Connection, card_id: UUID, version: int, is_gone: bool) -> None:
    """What a newer state of the card says of it; never back to an older one."""
    await conn.execute(
        "UPDATE accounts SET card_version = %s, is_gone = %s WHERE card_id = %s AND card_version < %s",
        (version, is_gone, card_id, version),
    )


async def text_id(conn: Connection, text: str) -> int:
    """The number of a text (a user agent, a staff name), given to it when it is first seen."""
    cursor = await conn.execute(
        "WITH new AS (INSERT INTO texts (text) VALUES (%s) ON CONFLICT DO NOTHING RETURNING id)"
        " SELECT id FROM new UNION ALL SELECT id FROM texts WHERE text = %s LIMIT 1",
        (text, text),
    )
    row = await cursor.fetchone()
    if row is None:  # another transaction wrote it meanwhile: now it can be seen
        return await text_id(conn, text)
    return int(row[0])


async def raw(conn: SqlAlchemyConnection) -> Connection:
    """The driver's own connection under an open transaction, ready for arrays."""
    connection = (await conn.get_raw_connection()).driver_connection
    assert isinstance(connection, AsyncConnection), "the driver is psycopg"
    pack.register(connection)
    return connection

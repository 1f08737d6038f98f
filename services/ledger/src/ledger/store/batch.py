"""The batch: lock the accounts, look up what is known, write everything with one set-based statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, date, datetime
from itertools import count
from typing import NamedTuple
from uuid import UUID

from psycopg.rows import TupleRow

from ledger import pack
from ledger.chain import TYPE_NUMBERS, Row
from ledger.domain import Account
from ledger.wire import Call, Wire

ACCOUNT_COLUMNS = tuple(member.name for member in fields(Account))
SELECT_ACCOUNTS = f"SELECT {', '.join(ACCOUNT_COLUMNS)}, qr_code FROM accounts"  # noqa: S608 - the column names are our own

_LOCK_BY_ID = f"{SELECT_ACCOUNTS} WHERE card_id = ANY($1) ORDER BY card_id FOR UPDATE"
_LOCK_BY_NAMES = (
    f"{SELECT_ACCOUNTS} WHERE card_id = ANY($1) OR qr_code = ANY($2) OR card_number = ANY($3)"
    " ORDER BY card_id FOR UPDATE"
)
KNOWN = (
    "SELECT key_hash, request_hash, id, created_at, NULL::smallint, NULL::bytea FROM transactions"
    " WHERE key_hash = ANY($1) AND key_part = 0 UNION ALL"
    " SELECT key_hash, request_hash, NULL, created_at, status, body FROM refusals WHERE key_hash = ANY($1)"
)


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
    sale_at: datetime | None
    hash: bytes
    key_hash: bytes | None
    request_hash: bytes | None
    key_part: int
    event: bytes
    answer: bytes | None
    ip_address: str | None
    user_agent_id: int | None
    staff_name_id: int | None
    notes: str | None

    @property
    def has_context(self) -> bool:
        return any(part is not None for part in self[9:])


async def load(
    wire: Wire, names: Names, key_hashes: Sequence[bytes]
) -> tuple[list[Found], dict[bytes, Known]]:
    """Begin, lock the accounts in id order, then read which keys are known: in one round trip."""
    ids = pack.uuids(names.ids)
    if names.qr_codes or names.numbers:
        locking = Call("lock_by_names", (ids, pack.texts(names.qr_codes), pack.int8s(names.numbers)))
    else:
        locking = Call("lock_by_id", (ids,))
    _, found, known = await wire.run(Call("begin"), locking, Call("known", (pack.byteas(key_hashes),)))
    return [Found(account_of(row), row[-1]) for row in found], {row[0]: Known(*row[1:]) for row in known}


def account_of(row: TupleRow) -> Account:
    """The account in a row of `SELECT_ACCOUNTS`."""
    account = Account(*row[:-1])
    account.card_number = f"{row[3]:012d}"
    return account


#: What each row of `accounts` and `transactions` is written from. A correction writes some columns more.
_MOVED = (
    "card_id sequence stamp_count total_stamps_earned stamps_redeemed stamps_owed points_balance"
    " total_points_earned points_redeemed points_owed welcome_bonus_due last_stamp_at last_points_at"
    " last_redemption_at last_activity_at stamps_day stamps_that_day last_hash"
)
_CORRECTED = " is_active total_stamps_voided total_points_voided total_points_expired"
_RECORDED = (
    "id card_id sequence merchant_id store_id terminal_id staff_id user_id type stamps_delta points_delta"
    " stamps_balance_after points_balance_after purchase_amount_cents currency order_reference reward_id"
    " reward_description reward_value_cents owed_repaid program_version key_hash request_hash created_at hash"
)
_VOIDED = " key_part voids_transaction_id voided_amount_cents shortfall transaction_at"


def _saving_sql(moved: Sequence[str], recorded: Sequence[str]) -> str:
    """The statement that writes a batch: accounts, transactions, context, events and answers."""
    numbers = count(1)

    def some(many: int) -> str:
        return ", ".join(f"${next(numbers)}" for _ in range(many))

    changes = ", ".join(f"{name} = v.{name}" for name in moved if name != "card_id")
    return f"""
WITH moved AS (
  UPDATE accounts a SET {changes}
  FROM unnest({some(len(moved))}) AS v ({", ".join(moved)})
  WHERE a.card_id = v.card_id
), recorded AS (
  INSERT INTO transactions ({", ".join(recorded)})
  SELECT * FROM unnest({some(len(recorded))})
), beside AS (
  INSERT INTO transaction_context (transaction_id, ip_address, user_agent_id, staff_name_id, notes)
  SELECT id, ip::inet, agent, name, notes
  FROM unnest({some(5)}) AS c (id, ip, agent, name, notes)
), told AS (
  INSERT INTO outbox (topic, key, value)
  SELECT 'ledger-events', key, value
  FROM unnest({some(2)}) WITH ORDINALITY AS o (key, value, place) ORDER BY place
)
INSERT INTO answers (day, transaction_id, body) SELECT * FROM unnest({some(3)})
"""  # noqa: S608 - the column names are our own


SAVE = _saving_sql(_MOVED.split(), _RECORDED.split())
SAVE_CORRECTED = _saving_sql((_MOVED + _CORRECTED).split(), (_RECORDED + _VOIDED).split())


def saving(accounts: Sequence[Account], written: Sequence[Written], *, corrected: bool = False) -> Call:
    """Writes the accounts as they are now, the transactions, their context, events and answers.

    `corrected`: a void, an expiry, a late sale or a switched card is among them, which takes more columns.
    """
    beside = [w for w in written if w.has_context]
    answered = [w for w in written if w.answer is not None]
    params = (
        *_account_columns(accounts),
        *(_corrected_columns(accounts) if corrected else ()),
        *_row_columns(written),
        *(_void_columns(written) if corrected else ()),
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
    return Call("save_corrected" if corrected else "save", params)


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


def _corrected_columns(accounts: Sequence[Account]) -> tuple[pack.Array, ...]:
    return (
        pack.bools(a.is_active for a in accounts),
        pack.int4s(a.total_stamps_voided for a in accounts),
        pack.int8s(a.total_points_voided for a in accounts),
        pack.int8s(a.total_points_expired for a in accounts),
    )


def _void_columns(written: Sequence[Written]) -> tuple[pack.Array, ...]:
    return (
        pack.int2s(w.key_part for w in written),
        pack.uuids(w.row.voids_transaction_id for w in written),
        pack.int4s(w.row.voided_amount_cents for w in written),
        pack.int4s(w.row.shortfall for w in written),
        pack.moments(w.sale_at for w in written),
    )


_U, _T, _I2, _I4, _I8 = pack.UUIDS, pack.TEXTS, pack.INT2S, pack.INT4S, pack.INT8S
_B, _M, _D = pack.BYTEAS, pack.MOMENTS, pack.DAYS

_ACCOUNT_TYPES = (_U, *(_I4,) * 6, _I8, _I8, _I8, pack.BOOLS, _M, _M, _M, _M, _D, _I4, _B)
_ROW_TYPES = (
    *(_U, _U, _I4, _U, _U, _U, _U, _U, _I2, _I4, _I4, _I4, _I4, _I4, _T, _T, _U, _T, _I4, _I4),
    *(_I4, _B, _B, _M, _B),
)
_BESIDE_TYPES = (*(_U, _T, _I4, _I4, _T), *(_T, _B), *(_D, _U, _B))

#: What a lane prepares: the SQL, and the types of its parameters.
STATEMENTS: dict[str, tuple[str, Sequence[int]]] = {
    "begin": ("BEGIN", ()),
    "commit": ("COMMIT", ()),
    "rollback": ("ROLLBACK", ()),
    "lock_by_id": (_LOCK_BY_ID, (_U,)),
    "lock_by_names": (_LOCK_BY_NAMES, (_U, _T, _I8)),
    "known": (KNOWN, (_B,)),
    "save": (SAVE, (*_ACCOUNT_TYPES, *_ROW_TYPES, *_BESIDE_TYPES)),
    "save_corrected": (
        SAVE_CORRECTED,
        (*_ACCOUNT_TYPES, pack.BOOLS, _I4, _I8, _I8, *_ROW_TYPES, _I2, _U, _I4, _I4, _M, *_BESIDE_TYPES),
    ),
}

"""What the ledger tells of a transaction: `TransactionRecorded` in its envelope, encoded for speed.

The members are those of the contract's model; a test holds the two against each other.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from contracts.ledger import TransactionRecorded
from kit.ids import instant_text, uuid7
from kit.telemetry import Trace
from ledger.chain import Row
from ledger.domain import Account

_encode = msgspec.json.Encoder().encode
_TYPE = TransactionRecorded.type


class _Transaction(msgspec.Struct):
    id: UUID
    card_id: UUID
    sequence: int
    merchant_id: UUID
    store_id: UUID | None
    terminal_id: UUID | None
    staff_id: UUID | None
    user_id: UUID | None
    type: str
    stamps_delta: int
    points_delta: int
    stamps_balance_after: int
    points_balance_after: int
    purchase_amount_cents: int | None
    currency: str | None
    order_reference: str | None
    reward_id: UUID | None
    reward_description: str | None
    reward_value_cents: int | None
    voids_transaction_id: UUID | None
    voided_amount_cents: int | None
    shortfall: int | None
    owed_repaid: int | None
    program_version: int
    transaction_at: str
    created_at: str
    hash: str


class _Account(msgspec.Struct):
    program_id: UUID
    is_active: bool
    stamp_count: int
    total_stamps_earned: int
    stamps_redeemed: int
    total_stamps_voided: int
    stamps_owed: int
    points_balance: int
    total_points_earned: int
    points_redeemed: int
    total_points_voided: int
    total_points_expired: int
    points_owed: int
    last_activity_at: str | None


class _Envelope(msgspec.Struct):
    id: UUID
    subject: UUID
    time: str
    correlationid: str
    traceparent: str
    sequence: int
    data: Any
    specversion: str = "1.0"
    type: str = _TYPE
    source: str = "/punchcard/ledger"
    datacontenttype: str = "application/json"
    dataschema: str = f"/schemas/{_TYPE}.json"
    causationid: str = ""


class _Data(msgspec.Struct):
    transaction: _Transaction
    account: _Account


def transaction_recorded(row: Row, row_hash: bytes, account: Account, by: Trace) -> bytes:
    """The event of this row; `account` as it is after it."""
    data = _Data(_transaction(row, row_hash), _account(account))
    by_whom = (by.request_id, by.traceparent)
    return _encode(
        _Envelope(
            uuid7(), row.card_id, row.created_at, *by_whom, row.sequence, data, causationid=by.causation_id
        )
    )


def _transaction(row: Row, row_hash: bytes) -> _Transaction:
    return _Transaction(
        row.id,
        row.card_id,
        row.sequence,
        row.merchant_id,
        row.store_id,
        row.terminal_id,
        row.staff_id,
        row.user_id,
        row.type,
        row.stamps_delta,
        row.points_delta,
        row.stamps_balance_after,
        row.points_balance_after,
        row.purchase_amount_cents,
        row.currency,
        row.order_reference,
        row.reward_id,
        row.reward_description,
        row.reward_value_cents,
        row.voids_transaction_id,
        row.voided_amount_cents,
        row.shortfall,
        row.owed_repaid,
        row.program_version,
        row.transaction_at or row.created_at,
        row.created_at,
        row_hash.hex(),
    )


def _account(account: Account) -> _Account:
    last: datetime | None = account.last_activity_at
    return _Account(
        account.program_id,
        account.is_active,
        account.stamp_count,
        account.total_stamps_earned,
        account.stamps_redeemed,
        account.total_stamps_voided,
        account.stamps_owed,
        account.points_balance,
        account.total_points_earned,
        account.points_redeemed,
        account.total_points_voided,
        account.total_points_expired,
        account.points_owed,
        instant_text(last) if last else None,
    )

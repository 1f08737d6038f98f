"""The hash chain: a row's hash is SHA-256 of the row before's hash and the row as canonical JSON (RFC 8785).

Members that are null are left out, so that a column added later changes no old hash. Integers stay below 2^53
and names are ASCII, which makes sorted members without spaces the canonical form.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from contracts.event import instant_text

#: What an account's first row is chained to.
BEGINNING = bytes(32)

#: The number that a row keeps for its type is the place in this list, from 1: it is only ever added to.
TYPES = (
    "card_created",
    "welcome_bonus",
    "stamp_earned",
    "stamp_redeemed",
    "stamp_voided",
    "stamp_adjustment",
    "points_earned",
    "points_redeemed",
    "points_voided",
    "points_adjustment",
    "points_expired",
    "card_deactivated",
    "card_reactivated",
)
TYPE_NUMBERS = {name: number for number, name in enumerate(TYPES, 1)}


class Row(msgspec.Struct, omit_defaults=True):
    """A transaction as it is hashed: every member of the row, and nothing that may have to be forgotten."""

    card_id: UUID
    created_at: str
    id: UUID
    merchant_id: UUID
    points_balance_after: int
    points_delta: int
    program_version: int
    sequence: int
    stamps_balance_after: int
    stamps_delta: int
    type: str
    currency: str | None = None
    idempotency_key_hash: str | None = None
    order_reference: str | None = None
    owed_repaid: int | None = None
    purchase_amount_cents: int | None = None
    request_hash: str | None = None
    reward_description: str | None = None
    reward_id: UUID | None = None
    reward_value_cents: int | None = None
    shortfall: int | None = None
    staff_id: UUID | None = None
    store_id: UUID | None = None
    terminal_id: UUID | None = None
    transaction_at: str | None = None
    user_id: UUID | None = None
    voided_amount_cents: int | None = None
    voids_transaction_id: UUID | None = None


_encoder = msgspec.json.Encoder(order="sorted")


def canonical(row: Row) -> bytes:
    """The row as RFC 8785 JSON."""
    return _encoder.encode(row)


def row_hash(previous: bytes, row: Row) -> bytes:
    """32 bytes: SHA-256(previous ‖ canonical row)."""
    return hashlib.sha256(previous + canonical(row)).digest()


#: The columns of `transactions` that `row_of` and `check_card` read.
COLUMNS = (
    "id, card_id, sequence, merchant_id, store_id, terminal_id, staff_id, user_id, type, stamps_delta,"
    " points_delta, stamps_balance_after, points_balance_after, purchase_amount_cents, currency,"
    " order_reference, reward_id, reward_description, reward_value_cents, voids_transaction_id,"
    " voided_amount_cents, shortfall, owed_repaid, program_version, key_hash, request_hash, transaction_at,"
    " created_at, hash"
)


def row_of(columns: Mapping[str, Any]) -> Row:
    """The row as hashed, from the columns of the table."""
    special = ("type", "created_at", "transaction_at", "key_hash", "request_hash", "hash")
    members: dict[str, Any] = {
        name: value for name, value in columns.items() if name not in special and value is not None
    }
    members["type"] = TYPES[columns["type"] - 1]
    members["created_at"] = instant_text(columns["created_at"])
    if columns["transaction_at"] is not None:
        members["transaction_at"] = instant_text(columns["transaction_at"])
    if columns["key_hash"] is not None:
        members["idempotency_key_hash"] = bytes(columns["key_hash"]).hex()
    if columns["request_hash"] is not None:
        members["request_hash"] = bytes(columns["request_hash"]).hex()
    return Row(**members)

"""What the ledger tells: a transaction as it was recorded, and the account after it."""

from __future__ import annotations

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from contracts.event import Fact, Instant

TransactionType = Literal[
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
]


class Transaction(BaseModel):
    """One immutable ledger row, without what may have to be forgotten."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: UUID
    card_id: UUID
    sequence: int
    merchant_id: UUID
    store_id: UUID | None = None
    terminal_id: UUID | None = None
    staff_id: UUID | None = None
    user_id: UUID | None = None
    type: TransactionType
    stamps_delta: int = 0
    points_delta: int = 0
    stamps_balance_after: int
    points_balance_after: int
    purchase_amount_cents: int | None = None
    currency: str | None = None
    order_reference: str | None = None
    reward_id: UUID | None = None
    reward_description: str | None = None
    reward_value_cents: int | None = None
    voids_transaction_id: UUID | None = None
    voided_amount_cents: int | None = None
    shortfall: int | None = None
    owed_repaid: int | None = None
    program_version: int
    transaction_at: Instant
    created_at: Instant
    hash: str


class Account(BaseModel):
    """The account after the transaction."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    program_id: UUID
    is_active: bool
    stamp_count: int
    total_stamps_earned: int
    stamps_redeemed: int
    total_stamps_voided: int = 0
    stamps_owed: int = 0
    points_balance: int
    total_points_earned: int
    points_redeemed: int
    total_points_voided: int = 0
    total_points_expired: int = 0
    points_owed: int = 0
    last_activity_at: Instant | None = None


class TransactionRecorded(Fact):
    """One event per transaction, in the card's order: `transaction.sequence` has no gap."""

    type: ClassVar[str] = "ledger.transaction-recorded.v1"
    topic: ClassVar[str] = "ledger-events"

    transaction: Transaction
    account: Account

    def key(self) -> str:
        return str(self.transaction.card_id)

    def order(self) -> int:
        return self.transaction.sequence

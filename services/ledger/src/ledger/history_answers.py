"""A transaction as lists show it, and how their refusals are documented."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from contracts.event import Instant
from contracts.problem import (
    CardNotFound,
    Forbidden,
    ProgramNotFound,
    Refusal,
    StoreNotAllowed,
    Unauthenticated,
    UpstreamUnavailable,
    ValidationFailed,
)

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
_ID = "0197c1c2-7e5a-7b3c-9d4e-5f60718293a4"
_AT = "2026-11-20T10:00:00.000000Z"


class TransactionAnswer(BaseModel):
    """One immutable row of the ledger."""

    id: UUID = Field(description="The transaction", examples=[_ID])
    card_id: UUID = Field(description="Its card", examples=[_ID])
    sequence: int = Field(description="Its number among the card's, from 1", examples=[7])
    merchant_id: UUID = Field(description="The merchant", examples=[_ID])
    store_id: UUID | None = Field(description="Where it was made; null for none", examples=[_ID])
    terminal_id: UUID | None = Field(description="At which till; null for none", examples=[_ID])
    staff_id: UUID | None = Field(description="Who approved it at the till", examples=[_ID])
    user_id: UUID | None = Field(description="The owner or manager who made it", examples=[None])
    type: TransactionType = Field(description="What happened", examples=["stamp_earned"])
    stamps_delta: int = Field(description="How the stamps changed", examples=[1])
    points_delta: int = Field(description="How the points changed", examples=[0])
    stamps_balance_after: int = Field(description="Stamps after it", examples=[7])
    points_balance_after: int = Field(description="Points after it", examples=[340])
    purchase_amount_cents: int | None = Field(description="Of an earning: the purchase", examples=[None])
    currency: str | None = Field(description="Of an earning: the purchase's currency", examples=[None])
    order_reference: str | None = Field(description="Of an earning: the order", examples=[None])
    reward_id: UUID | None = Field(description="Of a redemption of points: the reward", examples=[None])
    reward_description: str | None = Field(description="Of a redemption: what was given", examples=[None])
    reward_value_cents: int | None = Field(description="Of a redemption: its value", examples=[None])
    voids_transaction_id: UUID | None = Field(description="Of a void: what it takes back", examples=[None])
    voided_amount_cents: int | None = Field(
        description="Of a void: how much of the purchase was returned", examples=[None]
    )
    shortfall: int | None = Field(
        description="Of a void: what could not be taken back, the balance being too small", examples=[None]
    )
    owed_repaid: int | None = Field(
        description="Of an earning: what went into an earlier shortfall", examples=[None]
    )
    program_version: int = Field(description="The version of the program it was decided by", examples=[3])
    transaction_at: Instant = Field(description="When it happened", examples=[_AT])
    created_at: Instant = Field(description="When it was recorded", examples=[_AT])
    hash: str = Field(description="Chains it to the card's row before it", examples=["9f" * 32])
    staff_name: str | None = Field(description="The staff member's name at that time", examples=["Ana"])
    notes: str | None = Field(description="What was noted", examples=[None])


class TransactionList(BaseModel):
    """A page of transactions, newest first."""

    items: list[TransactionAnswer] = Field(description="Transactions, newest first")
    next_cursor: str | None = Field(description="Asks for the next page; null at the end", examples=[None])
    total: int = Field(default=0, description="How many in all; only with `count=true`", examples=[1240])


def _problems(*kinds: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    return {
        kind.status: {"description": ", ".join(f"`{k.code}`" for k in kinds if k.status == kind.status)}
        for kind in kinds
    }


_ALWAYS: tuple[type[Refusal], ...] = (Unauthenticated, Forbidden, ValidationFailed, UpstreamUnavailable)
PROBLEMS_OF_ALL = _problems(*_ALWAYS)
PROBLEMS_OF_A_CARD = _problems(*_ALWAYS, CardNotFound, ProgramNotFound, StoreNotAllowed)

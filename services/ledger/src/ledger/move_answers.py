"""What the moves answer, for the document only.

`answers` and `correction_answers` write it on the quick way; a test holds what they write against this.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from contracts.event import Instant

_ID = "0197c1c2-7e5a-7b3c-9d4e-5f60718293a4"
_AT = "2026-11-20T10:00:00.000000Z"


def _count(words: str, example: int) -> Any:
    return Field(ge=0, description=words, examples=[example])


def _without_default(schema: dict[str, Any]) -> None:
    schema.pop("default")


_POINTS = "Points on the card now"
_REPAID = "How much of it went into what was owed from an earlier shortfall"
_SHORTFALL = "What could not be taken back, the balance being too small; owed, where the merchant recovers it"


class MoveAnswer(BaseModel):
    """What every move answers."""

    transaction_id: UUID | None = Field(
        description="The row that it left in the ledger; null for a dry run", examples=[_ID]
    )
    card_id: UUID = Field(description="The card", examples=[_ID])
    card_number: str = Field(description="The card's number as printed", examples=["4821-0077-1930"])
    transaction_at: Instant = Field(description="When it happened: now, or `sale_at`", examples=[_AT])
    dry_run: Literal[True] = Field(
        default=True,
        description="Only in the answer of a dry run: nothing was kept",
        examples=[True],
        json_schema_extra=_without_default,
    )


class _Stamps(MoveAnswer):
    stamp_count: int = _count("Stamps on the card now", 7)
    stamps_target: int = _count("Stamps that make a reward", 10)
    stamps_until_reward: int = _count("How many are missing; 0 when the reward is earned", 3)
    reward_earned: bool = Field(description="Whether the stamps are enough for the reward", examples=[False])
    reward_description: str | None = Field(
        description="The reward, when it is earned; else null", examples=["Free coffee"]
    )
    next_stamp_available_at: Instant | None = Field(
        description="When the card can be stamped next: the cooldown is over, or the day; null for now",
        examples=["2026-11-20T10:15:00.000000Z"],
    )
    stamps_today: int = _count("Stamps of the merchant's day", 1)
    stamps_remaining_today: Annotated[int, Field(ge=0)] | None = Field(
        description="How many more there can be on this day; null without a limit", examples=[4]
    )
    points_balance: int = _count(_POINTS, 340)


class StampAnswer(_Stamps):
    """A stamp was added."""

    owed_repaid: int = _count(_REPAID, 0)


class RedeemStampsAnswer(_Stamps):
    """The stamp reward was taken. `reward_description` is what was given."""

    owed_repaid: int = _count("Always 0: nothing is paid back by redeeming", 0)
    stamps_redeemed: int = _count("Stamp rewards this card ever took, less voided ones", 3)
    reward_value_cents: int | None = Field(
        description="What the reward is worth, in minor units; null when the program does not say",
        examples=[320],
    )


class AdjustStampsAnswer(_Stamps):
    """The stamps were corrected."""

    stamps_delta: int = Field(description="How the stamps changed", examples=[-2])


class VoidStampsAnswer(_Stamps):
    """Stamps or a stamp reward were taken back."""

    stamps_voided: int = _count("How many stamps came off, or came back with a reward", 1)
    shortfall: int = _count(_SHORTFALL, 0)
    transaction_ids: list[UUID] = Field(
        description="The rows that it left, one for each stamp; none for a dry run", examples=[[_ID]]
    )


class NextTier(BaseModel):
    """The tier above."""

    name: str = Field(description="Its name", examples=["gold"])
    points_to_go: int = _count("Points until it begins", 3660)


class TierInForce(BaseModel):
    """Where a card is among the program's tiers."""

    name: str = Field(description="The tier", examples=["silver"])
    multiplier_percent: int = _count("What it makes of earned points", 125)
    next: NextTier | None = Field(description="The tier above; null on the highest")


class RewardWithinReach(BaseModel):
    """A reward that the balance is enough for."""

    id: UUID = Field(description="The reward", examples=[_ID])
    name: str = Field(description="Its name", examples=["Mug"])
    points_required: int = _count("What it costs", 100)


class EarnAnswer(MoveAnswer):
    """Points were given for a purchase."""

    points_earned: int = _count("What the purchase gave, before anything was paid back of it", 12)
    owed_repaid: int = _count(_REPAID, 0)
    points_balance: int = _count(_POINTS, 340)
    total_points_earned: int = _count(
        "Points of purchases ever; the welcome bonus and corrections are not in it", 1240
    )
    tier: TierInForce | None = Field(description="The tier after this purchase; null without tiers")
    rewards_within_reach: list[RewardWithinReach] = Field(
        description="Rewards that are valid now and cost no more than the balance"
    )


class RewardTaken(BaseModel):
    """What was given for the points."""

    id: UUID = Field(description="The reward", examples=[_ID])
    name: str = Field(description="Its name", examples=["Mug"])
    value_cents: int | None = Field(
        description="What it is worth, in minor units; null when it does not say", examples=[900]
    )


class RedeemPointsAnswer(MoveAnswer):
    """A reward was taken."""

    points_spent: int = _count("What it cost", 100)
    points_balance: int = _count(_POINTS, 240)
    reward: RewardTaken = Field(description="What was given")


class _Points(MoveAnswer):
    points_balance: int = _count(_POINTS, 340)
    stamp_count: int = _count("Stamps on the card now", 7)


class AdjustPointsAnswer(_Points):
    """The points were corrected."""

    points_delta: int = Field(description="How the points changed", examples=[-40])


class VoidPointsAnswer(_Points):
    """An earning or a reward was taken back."""

    points_voided: int = _count("How many points came off, or came back with a reward", 12)
    shortfall: int = _count(_SHORTFALL, 0)


class CardAvailability(BaseModel):
    """The ledger's part of a card after it was switched; the gateway adds who holds it."""

    id: UUID = Field(description="The card", examples=[_ID])
    status: Literal["active", "inactive"] = Field(description="Whether it is in use", examples=["active"])
    stamp_count: int = _count("Stamps on the card now", 7)
    stamps_target: int = _count("Stamps that make a reward", 10)
    total_stamps_earned: int = _count("Stamps earned ever; corrections are not in it", 27)
    stamps_redeemed: int = _count("Stamp rewards taken, less voided ones", 2)
    points_balance: int = _count(_POINTS, 340)
    total_points_earned: int = _count(
        "Points of purchases ever; the welcome bonus and corrections are not in it", 1240
    )
    points_redeemed: int = _count("Points spent ever, less voided ones", 900)
    tier: TierInForce | None = Field(description="The tier in force; null without tiers")
    can_stamp: bool = Field(description="Whether a stamp is possible now", examples=[True])
    next_stamp_available_at: Instant | None = Field(
        description="When a stamp is possible again; null when it is now", examples=[None]
    )
    stamps_today: int = _count("Stamps of the merchant's day", 1)
    stamps_remaining_today: Annotated[int, Field(ge=0)] | None = Field(
        description="Stamps left today; null without a limit", examples=[4]
    )
    can_redeem_stamps: bool = Field(description="Whether the stamp reward is due", examples=[False])
    available_rewards: list[RewardWithinReach] = Field(description="Rewards within the balance, valid now")

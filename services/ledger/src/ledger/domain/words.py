"""What the rules speak of: the account, the program's rules, who asks, and what is decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal
from uuid import UUID

from contracts.problem import Refusal

BALANCE_LIMIT = 2**31 - 1


@dataclass(slots=True)
class Account:
    """One card's balances, and what the rules need of its past."""

    card_id: UUID
    merchant_id: UUID
    program_id: UUID
    card_number: str
    scope_store_id: UUID | None = None
    is_active: bool = True
    is_gone: bool = False
    stamp_count: int = 0
    total_stamps_earned: int = 0
    stamps_redeemed: int = 0
    total_stamps_voided: int = 0
    stamps_owed: int = 0
    points_balance: int = 0
    total_points_earned: int = 0
    points_redeemed: int = 0
    total_points_voided: int = 0
    total_points_expired: int = 0
    points_owed: int = 0
    welcome_bonus_due: bool = False
    last_stamp_at: datetime | None = None
    last_points_at: datetime | None = None
    last_redemption_at: datetime | None = None
    last_activity_at: datetime | None = None
    stamps_day: date | None = None
    stamps_that_day: int = 0
    sequence: int = 0
    last_hash: bytes = b""

    def stamps_on(self, day: date) -> int:
        """Stamps given on this local day, voided ones not counted."""
        return self.stamps_that_day if self.stamps_day == day else 0

    @property
    def tier_points(self) -> int:
        """What decides the tier: earned less voided; bonus and corrections don't count."""
        return self.total_points_earned - self.total_points_voided


@dataclass(frozen=True, slots=True)
class Tier:
    name: str
    from_points: int
    multiplier_percent: int


@dataclass(frozen=True, slots=True)
class Reward:
    """What points buy, as offered."""

    id: UUID
    name: str
    points_required: int
    value_cents: int | None = None
    is_active: bool = True
    is_gone: bool = False
    stock: int | None = None
    max_per_card: int | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None

    def valid_at(self, now: datetime) -> bool:
        """Switched on, and inside its window: from included, until excluded."""
        return (
            self.is_active
            and (self.valid_from is None or self.valid_from <= now)
            and (self.valid_until is None or now < self.valid_until)
        )


@dataclass(frozen=True, slots=True)
class Rules:
    """A program as it stands, with what its merchant and the settings add to it."""

    program_id: UUID
    version: int
    loyalty_type: Literal["stamps", "points", "hybrid"]
    is_active: bool
    zone: tzinfo
    currency: str
    minor_per_unit: int
    stamps_target: int = 10
    stamps_reward_description: str = "Free item"
    stamps_reward_value_cents: int | None = None
    points_per_unit: int = 1
    welcome_bonus_points: int = 0
    minimum_redemption_points: int = 100
    points_expiration_days: int | None = None
    minimum_purchase_cents: int = 0
    tiers: tuple[Tier, ...] = ()
    cooldown_minutes: int = 15
    max_daily_stamps: int | None = 5
    staff_required: bool = True
    cross_location: bool = True
    order_reference_required: bool = False
    log_ip_addresses: bool = True
    allow_void: bool = True
    recover_shortfall: bool = True
    redeem_until: datetime | None = None
    is_gone: bool = False
    rewards: tuple[Reward, ...] = ()

    def today(self, now: datetime) -> date:
        """The merchant's local day."""
        return now.astimezone(self.zone).date()

    def next_midnight(self, now: datetime) -> datetime:
        """When the merchant's next local day begins; days of 23 and 25 hours included."""
        tomorrow = self.today(now) + timedelta(days=1)
        return datetime.combine(tomorrow, time(), self.zone).astimezone(UTC)

    def tier_at(self, tier_points: int) -> Tier | None:
        """The tier that this many tier points are in."""
        reached = [tier for tier in self.tiers if tier.from_points <= tier_points]
        return reached[-1] if reached else None

    def tier_after(self, tier_points: int) -> Tier | None:
        """The next tier above."""
        return next((tier for tier in self.tiers if tier.from_points > tier_points), None)

    @property
    def has_stamps(self) -> bool:
        return self.loyalty_type != "points"

    @property
    def has_points(self) -> bool:
        return self.loyalty_type != "stamps"

    def redeemable_at(self, now: datetime) -> bool:
        """While it is active, and after that until `redeem_until`."""
        return self.is_active or (self.redeem_until is not None and now < self.redeem_until)


@dataclass(frozen=True, slots=True)
class Approval:
    """A staff member's session as it came along, and whether it was revoked since."""

    staff_id: UUID
    merchant_id: UUID
    store_id: UUID
    terminal_id: UUID
    issued_at: float
    expires_at: float
    revoked: bool = False
    is_manager: bool = False
    #: A PIN came along with this request: it approves a late sale too.
    by_pin: bool = False


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and where: a till with or without a staff approval, or a user, who is a person already.

    Without a store it is a user who switches a card, which happens at none.
    """

    merchant_id: UUID
    store_id: UUID | None
    terminal_id: UUID | None = None
    user_id: UUID | None = None
    approval: Approval | Refusal | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """A transaction that is to be taken back, and what was taken back of it already."""

    id: UUID
    card_id: UUID
    type: str
    store_id: UUID | None
    stamps_delta: int
    points_delta: int
    at: datetime
    purchase_amount_cents: int | None = None
    order_reference: str | None = None
    reward_id: UUID | None = None
    owed_repaid: int = 0
    times_voided: int = 0
    amount_voided_cents: int = 0
    points_back: int = 0


@dataclass(frozen=True, slots=True)
class Reversal:
    """What an entry takes back."""

    target: Target
    amount_cents: int | None = None
    shortfall: int | None = None
    #: Of the shortfall, what the next earnings pay first.
    owed: int = 0
    #: When the newest stamp was given that is left after this.
    stamp_before_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One transaction as decided, before it has an id, a sequence and a hash."""

    type: str
    stamps_delta: int = 0
    points_delta: int = 0
    staff_id: UUID | None = None
    purchase_amount_cents: int | None = None
    currency: str | None = None
    order_reference: str | None = None
    reward_id: UUID | None = None
    reward_description: str | None = None
    reward_value_cents: int | None = None
    owed_repaid: int | None = None
    reversal: Reversal | None = None


#: What is to be recorded, in order; the last entry is what was asked for, of a void all are.
Decision = tuple[Entry, ...]

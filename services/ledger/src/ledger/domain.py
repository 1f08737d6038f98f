"""The rules: given an account, the program's rules, a command and the time, a decision or a refusal. No I/O, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal
from uuid import UUID

from contracts import problem
from contracts.problem import Refusal

BALANCE_LIMIT = 2**31 - 1
FRESH_APPROVAL_S = 120.0


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
    minimum_purchase_cents: int = 0
    tiers: tuple[Tier, ...] = ()
    cooldown_minutes: int = 15
    max_daily_stamps: int | None = 5
    staff_required: bool = True
    cross_location: bool = True
    order_reference_required: bool = False
    log_ip_addresses: bool = True
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


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and where: a till with or without a staff approval, or a user, who is a person already."""

    merchant_id: UUID
    store_id: UUID
    terminal_id: UUID | None = None
    user_id: UUID | None = None
    approval: Approval | Refusal | None = None


@dataclass(frozen=True, slots=True)
class Stamp:
    """Add one stamp."""


@dataclass(frozen=True, slots=True)
class RedeemStamps:
    """Take the stamp reward."""


@dataclass(frozen=True, slots=True)
class EarnPoints:
    """Give points for a purchase. `order_taken_by`: what has earned for this order reference already."""

    purchase_amount_cents: int
    currency: str
    order_reference: str | None = None
    order_taken_by: UUID | None = None


@dataclass(frozen=True, slots=True)
class RedeemPoints:
    """Take a reward. `taken`, `taken_by_card`: how often it was taken so far."""

    reward_id: UUID
    taken: int = 0
    taken_by_card: int = 0


Command = Stamp | RedeemStamps | EarnPoints | RedeemPoints


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


#: What is to be recorded, in order; the last entry is what was asked for.
Decision = tuple[Entry, ...]


def decide(
    account: Account, rules: Rules, command: Command, asker: Asker, now: datetime
) -> Decision | Refusal:
    """The first refusal in the order of the rules, or what is to be recorded. Changes nothing."""
    refusal = _admit(account, rules, command, asker, now)
    if refusal is not None:
        return refusal
    fresh = isinstance(command, (RedeemStamps, RedeemPoints))
    staff_id = _approved(rules, asker, now, fresh)
    if isinstance(staff_id, Refusal):
        return staff_id
    match command:
        case Stamp():
            return _stamp(account, rules, staff_id, now)
        case RedeemStamps():
            return _redeem_stamps(account, rules, staff_id)
        case EarnPoints():
            return _earn(account, rules, command, staff_id)
        case RedeemPoints():
            return _redeem_points(account, rules, command, staff_id, now)


def _admit(account: Account, rules: Rules, command: Command, asker: Asker, now: datetime) -> Refusal | None:
    """What every command is asked first: the card, the store, the program."""
    if account.is_gone or account.merchant_id != asker.merchant_id:
        return problem.CardNotFound()
    if rules.is_gone:
        return problem.ProgramNotFound()
    if not rules.cross_location and account.scope_store_id not in (None, asker.store_id):
        return problem.StoreNotAllowed()
    if not account.is_active:
        return problem.CardInactive()
    redeems = isinstance(command, (RedeemStamps, RedeemPoints))
    if not (rules.redeemable_at(now) if redeems else rules.is_active):
        return problem.ProgramInactive()
    if isinstance(command, (Stamp, RedeemStamps)):
        return None if rules.has_stamps else problem.StampsNotEnabled()
    return None if rules.has_points else problem.PointsNotEnabled()


def _approved(rules: Rules, asker: Asker, now: datetime, fresh: bool) -> UUID | Refusal | None:
    """The approving staff member, if any. Where no approval is required, one that is not good is as none."""
    if asker.user_id is not None:
        return None
    found = _judge(asker, now, fresh)
    if isinstance(found, Refusal) and not rules.staff_required:
        return None
    return found


def _judge(asker: Asker, now: datetime, fresh: bool) -> UUID | Refusal:
    approval = asker.approval
    if approval is None:
        return problem.StaffApprovalRequired()
    if isinstance(approval, Refusal):
        return approval
    place = (approval.merchant_id, approval.store_id, approval.terminal_id)
    if place != (asker.merchant_id, asker.store_id, asker.terminal_id):
        return problem.StaffApprovalInvalid("the staff session belongs to another terminal")
    at = now.timestamp()
    if (
        approval.revoked
        or at >= approval.expires_at
        or (fresh and at - approval.issued_at >= FRESH_APPROVAL_S)
    ):
        return problem.StaffApprovalExpired()
    return approval.staff_id


# -- stamps


def cooldown_over_at(account: Account, rules: Rules) -> datetime | None:
    """When the cooldown of the last stamp ends; None without one."""
    if not rules.cooldown_minutes or account.last_stamp_at is None:
        return None
    return account.last_stamp_at + timedelta(minutes=rules.cooldown_minutes)


def day_is_full(account: Account, rules: Rules, now: datetime) -> bool:
    """Whether the card has had all stamps of the merchant's local day."""
    return (
        rules.max_daily_stamps is not None and account.stamps_on(rules.today(now)) >= rules.max_daily_stamps
    )


def next_stamp_at(account: Account, rules: Rules, now: datetime) -> datetime | None:
    """The later of the cooldown's end and, when the day is full, the next local midnight; None when it may be now."""
    over = cooldown_over_at(account, rules)
    waits = [over] if over is not None and now < over else []
    if day_is_full(account, rules, now):
        waits.append(rules.next_midnight(now))
    return max(waits, default=None)


def _stamp(account: Account, rules: Rules, staff_id: UUID | None, now: datetime) -> Decision | Refusal:
    over = cooldown_over_at(account, rules)
    if over is not None and now < over:
        return problem.StampCooldown(retry_at=next_stamp_at(account, rules, now))
    if day_is_full(account, rules, now):
        return problem.DailyStampLimit(retry_at=next_stamp_at(account, rules, now))
    repaid = 1 if account.stamps_owed else 0
    if account.stamp_count + 1 - repaid > BALANCE_LIMIT:
        return problem.BalanceLimit()
    stamp = Entry("stamp_earned", stamps_delta=1 - repaid, staff_id=staff_id, owed_repaid=repaid or None)
    return (*_bonus_due(account, rules), stamp)


def _redeem_stamps(account: Account, rules: Rules, staff_id: UUID | None) -> Decision | Refusal:
    if account.stamp_count < rules.stamps_target:
        return problem.InsufficientStamps(balance=account.stamp_count, required=rules.stamps_target)
    taken = Entry(
        "stamp_redeemed",
        stamps_delta=-rules.stamps_target,
        staff_id=staff_id,
        reward_description=rules.stamps_reward_description,
        reward_value_cents=rules.stamps_reward_value_cents,
    )
    return (taken,)


# -- points


def points_for(rules: Rules, amount_cents: int, tier_points: int) -> int:
    """floor(amount × points per unit × multiplier / (100 × minor units per unit)), in integers."""
    tier = rules.tier_at(tier_points)
    multiplier = tier.multiplier_percent if tier else 100
    return amount_cents * rules.points_per_unit * multiplier // (100 * rules.minor_per_unit)


def _earn(account: Account, rules: Rules, command: EarnPoints, staff_id: UUID | None) -> Decision | Refusal:
    amount = command.purchase_amount_cents
    if command.currency != rules.currency:
        return problem.CurrencyMismatch(f"this merchant counts in {rules.currency}")
    if amount < rules.minimum_purchase_cents:
        return problem.BelowMinimumPurchase(required=rules.minimum_purchase_cents, amount=amount)
    if command.order_reference is None and rules.order_reference_required:
        return problem.OrderReferenceRequired()
    if command.order_taken_by is not None:
        return problem.OrderAlreadyRewarded(transaction_id=str(command.order_taken_by))
    points = points_for(rules, amount, account.tier_points)
    repaid = min(points, account.points_owed)
    bonus = _bonus_due(account, rules)
    if account.points_balance + sum(entry.points_delta for entry in bonus) + points - repaid > BALANCE_LIMIT:
        return problem.BalanceLimit()
    earned = Entry(
        "points_earned",
        points_delta=points - repaid,
        staff_id=staff_id,
        purchase_amount_cents=amount,
        currency=command.currency,
        order_reference=command.order_reference,
        owed_repaid=repaid or None,
    )
    return (*bonus, earned)


def _redeem_points(
    account: Account, rules: Rules, command: RedeemPoints, staff_id: UUID | None, now: datetime
) -> Decision | Refusal:
    reward = next((r for r in rules.rewards if r.id == command.reward_id and not r.is_gone), None)
    if reward is None:
        return problem.RewardNotFound()
    if not reward.valid_at(now):
        return problem.RewardNotValidNow()
    if reward.stock is not None and command.taken >= reward.stock:
        return problem.RewardOutOfStock()
    if reward.max_per_card is not None and command.taken_by_card >= reward.max_per_card:
        return problem.RewardLimitReached()
    cost, least = reward.points_required, rules.minimum_redemption_points
    if cost < least:
        return problem.BelowMinimumRedemption(required=least, amount=cost)
    if account.points_balance < cost:
        return problem.InsufficientPoints(balance=account.points_balance, required=cost)
    spent = Entry(
        "points_redeemed",
        points_delta=-cost,
        staff_id=staff_id,
        reward_id=reward.id,
        reward_description=reward.name,
        reward_value_cents=reward.value_cents,
    )
    return (spent,)


def within_reach(account: Account, rules: Rules, now: datetime) -> list[Reward]:
    """The rewards whose cost is within the balance and that are valid now, the cheapest first."""
    found = [
        reward
        for reward in rules.rewards
        if not reward.is_gone and reward.valid_at(now) and reward.points_required <= account.points_balance
    ]
    return sorted(found, key=lambda reward: (reward.points_required, reward.id))


# -- opening, and what a recorded entry does to the account


def opening(rules: Rules, bonus: bool) -> Decision:
    """The first rows of an account: it was created and, where the program gives one, the welcome bonus."""
    created = Entry("card_created")
    return (created, *_welcome(rules)) if bonus else (created,)


def _bonus_due(account: Account, rules: Rules) -> Decision:
    return _welcome(rules) if account.welcome_bonus_due else ()


def _welcome(rules: Rules) -> Decision:
    if not rules.has_points or rules.welcome_bonus_points == 0:
        return ()
    return (Entry("welcome_bonus", points_delta=rules.welcome_bonus_points),)


def record(account: Account, entry: Entry, rules: Rules, now: datetime) -> None:
    """Move the account as the entry says."""
    account.sequence += 1
    account.stamp_count += entry.stamps_delta
    account.points_balance += entry.points_delta
    assert 0 <= account.stamp_count <= BALANCE_LIMIT, "a stamp balance out of bounds"
    assert 0 <= account.points_balance <= BALANCE_LIMIT, "a points balance out of bounds"
    if entry.type in ("stamp_earned", "points_earned", "stamp_redeemed", "points_redeemed"):
        account.last_activity_at = now
    match entry.type:
        case "stamp_earned":
            today = rules.today(now)
            account.stamps_that_day = account.stamps_on(today) + 1
            account.stamps_day = today
            account.total_stamps_earned += entry.stamps_delta
            account.stamps_owed -= entry.owed_repaid or 0
            account.last_stamp_at = now
        case "points_earned":
            account.total_points_earned += entry.points_delta
            account.points_owed -= entry.owed_repaid or 0
            account.last_points_at = now
        case "stamp_redeemed":
            account.stamps_redeemed += 1
            account.last_redemption_at = now
        case "points_redeemed":
            account.points_redeemed -= entry.points_delta
            account.last_redemption_at = now
        case "welcome_bonus":
            account.welcome_bonus_due = False

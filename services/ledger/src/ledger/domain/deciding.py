"""The rules: the first refusal in their order, or what is to be recorded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from contracts import problem
from contracts.problem import Refusal
from ledger.domain.adjusting import adjust, switch
from ledger.domain.approving import approved
from ledger.domain.asked import (
    AdjustPoints,
    AdjustStamps,
    Command,
    Correction,
    EarnPoints,
    Expire,
    RedeemPoints,
    RedeemStamps,
    Stamp,
    SwitchCard,
    VoidPoints,
    VoidStamps,
)
from ledger.domain.expiring import expire
from ledger.domain.recording import bonus_due
from ledger.domain.voiding import void
from ledger.domain.words import BALANCE_LIMIT, Account, Asker, Decision, Entry, Reward, Rules


def decide(
    account: Account, rules: Rules, command: Command, asker: Asker, now: datetime
) -> Decision | Refusal:
    """The first refusal in the order of the rules, or what is to be recorded. Changes nothing.

    An empty decision is a good one: nothing has to be recorded.
    """
    if isinstance(command, (AdjustStamps, AdjustPoints, VoidStamps, VoidPoints, SwitchCard, Expire)):
        return _correct(account, rules, command, asker, now)
    refusal = _admit(account, rules, command, asker, now)
    if refusal is not None:
        return refusal
    fresh = isinstance(command, (RedeemStamps, RedeemPoints))
    sale_at = command.sale_at if isinstance(command, (Stamp, EarnPoints)) else None
    staff_id = approved(rules, asker, now, fresh, sale_at)
    if isinstance(staff_id, Refusal):
        return staff_id
    match command:
        case Stamp():
            return _stamp(account, rules, command, staff_id, now)
        case RedeemStamps():
            return _redeem_stamps(account, rules, staff_id)
        case EarnPoints():
            return _earn(account, rules, command, staff_id)
        case RedeemPoints():
            return _redeem_points(account, rules, command, staff_id, now)


def _correct(
    account: Account, rules: Rules, command: Correction, asker: Asker, now: datetime
) -> Decision | Refusal:
    match command:
        case AdjustStamps() | AdjustPoints():
            return adjust(account, rules, command, asker, now)
        case VoidStamps() | VoidPoints():
            return void(account, rules, command, asker, now)
        case SwitchCard():
            return switch(account, rules, command, asker)
        case Expire():
            return expire(account, rules, command, now)


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
    """The later of the cooldown's end and, on a full day, the next local midnight; None if it may be now."""
    over = cooldown_over_at(account, rules)
    waits = [over] if over is not None and now < over else []
    if day_is_full(account, rules, now):
        waits.append(rules.next_midnight(now))
    return max(waits, default=None)


def _too_soon(account: Account, rules: Rules, now: datetime) -> Refusal | None:
    over = cooldown_over_at(account, rules)
    if over is not None and now < over:
        return problem.StampCooldown(retry_at=next_stamp_at(account, rules, now))
    if day_is_full(account, rules, now):
        return problem.DailyStampLimit(retry_at=next_stamp_at(account, rules, now))
    return None


def _too_near(
    account: Account, rules: Rules, log: Sequence[datetime], at: datetime, now: datetime
) -> Refusal | None:
    """The same as of a sale, from the log: stamps after it count as those before it do.

    What is told to wait for is when a stamp may be given next, which may be now.
    """
    cooldown = timedelta(minutes=rules.cooldown_minutes)
    if any(abs(at - given) < cooldown for given in log):
        return problem.StampCooldown(retry_at=next_stamp_at(account, rules, now) or now)
    given = sum(rules.today(stamped) == rules.today(at) for stamped in log)
    if rules.max_daily_stamps is not None and given >= rules.max_daily_stamps:
        return problem.DailyStampLimit(retry_at=next_stamp_at(account, rules, now) or now)
    return None


def _stamp(
    account: Account, rules: Rules, command: Stamp, staff_id: UUID | None, now: datetime
) -> Decision | Refusal:
    if command.log is None:
        refusal = _too_soon(account, rules, now)
    else:
        refusal = _too_near(account, rules, command.log, command.sale_at or now, now)
    if refusal is not None:
        return refusal
    repaid = 1 if account.stamps_owed else 0
    if account.stamp_count + 1 - repaid > BALANCE_LIMIT:
        return problem.BalanceLimit()
    stamp = Entry("stamp_earned", stamps_delta=1 - repaid, staff_id=staff_id, owed_repaid=repaid or None)
    return (*bonus_due(account, rules), stamp)


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
        return problem.CurrencyMismatch(
            problem.said("this merchant counts in {currency}", currency=rules.currency)
        )
    if amount < rules.minimum_purchase_cents:
        return problem.BelowMinimumPurchase(required=rules.minimum_purchase_cents, amount=amount)
    if command.order_reference is None and rules.order_reference_required:
        return problem.OrderReferenceRequired()
    if command.order_taken_by is not None:
        return problem.OrderAlreadyRewarded(transaction_id=str(command.order_taken_by))
    points = points_for(rules, amount, account.tier_points)
    repaid = min(points, account.points_owed)
    bonus = bonus_due(account, rules)
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

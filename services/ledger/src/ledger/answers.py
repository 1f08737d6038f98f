"""The shapes that are answered: one for each move, and the ledger's part of a card's view."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from kit.ids import instant_text
from ledger.domain import (
    Account,
    Command,
    EarnPoints,
    Entry,
    RedeemPoints,
    RedeemStamps,
    Reward,
    Rules,
    Stamp,
    next_stamp_at,
    within_reach,
)

encode = msgspec.json.Encoder().encode


def answer(
    account: Account, rules: Rules, command: Command, entry: Entry, transaction_id: UUID | None, now: datetime
) -> bytes:
    """What the caller is told. `transaction_id` is None for a dry run, which the answer then says."""
    body: dict[str, Any] = {
        "transaction_id": transaction_id,
        "card_id": account.card_id,
        "card_number": shown(account.card_number),
    }
    match command:
        case Stamp():
            body |= stamps_part(account, rules, now) | {"owed_repaid": entry.owed_repaid or 0}
        case RedeemStamps():
            body |= stamps_part(account, rules, now) | {
                "owed_repaid": 0,
                "stamps_redeemed": account.stamps_redeemed,
                "reward_description": entry.reward_description,
                "reward_value_cents": entry.reward_value_cents,
            }
        case EarnPoints():
            body |= _earned(account, rules, entry, now)
        case RedeemPoints():
            body |= _spent(account, entry)
    sale_at = command.sale_at if isinstance(command, (Stamp, EarnPoints)) else None
    body["transaction_at"] = instant_text(sale_at or now)
    if transaction_id is None:
        body["dry_run"] = True
    return encode(body)


def shown(card_number: str) -> str:
    """`XXXX-XXXX-XXXX`."""
    return f"{card_number[:4]}-{card_number[4:8]}-{card_number[8:]}"


def stamps_part(account: Account, rules: Rules, now: datetime) -> dict[str, Any]:
    earned = account.stamp_count >= rules.stamps_target
    return {
        "stamp_count": account.stamp_count,
        "stamps_target": rules.stamps_target,
        "stamps_until_reward": max(0, rules.stamps_target - account.stamp_count),
        "reward_earned": earned,
        "reward_description": rules.stamps_reward_description if earned else None,
        **_stamps_of_the_day(account, rules, now),
        "points_balance": account.points_balance,
    }


def _stamps_of_the_day(account: Account, rules: Rules, now: datetime) -> dict[str, Any]:
    next_at = next_stamp_at(account, rules, now)
    given = account.stamps_on(rules.today(now))
    limit = rules.max_daily_stamps
    return {
        "next_stamp_available_at": instant_text(next_at) if next_at else None,
        "stamps_today": given,
        "stamps_remaining_today": None if limit is None else max(0, limit - given),
    }


def _earned(account: Account, rules: Rules, entry: Entry, now: datetime) -> dict[str, Any]:
    repaid = entry.owed_repaid or 0
    return {
        "points_earned": entry.points_delta + repaid,
        "owed_repaid": repaid,
        "points_balance": account.points_balance,
        "total_points_earned": account.total_points_earned,
        "tier": _tier(account, rules),
        "rewards_within_reach": [_reward(reward) for reward in within_reach(account, rules, now)],
    }


def _spent(account: Account, entry: Entry) -> dict[str, Any]:
    return {
        "points_spent": -entry.points_delta,
        "points_balance": account.points_balance,
        "reward": {
            "id": entry.reward_id,
            "name": entry.reward_description,
            "value_cents": entry.reward_value_cents,
        },
    }


def _tier(account: Account, rules: Rules) -> dict[str, Any] | None:
    points = account.tier_points
    tier, above = rules.tier_at(points), rules.tier_after(points)
    if tier is None:
        return None
    following = {"name": above.name, "points_to_go": above.from_points - points} if above else None
    return {"name": tier.name, "multiplier_percent": tier.multiplier_percent, "next": following}


def _reward(reward: Reward) -> dict[str, Any]:
    return {"id": reward.id, "name": reward.name, "points_required": reward.points_required}


def view(account: Account, rules: Rules, store_id: UUID | None, now: datetime) -> dict[str, Any]:
    """The ledger's part of a card as a store sees it: balances, and what it may do now."""
    usable = account.is_active and not account.is_gone
    at_home = rules.cross_location or store_id is None or account.scope_store_id in (None, store_id)
    redeemable = usable and at_home and rules.redeemable_at(now)
    day = _stamps_of_the_day(account, rules, now)
    may_stamp = usable and at_home and rules.is_active and rules.has_stamps
    rewards = within_reach(account, rules, now) if redeemable and rules.has_points else []
    return {
        "status": "active" if account.is_active else "inactive",
        "stamp_count": account.stamp_count,
        "stamps_target": rules.stamps_target,
        "total_stamps_earned": account.total_stamps_earned,
        "stamps_redeemed": account.stamps_redeemed,
        "points_balance": account.points_balance,
        "total_points_earned": account.total_points_earned,
        "points_redeemed": account.points_redeemed,
        "tier": _tier(account, rules),
        "can_stamp": may_stamp and day["next_stamp_available_at"] is None,
        **day,
        "can_redeem_stamps": redeemable and rules.has_stamps and account.stamp_count >= rules.stamps_target,
        "available_rewards": [
            _reward(reward) for reward in rewards if reward.points_required >= rules.minimum_redemption_points
        ],
    }

"""Figures: what the counters say of a program, a store or the platform, and what is owed in money."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from contracts.programs import ProgramChanged, RewardChanged

#: What is summed; the first twelve as `statistics_totals` holds them, then those of the last 30 days.
TOTALS = (
    *("cards", "active", "stamps", "points", "transactions", "rewards_redeemed"),
    *("stamps_issued", "stamps_redeemed", "points_issued", "points_redeemed", "points_voided"),
    "points_expired",
)
LAST_30_DAYS = ("enrolments", "transactions_30d", "active_cards")

Sums = Mapping[str, int]


class Worth(NamedTuple):
    """What a point and a stamp are worth in minor units; None where it is not known."""

    point: Fraction | None
    stamp: Fraction | None

    def of(self, points: int, stamps: int) -> int | None:
        """The part that is known, rounded down once; None when none is."""
        parts = [
            worth * many for worth, many in ((self.point, points), (self.stamp, stamps)) if worth is not None
        ]
        return int(sum(parts)) if parts else None


def worth_of(program: ProgramChanged, rewards: Iterable[RewardChanged]) -> Worth:
    """By the dearest active reward for its points, and the stamp reward. A part that is off is worth nothing
    that is known, unless its reward has a value."""
    values = [
        Fraction(reward.value_cents, reward.points_required)
        for reward in rewards
        if reward.is_active and reward.deleted_at is None and reward.value_cents is not None
    ]
    stamp = program.stamps_reward_value_cents
    return Worth(
        max(values, default=None),
        None if stamp is None or program.loyalty_type == "points" else Fraction(stamp, program.stamps_target),
    )


def added(parts: Iterable[Sums]) -> dict[str, int]:
    """The sums of these parts."""
    found = dict.fromkeys((*TOTALS, *LAST_30_DAYS), 0)
    for part in parts:
        for name, value in part.items():
            found[name] += value
    return found


def share(part: int, whole: int) -> float | None:
    """Four decimals; None of nothing."""
    if not whole:
        return None
    return float((Decimal(part) / Decimal(whole)).quantize(Decimal("0.0001"), ROUND_HALF_UP))


def figures(sums: Sums, *, of_stamps: bool, liability_cents: int | None) -> dict[str, Any]:
    """The figures as they are shown. `of_stamps`: the redemption rate is that of stamps."""
    unit = "stamps" if of_stamps else "points"
    return {
        "cards_total": sums["cards"],
        "cards_active": sums["active"],
        "cards_active_30d": sums["active_cards"],
        "enrolled_30d": sums["enrolments"],
        "transactions_30d": sums["transactions_30d"],
        "stamps_issued": sums["stamps_issued"],
        "stamps_redeemed": sums["stamps_redeemed"],
        "stamps_outstanding": sums["stamps"],
        "points_issued": sums["points_issued"],
        "points_redeemed": sums["points_redeemed"],
        "points_voided": sums["points_voided"],
        "points_expired": sums["points_expired"],
        "points_outstanding": sums["points"],
        "rewards_redeemed": sums["rewards_redeemed"],
        "redemption_rate": share(sums[f"{unit}_redeemed"], sums[f"{unit}_issued"]),
        "liability_cents": liability_cents,
    }


#: The ages of what is outstanding: days since the last activity, both included; None: and more.
AGES: Sequence[tuple[int, int | None]] = ((0, 30), (31, 90), (91, 180), (181, 365), (366, None))


def age_name(age: tuple[int, int | None]) -> str:
    first, last = age
    return f"{first}+" if last is None else f"{first}-{last}"

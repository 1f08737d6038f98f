"""What rows of the past do to an account: any type but voids, never below zero, no rule of the till."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from contracts import problem
from contracts.problem import Refusal
from ledger.domain.words import BALANCE_LIMIT, Account, Decision, Entry

#: Which balance a type of row moves, and which way: up, down, or both.
Moves = tuple[Literal["stamps", "points"], Literal["up", "up-or-none", "down", "both"]]
IMPORTABLE: Mapping[str, Moves | None] = {
    "welcome_bonus": ("points", "up"),
    "stamp_earned": ("stamps", "up-or-none"),
    "stamp_redeemed": ("stamps", "down"),
    "stamp_adjustment": ("stamps", "both"),
    "points_earned": ("points", "up-or-none"),
    "points_redeemed": ("points", "down"),
    "points_adjustment": ("points", "both"),
    "points_expired": ("points", "down"),
    "card_deactivated": None,
    "card_reactivated": None,
}


class Wrong(NamedTuple):
    """A delta that a row of this type cannot have."""

    field: str
    code: str
    message: str


def wrong_delta(kind: str, stamps: int, points: int) -> Wrong | None:
    """What is wrong with a row's deltas, whatever the account holds."""
    moves = IMPORTABLE[kind]
    given = {"stamps": stamps, "points": points}
    for unit, delta in given.items():
        if delta and (moves is None or moves[0] != unit):
            return Wrong(unit, "not-allowed", f"a {kind} moves none")
    if moves is None:
        return None
    unit, way = moves
    delta = given[unit]
    if way == "down" and delta >= 0:
        return Wrong(unit, "too-large", f"a {kind} takes away: below zero")
    if (way == "up" and delta <= 0) or (way == "up-or-none" and delta < 0):
        return Wrong(unit, "too-small", f"a {kind} gives")
    return Wrong(unit, "not-allowed", f"a {kind} moves something") if way == "both" and not delta else None


def imported(account: Account, entry: Entry) -> Refusal | None:
    """Why this row of the past cannot stand behind the account's last one, if it cannot."""
    for delta, balance, too_few in (
        (entry.stamps_delta, account.stamp_count, problem.InsufficientStamps),
        (entry.points_delta, account.points_balance, problem.InsufficientPoints),
    ):
        if balance + delta < 0:
            return too_few(balance=balance, required=-delta)
        if balance + delta > BALANCE_LIMIT:
            return problem.BalanceLimit()
    return None


def opening_balance(stamps: int, points: int) -> Decision:
    """A balance that is brought along: one adjustment for each unit."""
    entries = []
    if stamps:
        entries.append(Entry("stamp_adjustment", stamps_delta=stamps))
    if points:
        entries.append(Entry("points_adjustment", points_delta=points))
    return tuple(entries)

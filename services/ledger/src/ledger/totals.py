"""A card's sums as they follow from its rows: totals, what was voided of each row, whether it is active."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from ledger.chain import TYPE_NUMBERS

#: The account's columns that `Totals.differs` compares.
COLUMNS = (
    "total_stamps_earned, stamps_redeemed, total_stamps_voided, stamps_owed, total_points_earned,"
    " points_redeemed, total_points_voided, total_points_expired, points_owed, is_active"
)
_T = TYPE_NUMBERS
_STAMPS = (_T["stamp_earned"], _T["stamp_redeemed"])
_POINTS = (_T["points_earned"], _T["points_redeemed"])
_TAKEN_BACK_BY = {_T["stamp_voided"]: _STAMPS, _T["points_voided"]: _POINTS}
_OF_EARNINGS = {_T["stamp_earned"]: "total_stamps_earned", _T["points_earned"]: "total_points_earned"}


class _Voided(NamedTuple):
    """What was taken back of one row so far."""

    amount_cents: int
    back: int


class Totals:
    """Follows the rows of one card in their order."""

    def __init__(self) -> None:
        self._rows: dict[UUID, Mapping[str, Any]] = {}
        self._voided: dict[UUID, _Voided] = {}
        self._sums: Counter[str] = Counter()
        self._short: Counter[str] = Counter()
        self._active = True

    def take(self, row: Mapping[str, Any]) -> str | None:
        """What is wrong with this row, the ones before being right."""
        kind, sums = row["type"], self._sums
        self._rows[row["id"]] = row
        if kind in _OF_EARNINGS:
            unit = "stamps" if kind == _T["stamp_earned"] else "points"
            sums[_OF_EARNINGS[kind]] += row[f"{unit}_delta"]
            self._short[unit] -= row["owed_repaid"] or 0
        elif kind == _T["stamp_redeemed"]:
            sums["stamps_redeemed"] += 1
        elif kind == _T["points_redeemed"]:
            sums["points_redeemed"] -= row["points_delta"]
        elif kind == _T["points_expired"]:
            sums["total_points_expired"] -= row["points_delta"]
        elif kind in (_T["card_deactivated"], _T["card_reactivated"]):
            self._active = kind == _T["card_reactivated"]
        elif kind in _TAKEN_BACK_BY:
            return self._take_back(row)
        return None

    def differs(self, account: Mapping[str, Any]) -> str | None:
        """What the account says otherwise than its rows. What is owed is at most what was short.

        A merchant may have chosen not to ask for it, which no row tells.
        """
        for unit in ("stamps", "points"):
            if account[f"{unit}_owed"] > self._short[unit]:
                return f"the account's {unit}_owed is more than its rows were short of"
        for name in COLUMNS.split(", "):
            if name == "is_active":
                if account[name] != self._active:
                    return "the account's is_active does not match its rows"
            elif not name.endswith("_owed") and account[name] != self._sums[name]:
                return f"the account's {name} does not match its rows"
        return None

    def _take_back(self, row: Mapping[str, Any]) -> str | None:
        target = self._rows.get(row["voids_transaction_id"])
        if target is None or target["type"] not in _TAKEN_BACK_BY[row["type"]]:
            return "the row takes back what is no row of this card before it"
        unit = "stamps" if row["type"] == _T["stamp_voided"] else "points"
        delta, shortfall = row[f"{unit}_delta"], row["shortfall"] or 0
        given = target[f"{unit}_delta"] + (target["owed_repaid"] or 0)
        once = target["id"] not in self._voided
        before = self._voided.get(target["id"], _Voided(0, 0))
        if target["type"] in _OF_EARNINGS:
            self._sums[f"total_{unit}_voided"] -= delta
            self._short[unit] += shortfall
        else:
            self._sums[f"{unit}_redeemed"] -= 1 if unit == "stamps" else delta
        amount = before.amount_cents + (row["voided_amount_cents"] or 0)
        voided = self._voided[target["id"]] = _Voided(amount, before.back + shortfall - delta)
        purchase = target["purchase_amount_cents"] if target["type"] == _T["points_earned"] else None
        if purchase is None:
            return None if once and voided.back == given else "a row is not taken back once and whole"
        if amount > purchase or voided.back != given * amount // purchase:
            return "more or less has come back than the voided part of the purchase gave"
        return None

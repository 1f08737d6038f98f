"""What the demo's merchants did before it began: customers and their visits, as rows that an import takes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from punchcard.demo.cast import FIRST_NAMES, LAST_NAMES, SEED, Merchant, Store

DAYS = 60
#: Of a hundred customers so many come on so many days of a hundred: a few regulars, many who pass by.
HABITS = ((12, 45), (30, 13), (58, 3))
#: How often people go where they went the first time, take a reward they may have, name their order.
TRUE_TO_STORE, TAKES_FREE_ONE, SPENDS_POINTS, HAS_ORDER = 0.85, 0.8, 0.4, 0.8
TWO_STAMPS = 0.08

Row = dict[str, Any]


class Past(NamedTuple):
    """Rows of an import: customers, then what they did, in the order of time."""

    customers: list[Row]
    history: list[Row]


def past(merchant: Merchant, until: date, *, days: int = DAYS, seed: int = SEED) -> Past:
    """The days that end with `until`. The same for the same merchant, day and seed, always."""
    customers: list[Row] = []
    history: list[Row] = []
    calendar = [until - timedelta(days=ago) for ago in reversed(range(days))]
    calendar = [day for day in calendar if merchant.trade.hours[day.weekday()] is not None]
    for number in range(1, merchant.trade.customers + 1 if calendar else 1):
        # Each has a draw of their own: fewer customers are the first ones of more.
        draw = random.Random(f"past-{seed}-{merchant.slug}-{number}")  # noqa: S311 - the same each time
        life = _Life(merchant, number, draw)
        life.live(calendar)
        customers.append(life.customer())
        history += life.rows
    return Past(customers, sorted(history, key=lambda row: str(row["at"])))


class _Life:
    """One customer: who it is, when they come, and what their card then holds."""

    def __init__(self, merchant: Merchant, number: int, draw: random.Random) -> None:
        self._merchant = merchant
        self._draw = draw
        self._number = number
        self._reference = f"past-{number:04d}"
        self._zone = ZoneInfo(merchant.body["timezone"])
        self._home = self._any_store()
        self._began: datetime | None = None
        self._stamps = self._points = self._earned = 0
        self.rows: list[Row] = []

    def customer(self) -> Row:
        slug, draw = self._merchant.slug, self._draw
        row: Row = {
            "reference": self._reference,
            "email": f"guest{self._number:04d}@{slug}.example",
            "first_name": draw.choice(FIRST_NAMES),
            "last_name": draw.choice(LAST_NAMES),
            "locale": draw.choices((self._merchant.body["default_locale"], "de", "en"), (7, 2, 1))[0],
            "marketing_consent": draw.random() < 0.4,
            "store_code": self._home.code,
            "enrolled_at": _told(self._began),
        }
        if draw.random() < 0.35:
            row["birthday"] = (
                f"{draw.randint(1950, 2007)}-{draw.randint(1, 12):02d}-{draw.randint(1, 28):02d}"
            )
        return row

    def live(self, calendar: list[date]) -> None:
        """Join one day, more likely an early one, and come back by habit."""
        for day in self._visits(calendar):
            at = self._moment(day)
            if self._began is None:
                self._began = at - timedelta(seconds=40)
                if bonus := self._merchant.program.get("welcome_bonus_points", 0):
                    self._row("welcome_bonus", at - timedelta(seconds=20), self._home, points=bonus)
            self._visit(at)

    def _visits(self, calendar: list[date]) -> Iterator[date]:
        draw = self._draw
        often = draw.choices([days for _, days in HABITS], [share for share, _ in HABITS])[0] / 100
        joined = int(len(calendar) * draw.random() ** 1.5)
        yield calendar[joined]
        for day in calendar[joined + 1 :]:
            if draw.random() < often * self._merchant.trade.busy[day.weekday()]:
                yield day

    def _moment(self, day: date) -> datetime:
        """While it is open, most often about the busiest hour."""
        hours = self._merchant.trade.hours[day.weekday()]
        assert hours is not None, "the calendar has no days when it is closed"
        opens, closes = hours[0] * 3600 + 60, hours[1] * 3600 - 300
        peak = min(max(self._merchant.trade.peak * 3600, opens), closes)
        second = int(self._draw.triangular(opens, closes, peak))
        local = time(second // 3600, second // 60 % 60, second % 60, tzinfo=self._zone)
        return datetime.combine(day, local).astimezone(UTC)

    def _visit(self, at: datetime) -> None:
        """First what a full card or saved points give, then the purchase."""
        store = self._home if self._draw.random() < TRUE_TO_STORE else self._any_store()
        kind = self._merchant.program["loyalty_type"]
        if kind != "points":
            self._stamp(at, store)
        if kind != "stamps":
            self._buy(at + timedelta(seconds=30), store)

    def _stamp(self, at: datetime, store: Store) -> None:
        target = self._merchant.program["stamps_target"]
        if self._stamps >= target and self._draw.random() < TAKES_FREE_ONE:
            self._row("stamp_redeemed", at, store, stamps=-target)
        stamps = 2 if self._draw.random() < TWO_STAMPS else 1
        self._row("stamp_earned", at + timedelta(seconds=10), store, stamps=stamps)

    def _buy(self, at: datetime, store: Store) -> None:
        prices = [reward["points_required"] for reward in self._merchant.rewards]
        prices = [price for price in prices if price <= self._points]
        if prices and self._draw.random() < SPENDS_POINTS:
            self._row("points_redeemed", at, store, points=-self._draw.choice(prices))
        low, common, high = self._merchant.trade.purchase
        amount = int(self._draw.triangular(low, high, common))
        at += timedelta(seconds=10)
        bought: Row = {"purchase_amount_cents": amount, "currency": self._merchant.body["currency"]}
        if self._draw.random() < HAS_ORDER:
            bought["order_reference"] = f"{store.code.upper()}-{at:%y%m%d}-{self._number:04d}"
        points = self._worth(amount)
        self._earned += points
        self._row("points_earned", at, store, points=points, **bought)

    def _worth(self, amount: int) -> int:
        """By the tier before the purchase, as the ledger counts; all currencies of the demo have cents."""
        program = self._merchant.program
        percent = 100
        for tier in program.get("tier_config", {}).get("tiers", ()):
            if self._earned >= tier["from_points"]:
                percent = tier["multiplier_percent"]
        return int(amount * program["points_per_euro"] * percent // 10_000)

    def _row(
        self, kind: str, at: datetime, store: Store, *, stamps: int = 0, points: int = 0, **more: Any
    ) -> None:
        self._stamps += stamps
        self._points += points
        row: Row = {"card": self._reference, "type": kind, "at": _told(at), "store_code": store.code, **more}
        row |= {"stamps": stamps} if stamps else {}
        row |= {"points": points} if points else {}
        self.rows.append(row | {"reference": f"{self._reference}-{len(self.rows) + 1:03d}"})

    def _any_store(self) -> Store:
        stores = self._merchant.stores
        return self._draw.choices(stores, [store.size for store in stores])[0]


def _told(moment: datetime | None) -> str:
    assert moment is not None, "everybody comes at least once"
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"

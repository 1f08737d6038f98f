"""Reports: rows of counters with the names that the ledger knows, or that it asks for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from statistics import median
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from contracts.problem import NotFound, UpstreamUnavailable
from contracts.programs import ProgramChanged, RewardChanged, StoreChanged
from kit.ids import now
from kit.projection import Projection
from kit.work import Work
from ledger.statistics.asking import Asked, Snapshot, snapshot
from ledger.statistics.calendar import month_of
from ledger.statistics.card import COHORT_MONTHS
from ledger.statistics.cells import UNNAMED
from ledger.statistics.figures import AGES, age_name, share
from ledger.statistics.period import Period, period
from ledger.statistics.showing import NO_STORE, Showing

_UNNAMED = UUID(bytes=UNNAMED)
_MONTHS = tuple(f"m{nth}" for nth in range(COHORT_MONTHS + 1))
_STAFF = ("stamps", "earnings", "redemptions", "voids", "adjusts", "offline")


class Activity(msgspec.Struct, frozen=True, gc=False):
    """What was done on a day at a store: of the rows that can be thousands, the one that costs least."""

    date: str
    store_id: str | None
    store_name: str | None
    enrolments: int
    stamps_issued: int
    stamps_redeemed: int
    points_issued: int
    points_redeemed: int
    points_voided: int
    transactions: int
    active_cards: int


COLUMNS: Mapping[str, Sequence[str]] = {
    "activity": Activity.__struct_fields__,
    "liability": ("age", "cards", "stamps", "points", "liability_cents"),
    "rewards": ("reward_id", "name", "redeemed", "voided", "points_spent", "value_cents", "stock_left"),
    "staff": ("staff_id", "name", "store_id", "operations", *_STAFF, "outlier", "reason"),
    "cohorts": ("month", "enrolled", *_MONTHS),
}
#: An outlier does more a day than so many times the merchant's median, or voids more than a tenth.
TIMES_MEDIAN, VOIDS_SHARE = 3, 10

Rows = Sequence[Mapping[str, Any] | Activity]
#: The names of a merchant's staff. UpstreamUnavailable.
AskNames = Callable[[UUID], Awaitable[Mapping[str, str]]]


class Request(NamedTuple):
    """What is asked for."""

    name: str
    merchant_id: UUID
    store_id: UUID | None
    first: date | None
    last: date | None


class Report(NamedTuple):
    name: str
    period: Period
    as_of: datetime
    missing: list[dict[str, str]]
    rows: Rows


class Reports:
    """Makes reports of one merchant."""

    def __init__(self, work: Work, states: Projection, showing: Showing, names: AskNames) -> None:
        self._work = work
        self._states = states
        self._showing = showing
        self._names = names

    async def make(self, request: Request) -> Report:
        """NotFound, MerchantNotFound, StoreNotFound, ValidationFailed."""
        makers: Mapping[str, Callable[[Snapshot, Asked, _Known], Awaitable[Rows]]] = {
            "activity": self._activity,
            "liability": self._liability,
            "rewards": self._rewards,
            "staff": self._staff,
            "cohorts": self._cohorts,
        }
        if request.name not in makers:
            raise NotFound
        merchant = await self._showing.merchant(request.merchant_id)
        today = now().astimezone(ZoneInfo(merchant.timezone)).date()
        days = period(request.first, request.last, today)
        store_id = await self._showing.store(request.merchant_id, request.store_id)
        programs = list(self._states.of(ProgramChanged, request.merchant_id))
        asked = Asked([program.id for program in programs], store_id, *days)
        names, missing = await self._staff_names(request)
        async with snapshot(self._work) as counted:
            rows = await makers[request.name](counted, asked, _Known(programs, today, names))
            return Report(request.name, days, counted.as_of, missing, rows)

    async def _staff_names(self, request: Request) -> tuple[Mapping[str, str], list[dict[str, str]]]:
        """Asked for outside of any reading, so that nothing waits in between."""
        if request.name != "staff":
            return {}, []
        try:
            return await self._names(request.merchant_id), []
        except UpstreamUnavailable as error:
            return {}, [{"part": "names", "reason": error.code}]

    async def _activity(self, counted: Snapshot, asked: Asked, _: _Known) -> list[Activity]:
        rows = await counted.days(asked)
        ids = [UUID(bytes=store) for store in {row[1] for row in rows}]
        stores = {store_id.bytes: (_store(store_id), self._store_name(store_id)) for store_id in ids}
        return [
            Activity(day.isoformat(), *stores[store], *counts) for day, store, *counts in rows if any(counts)
        ]

    async def _liability(self, counted: Snapshot, asked: Asked, known: _Known) -> list[dict[str, Any]]:
        """As it is now, of the live program; the days that were asked for do not narrow it."""
        live = [program for program in known.programs if program.deleted_at is None]
        worth = {program.id: self._showing.worth(program) for program in live}
        rows = await counted.ages(asked._replace(programs=list(worth)), known.today)
        found = []
        for place, age in enumerate(AGES):
            of_age = [row for row in rows if row.age == place]
            stamps, points = (sum(getattr(row, name) for row in of_age) for name in ("stamps", "points"))
            owed = next(iter(worth.values())).of(points, stamps) if worth else None
            cards = sum(row.cards for row in of_age)
            sums = {"cards": cards, "stamps": stamps, "points": points}
            found.append({"age": age_name(age), **sums, "liability_cents": owed})
        return found

    async def _rewards(self, counted: Snapshot, asked: Asked, known: _Known) -> list[dict[str, Any]]:
        """What was taken in these days, most used first; rewards that nobody took stand at the end.

        What points bought before they were imported stands in a row of its own, without id and name.
        """
        rows = {(row.program_id, row.reward_id): row for row in await counted.rewards(asked)}
        offered = [
            reward
            for program in known.programs
            for reward in self._states.of(RewardChanged, program.id)
            if (reward.deleted_at is None and program.deleted_at is None) or (program.id, reward.id) in rows
        ]
        taken = await counted.taken([reward.id for reward in offered if reward.stock is not None])
        found = [
            _reward_row(reward.id, reward.name, rows.get((reward.program_id, reward.id)))
            | {"stock_left": None if reward.stock is None else max(0, reward.stock - taken.get(reward.id, 0))}
            for reward in offered
        ]
        for program in known.programs:
            row = rows.get((program.id, NO_STORE))
            if row is not None or (program.loyalty_type != "points" and program.deleted_at is None):
                found.append(_reward_row(None, program.stamps_reward_description, row) | {"stock_left": None})
            if (row := rows.get((program.id, _UNNAMED))) is not None:
                found.append(_reward_row(None, None, row) | {"stock_left": None})
        return sorted(found, key=lambda each: (-each["redeemed"], each["name"] or ""))

    async def _staff(self, counted: Snapshot, asked: Asked, known: _Known) -> list[dict[str, Any]]:
        rows = [
            {
                "staff_id": str(row.staff_id),
                "name": known.names.get(str(row.staff_id)),
                "store_id": _store(row.store_id),
                "operations": sum(getattr(row, name) for name in _STAFF[:-1]),
                **{name: getattr(row, name) for name in _STAFF},
                "days": row.days,
            }
            for row in await counted.staff(asked)
            if row.days
        ]
        return _with_outliers(rows)

    async def _cohorts(self, counted: Snapshot, asked: Asked, known: _Known) -> list[dict[str, Any]]:
        cells: dict[date, dict[int, int]] = {}
        for row in await counted.cohorts(asked):
            cells.setdefault(row.month, {})[row.nth] = row.cards
        this_month = month_of(known.today)
        return [
            {
                "month": month.strftime("%Y-%m"),
                "enrolled": counts[-1],
                **{
                    name: share(counts.get(nth, 0), counts[-1])
                    if month_of(month) + nth <= this_month
                    else None
                    for nth, name in enumerate(_MONTHS)
                },
            }
            for month, counts in sorted(cells.items())
            if counts.get(-1)
        ]

    def _store_name(self, store_id: UUID) -> str | None:
        store = self._states.get(StoreChanged, store_id)
        return store.name if store else None


class _Known(NamedTuple):
    """What a report needs beside the counters."""

    programs: Sequence[ProgramChanged]
    today: date
    names: Mapping[str, str]


def _store(store_id: UUID) -> str | None:
    return None if store_id == NO_STORE else str(store_id)


def _reward_row(reward_id: UUID | None, name: str | None, row: Any) -> dict[str, Any]:
    counts = ("redeemed", "voided", "points_spent", "value_cents")
    return {
        "reward_id": str(reward_id) if reward_id else None,
        "name": name,
        **{count: getattr(row, count) if row is not None else 0 for count in counts},
    }


def _with_outliers(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each with whether it is one, and why."""
    found = list(rows)
    daily = [Fraction(row["operations"], row.pop("days")) for row in found]
    limit = TIMES_MEDIAN * median(daily) if daily else 0
    for row, a_day in zip(found, daily, strict=True):
        reasons = [
            *(["many-operations"] if a_day > limit else []),
            *(["many-voids"] if row["voids"] * VOIDS_SHARE > row["operations"] else []),
        ]
        row["outlier"], row["reason"] = bool(reasons), ", ".join(reasons) or None
    return found

"""Reads of the live generation: every figure is a sum of few cells, never a count of rows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.work import Work
from ledger.statistics.card import hour_of
from ledger.statistics.cells import NONE
from ledger.statistics.figures import LAST_30_DAYS, TOTALS
from ledger.store import raw, rewards_taken

#: 30 × 24 whole UTC hours, the running one included.
WINDOW_HOURS = 30 * 24

_TOTALS = text(
    f"SELECT program_id, store_id, {', '.join(TOTALS)} FROM statistics_totals"  # noqa: S608 - our own names
    " WHERE generation = :generation AND program_id = ANY(:programs)"
)
_ALL_TOTALS = text(
    f"SELECT {', '.join(f'coalesce(sum({name}), 0)::bigint AS {name}' for name in TOTALS)}"  # noqa: S608
    " FROM statistics_totals WHERE generation = :generation"
)
_ALL_OWED = text(
    "SELECT program_id, sum(points)::bigint AS points, sum(stamps)::bigint AS stamps FROM statistics_totals"
    " WHERE generation = :generation GROUP BY program_id"
)
_HOURS = text(
    "SELECT program_id, store_id, sum(enrolments)::bigint AS enrolments,"
    " sum(transactions)::bigint AS transactions_30d, sum(active_cards)::bigint AS active_cards"
    " FROM statistics_hours WHERE generation = :generation AND program_id = ANY(:programs)"
    " AND hour > :before GROUP BY program_id, store_id"
)
_OF_DAYS = (
    *("enrolments", "stamps_issued", "stamps_redeemed", "points_issued", "points_redeemed", "points_voided"),
    *("transactions", "active_cards"),
)
#: In the order of the report's columns. A program has one row for a day and store: nothing is to be summed.
_DAYS = (
    f"SELECT day, uuid_send(store_id), {', '.join(_OF_DAYS)}"  # noqa: S608 - our own names
    " FROM statistics_days WHERE generation = %(generation)s AND program_id = ANY(%(programs)s)"
    " AND day BETWEEN %(first)s AND %(last)s AND (%(store)s::uuid IS NULL OR store_id = %(store)s::uuid)"
    " ORDER BY day, store_id"
)
_DAYS_OF_SEVERAL = (
    f"SELECT day, uuid_send(store_id), {', '.join(f'sum({n})::bigint' for n in _OF_DAYS)}"  # noqa: S608
    " FROM statistics_days WHERE generation = %(generation)s AND program_id = ANY(%(programs)s)"
    " AND day BETWEEN %(first)s AND %(last)s AND (%(store)s::uuid IS NULL OR store_id = %(store)s::uuid)"
    " GROUP BY day, store_id ORDER BY day, store_id"
)
_AGES = text(
    "SELECT program_id, CASE WHEN age <= 30 THEN 0 WHEN age <= 90 THEN 1 WHEN age <= 180 THEN 2"
    " WHEN age <= 365 THEN 3 ELSE 4 END AS age, sum(cards)::bigint AS cards, sum(stamps)::bigint AS stamps,"
    " sum(points)::bigint AS points"
    " FROM (SELECT program_id, CAST(:today AS date) - day AS age, cards, stamps, points"
    " FROM statistics_ages WHERE generation = :generation AND program_id = ANY(:programs)"
    " AND (CAST(:store AS uuid) IS NULL OR store_id = :store)) AS a GROUP BY 1, 2"
)
_REWARDS = text(
    "SELECT program_id, reward_id, sum(redeemed)::bigint AS redeemed, sum(voided)::bigint AS voided,"
    " sum(points_spent)::bigint AS points_spent, sum(value_cents)::bigint AS value_cents"
    " FROM statistics_rewards WHERE generation = :generation AND program_id = ANY(:programs)"
    " AND day BETWEEN :first AND :last AND (CAST(:store AS uuid) IS NULL OR store_id = :store)"
    " GROUP BY program_id, reward_id"
)
_STAFF = (
    "SELECT staff_id, store_id, count({days}) FILTER (WHERE stamps + earnings + redemptions + voids"
    " + adjusts > 0) AS days, sum(stamps)::bigint AS stamps, sum(earnings)::bigint AS earnings,"
    " sum(redemptions)::bigint AS redemptions, sum(voids)::bigint AS voids, sum(adjusts)::bigint AS adjusts,"
    " sum(offline)::bigint AS offline"
    " FROM statistics_staff WHERE generation = :generation AND program_id = ANY(:programs)"
    " AND day BETWEEN :first AND :last AND (CAST(:store AS uuid) IS NULL OR store_id = :store)"
    " GROUP BY staff_id, store_id ORDER BY staff_id, store_id"
)
#: A day counts once; within one program it has one row, and need not be sorted to find that out.
_STAFF_OF_ONE, _STAFF_OF_SEVERAL = (text(_STAFF.format(days=days)) for days in ("*", "DISTINCT day"))
_COHORTS = text(
    "SELECT month, nth, sum(cards)::bigint AS cards FROM statistics_cohorts"
    " WHERE generation = :generation AND program_id = ANY(:programs) AND month BETWEEN :first AND :last"
    " AND (CAST(:store AS uuid) IS NULL OR store_id = :store) GROUP BY month, nth ORDER BY month, nth"
)


class Asked(NamedTuple):
    """Which programs, which store (None: all), which days."""

    programs: Sequence[UUID]
    store_id: UUID | None
    first: date
    last: date


class Snapshot:
    """The counters of one moment."""

    def __init__(self, conn: AsyncConnection, generation: int, as_of: datetime) -> None:
        self._conn = conn
        self._generation = generation
        self.as_of = as_of

    async def by_store(self, programs: Sequence[UUID]) -> dict[tuple[UUID, UUID], dict[str, int]]:
        """The sums of each program and store."""
        found: dict[tuple[UUID, UUID], dict[str, int]] = {}
        for query, names in ((_TOTALS, TOTALS), (_HOURS, LAST_30_DAYS)):
            before = hour_of(self.as_of) - WINDOW_HOURS
            for row in await self._rows(query, programs=list(programs), before=before):
                sums = found.setdefault((row.program_id, row.store_id), {})
                sums.update({name: getattr(row, name) for name in names})
        return found

    async def of_all(self) -> dict[str, int]:
        """The sums of all programs."""
        (totals,) = await self._rows(_ALL_TOTALS)
        before = hour_of(self.as_of) - WINDOW_HOURS
        hours = await self._rows(_HOURS, programs=[UUID(bytes=NONE)], before=before)
        last_30_days = {name: sum(getattr(row, name) for row in hours) for name in LAST_30_DAYS}
        return {**totals._mapping, **last_30_days}

    async def owed(self) -> Sequence[Any]:
        """Points and stamps that each program has outstanding."""
        return await self._rows(_ALL_OWED)

    async def days(self, asked: Asked) -> Sequence[tuple[Any, ...]]:
        """Day, store as 16 bytes, counts: of thousands of rows no more is made than the report needs."""
        query = _DAYS if len(asked.programs) == 1 else _DAYS_OF_SEVERAL
        given = {**_between(asked), "generation": self._generation}
        found = await (await raw(self._conn)).cursor(binary=True).execute(query, given)
        return await found.fetchall()

    async def rewards(self, asked: Asked) -> Sequence[Any]:
        return await self._rows(_REWARDS, **_between(asked))

    async def staff(self, asked: Asked) -> Sequence[Any]:
        query = _STAFF_OF_ONE if len(asked.programs) == 1 else _STAFF_OF_SEVERAL
        return await self._rows(query, **_between(asked))

    async def cohorts(self, asked: Asked) -> Sequence[Any]:
        """The months in which these days are."""
        return await self._rows(_COHORTS, **{**_between(asked), "first": asked.first.replace(day=1)})

    async def ages(self, asked: Asked, today: date) -> Sequence[Any]:
        return await self._rows(_AGES, programs=list(asked.programs), store=asked.store_id, today=today)

    async def taken(self, reward_ids: Sequence[UUID]) -> dict[UUID, int]:
        """How often each was taken in all, which is what its stock is counted by."""
        return await rewards_taken(await raw(self._conn), reward_ids)

    async def _rows(self, query: Any, **parameters: Any) -> Sequence[Any]:
        found = await self._conn.execute(query, {"generation": self._generation, **parameters})
        return found.all()


def _between(asked: Asked) -> dict[str, Any]:
    return {
        "programs": list(asked.programs),
        "store": asked.store_id,
        "first": asked.first,
        "last": asked.last,
    }


@asynccontextmanager
async def snapshot(work: Work) -> AsyncIterator[Snapshot]:
    """All reads in it are of one moment, also while another generation takes over."""
    async with work.read() as conn:
        await conn.execution_options(isolation_level="REPEATABLE READ")
        row = (
            await conn.execute(
                text("SELECT generation, as_of FROM statistics_generations WHERE state = 'live'")
            )
        ).one()
        yield Snapshot(conn, row.generation, row.as_of)

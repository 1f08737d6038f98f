"""The counters: what a poll adds to each cell, summed in memory and added by one statement a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from psycopg import AsyncConnection, AsyncRawCursor

from ledger import pack

#: An id as 16 bytes: a dictionary finds them several times as quickly as it does UUIDs.
Id = bytes
#: Stands for no store, for the reward of stamps, and as a program for the whole platform.
NONE = bytes(16)
#: Stands for points that were redeemed for a reward of which nothing is known: only imported rows have none.
UNNAMED = bytes([255] * 16)

Key = tuple[Any, ...]
_PACK: dict[str, Callable[[Any], pack.Array]] = {"uuid": pack.uuids_of, "date": pack.days, "int": pack.int4s}


class CellTable(NamedTuple):
    """One table of counters: the columns of its key with their types, and what it counts."""

    name: str
    key: Sequence[tuple[str, str]]
    counts: Sequence[str]

    @property
    def keys(self) -> list[str]:
        return [name for name, _ in self.key]


_PLACE = (("program_id", "uuid"), ("store_id", "uuid"))

TOTALS = CellTable(
    "statistics_totals",
    _PLACE,
    (
        *("cards", "active", "stamps", "points", "transactions", "rewards_redeemed"),
        *("stamps_issued", "stamps_redeemed", "points_issued", "points_redeemed", "points_voided"),
        "points_expired",
    ),
)
HOURS = CellTable(
    "statistics_hours", (*_PLACE, ("hour", "int")), ("enrolments", "transactions", "active_cards")
)
DAYS = CellTable(
    "statistics_days",
    (*_PLACE, ("day", "date")),
    (
        *("enrolments", "transactions", "active_cards"),
        *("stamps_issued", "stamps_redeemed", "points_issued", "points_redeemed", "points_voided"),
    ),
)
AGES = CellTable("statistics_ages", (*_PLACE, ("day", "date")), ("cards", "stamps", "points"))
REWARDS = CellTable(
    "statistics_rewards",
    (*_PLACE, ("reward_id", "uuid"), ("day", "date")),
    ("redeemed", "voided", "points_spent", "value_cents"),
)
STAFF = CellTable(
    "statistics_staff",
    (*_PLACE, ("staff_id", "uuid"), ("day", "date")),
    ("stamps", "earnings", "redemptions", "voids", "adjusts", "offline"),
)
#: `nth` is the month after enrolment in which cards were active; −1 counts the enrolled.
COHORTS = CellTable("statistics_cohorts", (*_PLACE, ("month", "date"), ("nth", "int")), ("cards",))

TABLES = (TOTALS, HOURS, DAYS, AGES, REWARDS, STAFF, COHORTS)


class Cells:
    """What is to be added to the cells of one table."""

    def __init__(self, table: CellTable) -> None:
        self.table = table
        self._places = {name: place for place, name in enumerate(table.counts)}
        self._zero = [0] * len(table.counts)
        self.found: dict[Key, list[int]] = {}

    def at(self, key: Key) -> list[int]:
        """The counters of a cell, in the order of the table's `counts`."""
        cell = self.found.get(key)
        if cell is None:
            cell = self.found[key] = self._zero.copy()
        return cell

    def add(self, key: Key, **counts: int) -> None:
        cell = self.at(key)
        for name, value in counts.items():
            cell[self._places[name]] += value

    async def save(self, conn: AsyncConnection[Any], generation: int) -> None:
        """Add what is not zero, and begin anew."""
        rows = [(key, cell) for key, cell in self.found.items() if any(cell)]
        self.found = {}
        if rows:
            keys = [_PACK[kind](key[n] for key, _ in rows) for n, (_, kind) in enumerate(self.table.key)]
            counts = [pack.int8s(cell[n] for _, cell in rows) for n in range(len(self.table.counts))]
            await AsyncRawCursor(conn).execute(_adding_sql(self.table), (generation, *keys, *counts))


def _adding_sql(table: CellTable) -> str:
    columns = [*table.keys, *table.counts]
    arrays = ", ".join(f"${place}" for place in range(2, len(columns) + 2))
    changes = ", ".join(f"{name} = t.{name} + excluded.{name}" for name in table.counts)
    return (
        f"INSERT INTO {table.name} AS t (generation, {', '.join(columns)})"  # noqa: S608 - our own names
        f" SELECT $1::smallint, * FROM unnest({arrays})"
        f" ON CONFLICT (generation, {', '.join(table.keys)}) DO UPDATE SET {changes}"
    )


class Counters:
    """All tables' cells."""

    def __init__(self) -> None:
        self.totals, self.hours, self.days = Cells(TOTALS), Cells(HOURS), Cells(DAYS)
        self.ages, self.rewards, self.staff = Cells(AGES), Cells(REWARDS), Cells(STAFF)
        self.cohorts = Cells(COHORTS)

    def __iter__(self) -> Iterator[Cells]:
        return iter((self.totals, self.hours, self.days, self.ages, self.rewards, self.staff, self.cohorts))

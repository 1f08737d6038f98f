"""Rebuilding: a new generation from the topics beside the live one, compared with it, then swapped in."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition

from kit.ids import now
from ledger.statistics import store
from ledger.statistics.calendar import Calendars
from ledger.statistics.card import HOUR_S
from ledger.statistics.cells import HOURS, TABLES, CellTable
from ledger.statistics.following import EPOCH, HOURS_KEPT
from ledger.statistics.heard import TOPICS
from ledger.statistics.projecting import Polled, Projector, hear
from ledger.statistics.reading import connect, reader
from ledger.statistics.store import Connection, Place

POLL_RECORDS = 5000
PARTITION_BYTES = 1024 * 1024
#: With fewer records to go the live generation is held for as long as they take.
NEAR_RECORDS = 2000
STALLED_AFTER_S = 30.0

#: Gets events counted, and how many there are in all.
Progress = Callable[[int, int], None]


class Rebuilt(NamedTuple):
    """What came of it. `differences`: rows of a table that the old generation held otherwise."""

    generation: int
    events: int
    seconds: float
    differences: dict[str, int]


class RebuildRunning(Exception):
    """Another rebuild is under way."""


async def rebuild(
    database_url: str,
    bootstrap: str,
    progress: Progress = lambda done, total: None,
    topics: Sequence[str] = TOPICS,
) -> Rebuilt:
    """Build, compare, swap, and drop the old one. Figures are answered all the while."""
    began = time.monotonic()
    conn = await connect(database_url, statement_timeout_s=600)
    async with conn:
        row = await (
            await conn.execute("SELECT pg_try_advisory_lock(hashtext('ledger-statistics-rebuild'))")
        ).fetchone()
        if not row or not row[0]:
            raise RebuildRunning
        generation = await store.new_generation(conn)
        async with reader(bootstrap, topics, {}, partition_bytes=PARTITION_BYTES) as consumer:
            building = _Building(conn, consumer, Projector(generation, Calendars()), progress)
            await building.come_near()
            seconds = time.monotonic() - began
            differences = await building.take_over(database_url)
        await store.forget(conn)
        return Rebuilt(generation, building.events, seconds, differences)


class _Building:
    """A generation that is read up to where the live one stands, never beyond."""

    def __init__(
        self, conn: Connection, consumer: AIOKafkaConsumer, projector: Projector, progress: Progress
    ) -> None:
        self._conn = conn
        self._consumer = consumer
        self._projector = projector
        self._progress = progress
        self._next: dict[Place, int] = {}
        self.events = 0

    async def come_near(self) -> None:
        while True:
            live = await store.offsets(self._conn, await store.live_generation(self._conn))
            togo = self._togo(live)
            if togo <= NEAR_RECORDS:
                return
            await self._up_to(live)

    async def take_over(self, database_url: str) -> dict[str, int]:
        """While the live generation is held: count the rest, compare, swap."""
        async with _held(database_url) as (holder, live):
            await self._up_to(await store.offsets(holder, live))
            differences = await _compare(holder, live, self._projector.generation)
            await store.swap(holder, self._projector.generation)
            as_of = await (
                await holder.execute(
                    "SELECT as_of FROM statistics_generations WHERE generation = %s", (live,)
                )
            ).fetchone()
            await store.stand_at(holder, self._projector.generation, as_of[0] if as_of else EPOCH)
        return differences

    def _togo(self, target: Mapping[Place, int]) -> int:
        return sum(max(0, end - self._next.get(place, 0)) for place, end in target.items())

    async def _up_to(self, target: Mapping[Place, int]) -> None:
        """Count all records below these offsets."""
        self._consumer.resume(*self._consumer.assignment())
        self._pause_reached(target)
        moved = time.monotonic()
        while self._togo(target):
            polled = await self._consumer.getmany(timeout_ms=500, max_records=POLL_RECORDS)
            if polled:
                moved = time.monotonic()
                await self._count(polled, target)
            elif time.monotonic() - moved > STALLED_AFTER_S:
                raise ConnectionError("the broker gives no records")

    async def _count(self, polled: Polled, target: Mapping[Place, int]) -> None:
        below = {}
        for place, records in polled.items():
            end = target.get((place.topic, place.partition), 0)
            below[place] = [record for record in records if record.offset < end]
            if len(below[place]) < len(records):
                self._consumer.seek(place, end)
        heard = await hear(below)
        heard.places.update(self._passed(polled, below, target))
        assert await self._projector.apply(self._conn, heard, heard.told_at or EPOCH), "another began anew"
        self._next |= heard.places
        self._pause_reached(target)
        self.events += len(heard.rows) + len(heard.states)
        self._progress(self.events, self.events + self._togo(target))

    def _passed(self, polled: Polled, below: Polled, target: Mapping[Place, int]) -> dict[Place, int]:
        """Partitions that reached the end: on a compacted topic its last records may be gone."""
        ended = [place for place, records in polled.items() if len(below[place]) < len(records)]
        return {
            (place.topic, place.partition): target.get((place.topic, place.partition), 0) for place in ended
        }

    def _pause_reached(self, target: Mapping[Place, int]) -> None:
        reached: list[TopicPartition] = [
            place
            for place in self._consumer.assignment()
            if self._next.get((place.topic, place.partition), 0)
            >= target.get((place.topic, place.partition), 0)
        ]
        self._consumer.pause(*reached)


@asynccontextmanager
async def _held(database_url: str) -> AsyncIterator[tuple[Connection, int]]:
    """A transaction in which the live generation cannot move on."""
    connection = await connect(database_url, statement_timeout_s=600)
    async with connection, connection.transaction():
        row = await (
            await connection.execute(
                "SELECT generation FROM statistics_generations WHERE state = 'live' FOR UPDATE"
            )
        ).fetchone()
        assert row is not None, "there is always a live generation"
        yield connection, row[0]


async def _compare(conn: Connection, live: int, built: int) -> dict[str, int]:
    """How many rows of each table are not the same in both generations."""
    found = {}
    for table, columns, condition in _compared():
        one = f"SELECT {columns} FROM {table} WHERE {condition} AND generation ="  # noqa: S608 - our own
        row = await (
            await conn.execute(
                f"SELECT count(*) FROM (({one} %(live)s EXCEPT {one} %(built)s)"  # noqa: S608 - our own
                f" UNION ALL ({one} %(built)s EXCEPT {one} %(live)s)) AS d",
                {"live": live, "built": built},
            )
        ).fetchone()
        if row and row[0]:
            found[table] = row[0]
    return found


def _compared() -> list[tuple[str, str, str]]:
    cards = ("statistics_cards", store.CARD_COLUMNS, "true")
    return [cards, *(_compared_cells(table) for table in TABLES)]


def _compared_cells(table: CellTable) -> tuple[str, str, str]:
    """A cell that counts nothing is as good as none; of hours those within the windows."""
    some = f"({' OR '.join(f'{name} <> 0' for name in table.counts)})"
    if table is HOURS:
        first = int((now() - timedelta(hours=HOURS_KEPT - 48)).timestamp()) // HOUR_S
        some += f" AND hour >= {first}"
    return table.name, ", ".join([*table.keys, *table.counts]), some

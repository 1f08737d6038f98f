"""Following the topics: one replica of the ledger keeps the live generation up, the others stand by."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, NoReturn

import psycopg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from prometheus_client import Gauge

from kit.ids import now
from kit.listener.records import words
from kit.telemetry import registry
from ledger.statistics import store
from ledger.statistics.calendar import Calendars
from ledger.statistics.card import HOUR_S
from ledger.statistics.heard import TOPICS
from ledger.statistics.projecting import Projector, hear
from ledger.statistics.reading import ASK_TIMEOUT_S, connect, places_of, reader
from ledger.statistics.store import Connection, Place

#: Many events at once cost much less than one by one; nobody waits for a figure.
GATHER_S = 0.25
POLL_RECORDS = 1000
PARTITION_BYTES = 64 * 1024
#: While more is asked for in a second than this, tills go first: so few records are taken at once then, and a
#: pause follows, unless so many wait that figures would be old by minutes.
RUSH_PER_S, RUSH_RECORDS, RUSH_PAUSE_S, RUSH_ENDS_AT = 50, 200, 0.2, 20_000
WATCH_EVERY_S = 5.0
#: When records wait and none is taken, or the broker does not answer, for so long: begin anew.
STALLED_AFTER_S = 30.0
FORGET_EVERY_S = 3600.0
#: Windows reach back 30 days; hours before that are no longer needed.
HOURS_KEPT = 40 * 24
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

lag = Gauge("ledger_statistics_lag_records", "Records that statistics have not taken", registry=registry)


class Rush:
    """Whether so much is asked of the ledger that statistics let the tills go first."""

    def __init__(self, asked: Callable[[], int], clock: Callable[[], float] = time.monotonic) -> None:
        self._asked = asked
        self._clock = clock
        self._before = (asked(), clock())

    def __call__(self) -> bool:
        """As far as what came since the last call tells."""
        asked, at = self._before
        self._before = (self._asked(), self._clock())
        seconds = max(self._before[1] - at, 0.001)
        return (self._before[0] - asked) / seconds > RUSH_PER_S


class Stride(NamedTuple):
    """How many records are taken at once, and the pause after them."""

    records: int
    pause_s: float


def stride(*, rush: bool, waiting: int, took: int) -> Stride:
    """What comes after a poll that took so many; `waiting`: as many records are still there."""
    if rush and waiting < RUSH_ENDS_AT:
        return Stride(RUSH_RECORDS, RUSH_PAUSE_S)
    return Stride(POLL_RECORDS, 0.0 if took >= RUSH_RECORDS else GATHER_S)


class Follower:
    """Keeps the live generation of the statistics up with the topics."""

    def __init__(
        self,
        database_url: str,
        bootstrap: str,
        calendars: Calendars,
        topics: Sequence[str] = TOPICS,
        rush: Callable[[], bool] = lambda: False,
    ) -> None:
        self._rush = rush
        self._url = database_url
        self._bootstrap = bootstrap
        self._calendars = calendars
        self._topics = topics

    async def run(self) -> None:
        """For ever. ConnectionError when the database or the broker fails; start it again then."""
        connection = await connect(self._url)
        try:
            async with connection:
                await _lead(connection)
                while True:
                    await self._follow(connection)
        except psycopg.OperationalError as error:
            raise ConnectionError(words(error)) from error

    async def _follow(self, conn: Connection) -> None:
        """Follow with the generation that is live now, until another one is."""
        generation = await store.live_generation(conn)
        projector = Projector(generation, self._calendars)
        offsets = await store.offsets(conn, generation)
        async with reader(
            self._bootstrap, self._topics, offsets, partition_bytes=PARTITION_BYTES
        ) as consumer:
            await _Position(conn, consumer, projector, offsets, self._topics, self._rush).keep_up()


class _Position:
    """Where a generation stands on the topics, while it is followed."""

    def __init__(
        self,
        conn: Connection,
        consumer: AIOKafkaConsumer,
        projector: Projector,
        offsets: dict[Place, int],
        topics: Sequence[str],
        rush: Callable[[], bool],
    ) -> None:
        self._rush = rush
        self._conn = conn
        self._consumer = consumer
        self._projector = projector
        self._next = offsets
        self._topics = topics
        self._moved = self._watched = time.monotonic()
        self._forgot = 0.0

    async def keep_up(self) -> None:
        """Returns when the generation is over."""
        records = POLL_RECORDS
        while True:
            began = now()
            polled = await self._consumer.getmany(timeout_ms=250, max_records=records)
            heard = await hear(polled)
            if heard.places:
                self._next |= heard.places
                as_of = began if self._behind() == 0 else heard.told_at or EPOCH
                if not await self._projector.apply(self._conn, heard, as_of):
                    return
                self._moved = time.monotonic()
            elif not await self._watch(began):
                return
            took = sum(map(len, polled.values()))
            records, pause_s = stride(rush=self._rush(), waiting=self._behind(), took=took)
            await asyncio.sleep(pause_s)

    def _behind(self) -> int:
        """How many records wait, as far as the last answers of the broker tell."""
        waiting = 0
        for place in self._consumer.assignment():
            end = self._consumer.highwater(place)
            waiting += max(0, (end or 0) - self._next.get((place.topic, place.partition), 0))
        lag.set(waiting)
        return waiting

    async def _watch(self, began: datetime) -> bool:
        """Now and then: tell until when all is counted, end a consumer that is stuck. False: it is over."""
        at = time.monotonic()
        if at - self._watched < WATCH_EVERY_S:
            return True
        self._watched = at
        try:
            waiting = await self._waiting()
        except (KafkaError, TimeoutError) as error:
            if at - self._moved > STALLED_AFTER_S:
                _stuck(f"the broker does not answer: {words(error)}")
            return True
        lag.set(waiting)
        if waiting:
            if at - self._moved > STALLED_AFTER_S:
                _stuck(f"{waiting} records wait and none was taken for {STALLED_AFTER_S:.0f} s")
            return True
        self._moved = at
        await self._forget_old(at)
        return await store.stand_at(self._conn, self._projector.generation, began)

    async def _waiting(self) -> int:
        places = places_of(self._consumer, self._topics)
        if set(places) != self._consumer.assignment():
            _stuck("the topics have other partitions than before")
        ends: dict[TopicPartition, int] = await asyncio.wait_for(
            self._consumer.end_offsets(places), ASK_TIMEOUT_S
        )
        starts: dict[TopicPartition, int] = await asyncio.wait_for(
            self._consumer.beginning_offsets(places), ASK_TIMEOUT_S
        )
        return sum(
            max(0, end - max(self._next.get((place.topic, place.partition), 0), starts[place]))
            for place, end in ends.items()
        )

    async def _forget_old(self, at: float) -> None:
        if at - self._forgot > FORGET_EVERY_S:
            self._forgot = at
            first = int((now() - timedelta(hours=HOURS_KEPT)).timestamp()) // HOUR_S
            await self._conn.execute("DELETE FROM statistics_hours WHERE hour < %s", (first,))


def _stuck(why: str) -> NoReturn:
    raise ConnectionError(why)


async def _lead(conn: Connection) -> None:
    """Wait until no other replica follows. The lock goes with the connection that counts: there is one."""
    while True:
        row = await (
            await conn.execute("SELECT pg_try_advisory_lock(hashtext('ledger-statistics'))")
        ).fetchone()
        if row and row[0]:
            return
        await asyncio.sleep(1.0)

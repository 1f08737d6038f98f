"""Statistics on a real broker: kept up with it, killed in the middle, rebuilt beside the live ones."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from contracts.cards import CardChanged
from kit.work import envelope
from ledger.statistics import rebuilding
from ledger.statistics.calendar import Calendars
from ledger.statistics.following import Follower
from ledger.statistics.rebuilding import RebuildRunning, rebuild
from punchcard.topics import Topic, create

from .counting import PAIRS, snapshot

_numbers = itertools.count(1)

#: A follower in a process of its own, so that it can be killed. It counts one poll in many small ones.
PROCESS = """
import asyncio, sys
from ledger.statistics import following
from ledger.statistics.calendar import Calendars
following.POLL_RECORDS, following.GATHER_S = 7, 0
url, bootstrap, *topics = sys.argv[1:]
print("counting", flush=True)
asyncio.run(following.Follower(url, bootstrap, Calendars(), topics).run())
"""


class Shop:
    """A ledger whose events go to topics of this test's own."""

    def __init__(self, world: Any, bootstrap: str, topics: tuple[str, str]) -> None:
        self.world, self.bootstrap, self.topics = world, bootstrap, topics
        self.cards: list[CardChanged] = []
        self._told = 0

    async def trade(self, cards: int, stamps: int) -> None:
        """New cards, each with some stamps; told at once."""
        made = [await self.world.card(enrolled_at_store_id=self.world.store_id) for _ in range(cards)]
        self.cards += made
        for card in made:
            for _ in range(stamps):
                assert (await self.world.stamp(card)).status_code == 200
        await self.tell(made)

    async def tell(self, cards: list[CardChanged], again: bool = False) -> None:
        rows = self.world.rows(
            "SELECT id, key, value FROM outbox WHERE topic = 'ledger-events' AND id > %s ORDER BY id",
            0 if again else self._told,
        )
        async with AIOKafkaProducer(bootstrap_servers=self.bootstrap) as producer:
            for _, key, value in rows:
                await producer.send(self.topics[1], bytes(value), key.encode())
            for card in cards:
                await producer.send(self.topics[0], envelope("cards", card), card.key().encode())
        self._told = rows[-1][0]

    def follower(self) -> Follower:
        return Follower(self.world.app_url, self.bootstrap, Calendars(), self.topics)

    async def rebuilt(self) -> Any:
        return await rebuild(self.world.app_url, self.bootstrap, topics=self.topics)

    async def is_counted(self) -> bool:
        return await asyncio.to_thread(self._is_counted)

    def _is_counted(self) -> bool:
        with psycopg.connect(self.world.owner_url) as conn:
            return all(conn.execute(one).fetchall() == conn.execute(two).fetchall() for one, two in PAIRS)


@pytest.fixture
async def shop(world: Any, kafka: Any, database: Any) -> AsyncIterator[Shop]:
    number = next(_numbers)
    topics = (f"stat-{number}-cards", f"stat-{number}-ledger")
    policy = {"cleanup.policy": "delete"}
    await asyncio.to_thread(create, kafka.bootstrap, [Topic(name, 3, 1, policy) for name in topics])
    async with AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap) as consumer:
        await until(lambda: _are_there(consumer, topics))
    yield Shop(world, kafka.bootstrap, topics)
    database.forget()


async def _are_there(consumer: AIOKafkaConsumer, topics: tuple[str, str]) -> bool:
    return set(topics) <= await consumer.topics()


@asynccontextmanager
async def following(shop: Shop) -> AsyncIterator[None]:
    task = asyncio.create_task(shop.follower().run())
    try:
        yield
        assert not task.done()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(check: Callable[[], Awaitable[bool] | bool], timeout_s: float = 60) -> None:
    async with asyncio.timeout(timeout_s):
        while True:
            found = check()
            if found is True or (not isinstance(found, bool) and await found):
                return
            await asyncio.sleep(0.1)


async def test_it_keeps_up_and_says_until_when(shop: Shop) -> None:
    async with following(shop):
        await shop.trade(cards=3, stamps=4)
        await until(shop.is_counted)
        ((as_of,),) = shop.world.rows("SELECT as_of FROM statistics_generations WHERE state = 'live'")
        ((last,),) = shop.world.rows("SELECT max(created_at) FROM transactions")
        await shop.tell(shop.cards, again=True)
        await shop.trade(cards=2, stamps=3)
        await until(shop.is_counted)

    assert as_of >= last
    assert shop.world.rows("SELECT count(*) FROM statistics_cards") == [(5,)]


async def test_killed_in_the_middle_again_and_again_it_counts_everything_once(shop: Shop) -> None:
    await shop.trade(cards=10, stamps=30)
    seen = set()
    for wait_s in (0.9, 0.5, 0.7, 0.4):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", PROCESS, shop.world.app_url, shop.bootstrap, *shop.topics),
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        await process.stdout.readline()
        await asyncio.sleep(wait_s)
        os.kill(process.pid, signal.SIGKILL)
        await process.wait()
        seen.add(shop.world.rows("SELECT coalesce(sum(transactions), 0) FROM statistics_totals")[0][0])

    assert any(0 < count < 310 for count in seen), f"no kill came in the middle: {seen}"
    async with following(shop):
        await until(shop.is_counted)


async def test_a_projection_is_rebuilt_beside_the_live_one_equal_to_it_and_takes_its_place(
    shop: Shop,
) -> None:
    async with following(shop):
        await shop.trade(cards=6, stamps=8)
        await until(shop.is_counted)
        before = snapshot(shop.world)

        rebuilt = await shop.rebuilt()

        assert (rebuilt.differences, rebuilt.events) == ({}, 60)
        assert shop.world.rows("SELECT generation, state FROM statistics_generations") == [
            (rebuilt.generation, "live")
        ]
        assert snapshot(shop.world) == before
        await shop.trade(cards=2, stamps=2)
        await until(shop.is_counted)


async def test_a_rebuild_while_tills_go_on_misses_nothing(shop: Shop) -> None:
    async with following(shop):
        await shop.trade(cards=4, stamps=5)
        await until(shop.is_counted)
        trading = asyncio.create_task(shop.trade(cards=6, stamps=10))

        first = await shop.rebuilt()
        second = await shop.rebuilt()

        await trading
        await until(shop.is_counted)
    assert (first.differences, second.differences) == ({}, {})


async def test_what_was_wrong_is_named_and_right_afterwards(shop: Shop) -> None:
    async with following(shop):
        await shop.trade(cards=2, stamps=3)
        await until(shop.is_counted)
        shop.world.rows("UPDATE statistics_totals SET stamps_issued = 99 WHERE transactions > 2 RETURNING 1")

        rebuilt = await shop.rebuilt()

    assert rebuilt.differences == {"statistics_totals": 2}
    assert await shop.is_counted()


async def test_only_one_rebuild_runs_and_one_that_was_killed_leaves_nothing(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with following(shop):
        await shop.trade(cards=2, stamps=2)
        await until(shop.is_counted)
        stop = asyncio.Event()

        async def stuck(*_: Any) -> None:
            stop.set()
            await asyncio.sleep(60)

        with monkeypatch.context() as patched:
            patched.setattr(rebuilding._Building, "take_over", stuck)
            first = asyncio.create_task(shop.rebuilt())
            await stop.wait()
            with pytest.raises(RebuildRunning):
                await shop.rebuilt()
            first.cancel()
            await asyncio.gather(first, return_exceptions=True)

        await shop.rebuilt()

    assert len(shop.world.rows("SELECT 1 FROM statistics_generations")) == 1
    assert shop.world.rows("SELECT count(*) FROM statistics_cards") == [(2,)]

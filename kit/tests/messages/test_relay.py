"""The relay between a real PostgreSQL and a real Kafka: nothing is lost, and each key keeps its order."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from kit import relay as relaying
from kit.relay import Relay
from kit.work import Work


@pytest.fixture
def a_relay(database_url: str, kafka: Any) -> Callable[[], Relay]:
    return lambda: Relay("notes", database_url, kafka.bootstrap, 5)


async def keep_going(relay: Relay) -> None:
    """As a service does: started again when it fails."""
    while True:
        try:
            return await relay.run()
        except Exception:
            await asyncio.sleep(0.1)


@asynccontextmanager
async def running(relay: Relay) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(keep_going(relay))
    try:
        yield task
        relay.leave()
        await asyncio.wait_for(task, 20)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def say(work: Work, *facts: Any) -> None:
    async with work() as tx:
        for fact in facts:
            tx.say(fact)


async def waiting(work: Work) -> int:
    async with work.read() as conn:
        return int((await conn.execute(text("SELECT count(*) FROM outbox"))).scalar_one())


async def until_empty(work: Work, timeout_s: float = 20) -> None:
    async with asyncio.timeout(timeout_s):
        while await waiting(work):  # noqa: ASYNC110 - the database has no event to wait for
            await asyncio.sleep(0.02)


def firsts(numbers: list[int]) -> list[int]:
    """Each number where it was first met: what is left when a second delivery changes nothing."""
    return list(dict.fromkeys(numbers))


async def test_what_was_said_arrives_in_order_per_key_and_leaves_the_outbox(
    work: Work, noted: Any, a_relay: Any, on_topic: Any
):
    for start in range(1, 2001, 100):
        await say(work, *(noted(about=f"{n % 13}", number=n) for n in range(start, start + 100)))

    async with running(a_relay()):
        await until_empty(work)

    for key in range(13):
        assert await on_topic(f"{key}") == [n for n in range(1, 2001) if n % 13 == key]


async def test_what_was_rolled_back_is_never_told(work: Work, noted: Any, a_relay: Any, on_topic: Any):

    async def say_and_fail() -> None:
        async with work() as tx:
            tx.say(noted(about="a", number=1))
            raise RuntimeError("changed my mind")

    with pytest.raises(RuntimeError):
        await say_and_fail()
    await say(work, noted(about="a", number=2))

    async with running(a_relay()):
        await until_empty(work)

    assert await on_topic() == [2]


async def test_a_row_that_commits_late_is_not_lost(
    database_url: str, work: Work, noted: Any, a_relay: Any, on_topic: Any
):
    """Its id is below that of rows that are long gone when it can be seen."""
    async with running(a_relay()):
        async with work() as slow:
            slow.say(noted(about="slow", number=1))
            await slow._flush()
            slow._told.clear()
            await say(work, noted(about="quick", number=2))
            async with asyncio.timeout(10):
                while await on_topic() != [2]:  # noqa: ASYNC110 - nor has the broker
                    await asyncio.sleep(0.1)
        await until_empty(work)

    assert sorted(await on_topic()) == [1, 2]


async def test_many_writers_at_once_lose_nothing_and_keep_the_order_of_each_key(
    work: Work, noted: Any, a_relay: Any, on_topic: Any
):
    """As services do: a fact is said while the lock of what it is about is held."""

    async def write(key: int) -> None:
        for number in range(1, 41):
            async with work() as tx:
                await tx.conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key % 5})
                sequence = (
                    await tx.conn.execute(
                        text("INSERT INTO notes (about, number) VALUES (:about, :number) RETURNING id"),
                        {"about": f"{key % 5}", "number": number},
                    )
                ).scalar_one()
                tx.say(noted(about=f"{key % 5}", number=sequence))

    async with running(a_relay()):
        await asyncio.gather(*(write(key) for key in range(10)))
        await until_empty(work)

    told = [await on_topic(f"{key}") for key in range(5)]
    assert all(numbers == sorted(numbers) for numbers in told)
    assert sum(map(len, told)) == 400


async def test_one_relay_works_and_the_next_takes_over_when_its_connection_ends(
    database_url: str, work: Work, noted: Any, a_relay: Any, on_topic: Any
):
    first, second = a_relay(), a_relay()
    async with running(first):
        await say(work, noted(about="a", number=1))
        await until_empty(work)
        async with running(second):
            holders = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted"
            holders += " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            with psycopg.connect(database_url, autocommit=True) as connection:
                assert len(connection.execute(holders).fetchall()) == 1
                first.leave()
                connection.execute(f"SELECT pg_terminate_backend(pid) FROM ({holders}) holders")
            await say(work, noted(about="a", number=2))
            await until_empty(work)

    assert firsts(await on_topic()) == [1, 2]


async def test_a_relay_that_dies_after_publishing_tells_again_and_in_the_same_order(
    work: Work, noted: Any, a_relay: Any, on_topic: Any, monkeypatch: pytest.MonkeyPatch
):
    await say(work, *(noted(about="a", number=n) for n in range(1, 301)))
    publish, died = Relay._publish, []

    async def publish_and_die(self: Relay, producer: Any, rows: Any) -> None:
        await publish(self, producer, rows)
        if not died:
            died.append(True)
            raise ConnectionError("killed before the rows were deleted")

    monkeypatch.setattr(Relay, "_publish", publish_and_die)
    async with running(a_relay()):
        await until_empty(work)

    told = await on_topic()
    assert len(told) == 600
    assert firsts(told) == list(range(1, 301))


async def test_a_broker_that_is_away_holds_up_no_writer_and_all_is_told_once_it_is_back(
    kafka: Any, work: Work, noted: Any, a_relay: Any, on_topic: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(relaying, "PUBLISH_TIMEOUT_S", 2.0)
    async with running(a_relay()):
        await say(work, noted(about="a", number=1))
        await until_empty(work)
        await asyncio.to_thread(kafka.kill)
        try:
            began = time.monotonic()
            for number in range(2, 202):
                await say(work, noted(about="a", number=number))
            assert time.monotonic() - began < 5
            await asyncio.sleep(6)
            assert await waiting(work) == 200
        finally:
            await asyncio.to_thread(kafka.start)
        await until_empty(work, timeout_s=30)

    told = await on_topic()
    assert firsts(told) == list(range(1, 202))
    assert told[-1] == 201, "a producer that was given up sent its batches behind those of the next one"
    left = [
        task for task in asyncio.all_tasks() if "aiokafka" in str(task.get_coro()) or "Sender" in str(task)
    ]
    assert left == []


async def test_leaving_tells_what_is_there_and_ends_though_the_broker_is_away(
    database_url: str, work: Work, noted: Any
):
    await say(work, noted(about="a", number=1))
    relay = Relay("notes", database_url, "127.0.0.1:1", 5)

    async with running(relay):
        await asyncio.sleep(0.3)

    assert await waiting(work) == 1

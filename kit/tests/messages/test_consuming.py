"""The listener as a member of a group on a real Kafka: what FastStream and aiokafka do, not what they say."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from kit.listener import Listener, consuming
from kit.work import Work, envelope


@pytest.fixture(autouse=True)
def _short_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consuming, "WATCH_EVERY_S", 0.5)
    monkeypatch.setattr(consuming, "UNANSWERED_AFTER_S", 1.0)


@pytest.fixture
def a_listener(kafka: Any, topic: str, work: Work, noted: Any, handler: Any) -> Callable[..., Listener]:
    def make(instance_id: str | None = None) -> Listener:
        listener = Listener(work, kafka.bootstrap, f"group-of-{topic}", instance_id)
        listener.hear(handler, noted)
        return listener

    return make


@pytest.fixture
def publish(kafka: Any, topic: str, noted: Any) -> Callable[..., Any]:
    async def send(*numbers: int, about: str = "a", value: bytes | None = None, headers: Any = None) -> None:
        producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap)
        await producer.start()
        for number in numbers:
            body = envelope("notes", noted(about=about, number=number)) if value is None else value
            await producer.send_and_wait(topic, body, about.encode(), headers=headers)
        await producer.stop()

    return send


async def keep_going(listener: Listener) -> None:
    while True:
        try:
            return await listener.run()
        except Exception:
            await asyncio.sleep(0.2)


@asynccontextmanager
async def running(listener: Listener) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(keep_going(listener))
    try:
        yield task
        listener.leave()
        await asyncio.wait_for(task, 20)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(what: Callable[[], Any], expected: Any, timeout_s: float = 20) -> None:
    found: Any = None
    try:
        async with asyncio.timeout(timeout_s):
            while True:
                found = await what()
                if found == expected:
                    return
                await asyncio.sleep(0.05)
    except TimeoutError:
        pytest.fail(f"{found} and not {expected}")


async def is_consuming(listener: Listener) -> bool:
    return listener.consuming


async def committed(kafka: Any, topic: str) -> int:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=kafka.bootstrap, group_id=f"group-of-{topic}", enable_auto_commit=False
    )
    await consumer.start()
    try:
        return sum([await consumer.committed(TopicPartition(topic, n)) or 0 for n in range(4)])
    finally:
        await consumer.stop()


async def test_what_was_there_before_the_first_member_came_is_heard(
    a_listener: Any, publish: Any, notes: Any
):
    await publish(1, 2, 3)
    listener = a_listener()
    assert not listener.consuming

    async with running(listener):
        await until(notes, [1, 2, 3])
        assert listener.consuming
        await publish(4)
        await until(notes, [1, 2, 3, 4])

    assert not listener.consuming


async def test_offsets_are_committed_after_the_database_and_a_restart_hears_nothing_again(
    kafka: Any, topic: str, a_listener: Any, publish: Any, notes: Any, monkeypatch: pytest.MonkeyPatch
):
    await publish(1, 2, 3)
    async with running(a_listener("one")):
        await until(notes, [1, 2, 3])
    assert await committed(kafka, topic) == 3

    again, taken = a_listener("one"), []
    take = again.take

    async def remember(raw: Any) -> None:
        taken.extend(raw)
        await take(raw)

    monkeypatch.setattr(again, "take", remember)
    async with running(again):
        await publish(4)
        await until(notes, [1, 2, 3, 4])

    assert len(taken) == 1


async def test_what_could_not_be_taken_is_never_acknowledged(
    kafka: Any, topic: str, a_listener: Any, publish: Any, notes: Any, monkeypatch: pytest.MonkeyPatch
):
    """An acknowledgement commits whatever was polled: one after a failure would lose what failed."""
    listener, failed = a_listener(), []
    take = listener.take

    async def fail_twice(raw: Any) -> None:
        if len(failed) < 2:
            failed.append(raw)
            raise RuntimeError("a bug")
        await take(raw)

    monkeypatch.setattr(listener, "take", fail_twice)
    async with running(listener):
        await publish(1, 2, 3)
        await until(notes, [1, 2, 3])

    assert len(failed) == 2
    assert await committed(kafka, topic) == 3


async def test_a_batch_that_is_cut_off_is_heard_again_and_applied_once(
    kafka: Any, topic: str, a_listener: Any, publish: Any, notes: Any, monkeypatch: pytest.MonkeyPatch
):
    await publish(1, 2, 3)
    applied = asyncio.Event()
    killed = a_listener("one")
    take = killed.take

    async def apply_and_hang(raw: Any) -> None:
        await take(raw)
        applied.set()
        await asyncio.sleep(3600)

    monkeypatch.setattr(killed, "take", apply_and_hang)
    task = asyncio.create_task(killed.run())
    await applied.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await committed(kafka, topic) == 0

    async with running(a_listener("one")):
        await publish(4)
        await until(lambda: _sorted(notes), [1, 2, 3, 4])

    assert await committed(kafka, topic) == 4


async def _sorted(notes: Any) -> list[int]:
    return sorted(await notes())


async def test_a_record_with_headers_that_no_parser_reads_is_applied_all_the_same(
    a_listener: Any, publish: Any, notes: Any
):
    async with running(a_listener()):
        await publish(1, headers=[("trace", b"\xff\xfe")])
        await publish(2)
        await until(notes, [1, 2])


async def test_an_unreadable_record_is_parked_and_the_others_go_on(
    kafka: Any, topic: str, a_listener: Any, publish: Any, notes: Any
):
    async with running(a_listener()):
        await publish(1, about="bad", value=b"\xff")
        await publish(2, about="bad")
        await publish(3, about="good")
        await until(lambda: notes("good"), [3])
        await until(lambda: committed(kafka, topic), 3)

    assert await notes("bad") == []


async def test_a_member_that_dies_leaves_its_partitions_to_the_other(
    a_listener: Any, publish: Any, notes: Any
):
    survivor, dying = a_listener("one"), a_listener("two")
    async with running(survivor):
        await until(lambda: is_consuming(survivor), True)
        task = asyncio.create_task(keep_going(dying))
        await until(lambda: is_consuming(dying), True)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

        for number in range(1, 9):
            await publish(number, about=f"{number}")
        await until(lambda: _sorted(notes), list(range(1, 9)))


async def test_a_broker_that_is_killed_and_comes_back_is_heard_again(
    kafka: Any, a_listener: Any, publish: Any, notes: Any
):
    listener = a_listener("one")
    async with running(listener):
        await publish(1)
        await until(notes, [1])
        await asyncio.to_thread(kafka.kill)
        try:
            await until(lambda: is_consuming(listener), False)
        finally:
            await asyncio.to_thread(kafka.start)
        await publish(2)
        await until(notes, [1, 2], timeout_s=30)
        await until(lambda: is_consuming(listener), True)


async def test_leaving_is_quick_and_leaves_nothing_behind(a_listener: Any, publish: Any, notes: Any):
    before = asyncio.all_tasks()
    listener = a_listener()
    async with running(listener) as task:
        await publish(1)
        await until(notes, [1])
        listener.leave()
        async with asyncio.timeout(3):
            await task

    await asyncio.sleep(0.1)
    assert asyncio.all_tasks() - before == set()


async def test_leaving_ends_though_the_broker_is_away(work: Work, noted: Any, handler: Any):
    listener = Listener(work, "127.0.0.1:1", "nobody")
    listener.hear(handler, noted)

    async with running(listener):
        await asyncio.sleep(0.5)
        assert not listener.consuming

"""What tests of relay and listener share: a made-up service's database, its facts, and their topic."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable
from typing import Any, ClassVar

import psycopg
import pytest
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from sqlalchemy import text

from contracts.event import Fact
from kit.listener import Heard
from kit.work import Tx, Work, envelope, open_engine
from punchcard.topics import Topic, create

_numbers = itertools.count(1)


class Noted(Fact):
    """The n-th note about something."""

    type: ClassVar[str] = "notes.noted.v1"
    topic: ClassVar[str] = "notes-events"

    about: str
    number: int

    def key(self) -> str:
        return self.about

    def order(self) -> int:
        return self.number


@pytest.fixture
def noted() -> type[Noted]:
    """A fact on a topic of this test's own."""
    number = next(_numbers)
    return type("Noted", (Noted,), {"topic": f"notes-{number}-events", "__module__": __name__})


@pytest.fixture
def database_url(plain_database: str) -> str:
    """A database with the kit's tables, and `notes`, where handlers write what they got."""
    with psycopg.connect(plain_database) as connection:
        connection.execute(
            "CREATE TABLE notes (id bigserial PRIMARY KEY, about text, number int CHECK (number > 0))"
        )
    return plain_database


@pytest.fixture
async def work(database_url: str) -> AsyncIterator[Work]:
    engine = open_engine(database_url, 8)
    yield Work(engine, "notes")
    await engine.dispose()


@pytest.fixture
def as_record() -> Callable[..., ConsumerRecord[bytes, bytes]]:
    """A fact (or bytes under a key) as the broker hands it over; each call is the next offset."""
    offsets = itertools.count()

    def make(
        fact: Fact, *, key: bytes | None = None, value: bytes | None = None, offset: int | None = None
    ) -> ConsumerRecord[bytes, bytes]:
        return ConsumerRecord(
            topic=fact.topic,
            partition=0,
            offset=next(offsets) if offset is None else offset,
            timestamp=0,
            timestamp_type=0,
            key=fact.key().encode() if key is None else key,
            value=envelope("notes", fact) if value is None else value,
            checksum=None,
            serialized_key_size=0,
            serialized_value_size=0,
            headers=(),
        )

    return make


async def write(tx: Tx, events: Any) -> None:
    """A handler that writes what it hears; a number below 1 breaks the table's check."""
    for event in events:
        assert isinstance(event, Heard)
        await tx.conn.execute(
            text("INSERT INTO notes (about, number) VALUES (:about, :number)"), event.fact.model_dump()
        )


@pytest.fixture
def handler() -> Callable[..., Any]:
    return write


@pytest.fixture
async def topic(kafka: Any, noted: Any) -> str:
    """The fact's topic, on the broker."""
    made = Topic(noted.topic, partitions=4, replication_factor=1, config={})
    await asyncio.to_thread(create, kafka.bootstrap, [made])
    return made.name


@pytest.fixture
def on_topic(kafka: Any, topic: str) -> Callable[..., Any]:
    """The numbers on the topic, oldest first; those of one key, or of all."""

    async def read(key: str | None = None) -> list[int]:
        consumer = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap, enable_auto_commit=False)
        await consumer.start()
        try:
            places = [TopicPartition(topic, number) for number in range(4)]
            consumer.assign(places)
            await consumer.seek_to_beginning(*places)
            ends = await consumer.end_offsets(places)
            found: list[int] = []
            while any([await consumer.position(place) < end for place, end in ends.items()]):
                for records in (await consumer.getmany(timeout_ms=200)).values():
                    found += [
                        json.loads(record.value)["data"]["number"]
                        for record in records
                        if key in (None, (record.key or b"").decode())
                    ]
            return found
        finally:
            await consumer.stop()

    return read


@pytest.fixture
def notes(work: Work) -> Callable[..., Any]:
    """The numbers that were written, in order; of one subject or of all."""

    async def read(about: str | None = None) -> list[int]:
        async with work.read() as conn:
            rows = await conn.execute(text("SELECT about, number FROM notes ORDER BY id"))
            return [row.number for row in rows if about in (None, row.about)]

    return read

"""Reading topics from where a generation stands, with a consumer that joins no group."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import psycopg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from kit.listener.records import words
from ledger.statistics.store import Connection, Place

START_TIMEOUT_S, STOP_TIMEOUT_S, ASK_TIMEOUT_S = 15.0, 5.0, 5.0


def consumer_options(bootstrap: str, partition_bytes: int) -> dict[str, Any]:
    """Every option that counting rests on; a test reads them.

    It commits nothing to the broker: how far it has read is in the database, with what was counted.
    """
    return {
        "bootstrap_servers": bootstrap,
        "client_id": "ledger-statistics",
        "group_id": None,
        "enable_auto_commit": False,
        "auto_offset_reset": "earliest",
        "max_partition_fetch_bytes": partition_bytes,
        "request_timeout_ms": 10_000,
        "metadata_max_age_ms": 30_000,
    }


async def connect(url: str, *, statement_timeout_s: int = 30) -> Connection:
    """A connection that commits each statement by itself, but for those of a transaction."""
    try:
        return await psycopg.AsyncConnection.connect(
            url,
            autocommit=True,
            connect_timeout=3,
            options=f"-c statement_timeout={statement_timeout_s}s -c lock_timeout=20s -c timezone=UTC",
        )
    except psycopg.OperationalError as error:
        raise ConnectionError(words(error)) from error


@asynccontextmanager
async def reader(
    bootstrap: str, topics: Sequence[str], offsets: Mapping[Place, int], *, partition_bytes: int
) -> AsyncIterator[AIOKafkaConsumer]:
    """A consumer of all partitions, each from its offset, else from the beginning. ConnectionError."""
    consumer = AIOKafkaConsumer(*topics, **consumer_options(bootstrap, partition_bytes))
    try:
        try:
            await asyncio.wait_for(consumer.start(), START_TIMEOUT_S)
            places = places_of(consumer, topics)
            # Named at its making so that it asks for these topics; from here on they are given to it.
            consumer.unsubscribe()
            consumer.assign(places)
        except (KafkaError, TimeoutError) as error:
            raise ConnectionError(f"the broker does not answer: {words(error)}") from error
        for place in consumer.assignment():
            at = offsets.get((place.topic, place.partition))
            if at is None:
                await consumer.seek_to_beginning(place)
            else:
                consumer.seek(place, at)
        yield consumer
    finally:
        # One that does not stop holds nothing of ours: how far it has read is in the database.
        with suppress(TimeoutError):
            await asyncio.wait_for(consumer.stop(), STOP_TIMEOUT_S)


def places_of(consumer: AIOKafkaConsumer, topics: Sequence[str]) -> list[TopicPartition]:
    """All partitions of these topics, as the broker last told. ConnectionError when it knows none."""
    if unknown := [topic for topic in topics if not consumer.partitions_for_topic(topic)]:
        raise ConnectionError(f"the broker does not know {', '.join(unknown)}")
    return [
        TopicPartition(topic, partition)
        for topic in topics
        for partition in sorted(consumer.partitions_for_topic(topic))
    ]

"""The relay: takes what the outbox holds to the broker, in order per key, at least once.

One relay of a service works at a time (an advisory lock); others stand by. Rows are taken and deleted by id:
a row that commits late is simply found at the next look. Ids of one key are in commit order, because a fact
is said while the lock of what it is about is held.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import psycopg
from aiokafka import AIOKafkaProducer
from aiokafka.errors import ProducerClosed
from aiokafka.partitioner import DefaultPartitioner

from kit.telemetry import log, outbox_rows, relayed

BATCH_ROWS = 500
PUBLISH_TIMEOUT_S = 10.0
STOP_TIMEOUT_S = 2.0
COUNT_EVERY_S = 5.0
IDLE_GROWS = 4
#: When this many come at one look, more are on their way: each look wakes the broker and all who listen.
GATHER_ROWS, GATHER_S = 12, 0.08

Row = tuple[int, str, str, bytes]

_partition = DefaultPartitioner()


def producer_options(bootstrap: str, client_id: str) -> dict[str, Any]:
    """Every option that delivery rests on; a test reads them."""
    return {
        "bootstrap_servers": bootstrap,
        "client_id": client_id,
        "acks": "all",
        "enable_idempotence": True,
        "request_timeout_ms": 5000,
        "max_batch_size": 256 * 1024,
        "max_request_size": 1024 * 1024,
    }


class Relay:
    """Relays one service's outbox."""

    def __init__(self, service: str, database_url: str, bootstrap: str, idle_ms: int) -> None:
        self._service = service
        self._database_url = database_url
        self._bootstrap = bootstrap
        self._idle_s = idle_ms / 1000
        self._leaving = False
        self._counted = 0.0

    def leave(self) -> None:
        """Relay what is there, then end."""
        self._leaving = True

    async def run(self) -> None:
        """Relay until told to leave. Raises when the database or the broker fails; start it again then."""
        connection = await psycopg.AsyncConnection.connect(
            self._database_url, autocommit=True, connect_timeout=3, options="-c statement_timeout=30s"
        )
        async with connection:
            # A row published twice is harmless, so its deletion need not wait for the disk.
            await connection.execute("SET synchronous_commit = off")
            if await self._lead(connection):
                await self._with_producer(connection)

    async def _lead(self, connection: psycopg.AsyncConnection[Any]) -> bool:
        while not self._leaving:
            row = await (
                await connection.execute("SELECT pg_try_advisory_lock(hashtext('relay'))")
            ).fetchone()
            if row and row[0]:
                return True
            await asyncio.sleep(0.5)
        return False

    async def _with_producer(self, connection: psycopg.AsyncConnection[Any]) -> None:
        producer = AIOKafkaProducer(**producer_options(self._bootstrap, f"{self._service}-relay"))
        try:
            await asyncio.wait_for(producer.start(), PUBLISH_TIMEOUT_S)
            await self._relay(connection, producer)
        finally:
            try:
                await asyncio.wait_for(producer.stop(), STOP_TIMEOUT_S)
            except TimeoutError:
                await _abandon(producer)

    async def _relay(self, connection: psycopg.AsyncConnection[Any], producer: AIOKafkaProducer) -> None:
        idle_s = self._idle_s
        while True:
            cursor = await connection.execute(
                "SELECT id, topic, key, value FROM outbox ORDER BY id LIMIT %s", (BATCH_ROWS,), binary=True
            )
            rows: list[Row] = await cursor.fetchall()
            await self._count(connection, len(rows))
            if rows:
                await asyncio.wait_for(self._publish(producer, rows), PUBLISH_TIMEOUT_S)
                await connection.execute("DELETE FROM outbox WHERE id = ANY(%s)", ([row[0] for row in rows],))
            elif self._leaving:
                return
            if len(rows) < BATCH_ROWS // 4:
                await asyncio.sleep(GATHER_S if len(rows) >= GATHER_ROWS else idle_s)
            # Where nothing is said for a while, looking less often costs a first event some milliseconds.
            idle_s = self._idle_s if rows else min(idle_s * 1.2, self._idle_s * IDLE_GROWS)

    async def _publish(self, producer: AIOKafkaProducer, rows: Sequence[Row]) -> None:
        places: dict[tuple[str, int], list[tuple[bytes, bytes]]] = defaultdict(list)
        partitions: dict[str, list[int]] = {}
        for _, topic, key, value in rows:
            if topic not in partitions:
                partitions[topic] = sorted(await producer.partitions_for(topic))
            name = key.encode()
            places[topic, _partition(name, partitions[topic], partitions[topic])].append((name, value))
        sent = [future for place, pairs in places.items() for future in await _send(producer, *place, pairs)]
        await asyncio.gather(*sent)
        for (topic, _), pairs in places.items():
            relayed.labels(topic).inc(len(pairs))

    async def _count(self, connection: psycopg.AsyncConnection[Any], seen: int) -> None:
        """The gauge is exact while little waits, and counted every few seconds while much does."""
        time = asyncio.get_running_loop().time()
        if seen < BATCH_ROWS:
            outbox_rows.set(seen)
        elif time - self._counted > COUNT_EVERY_S:
            self._counted = time
            row = await (await connection.execute("SELECT count(*) FROM outbox")).fetchone()
            outbox_rows.set(row[0] if row else 0)


async def _send(
    producer: AIOKafkaProducer, topic: str, partition: int, pairs: Sequence[tuple[bytes, bytes]]
) -> list[asyncio.Future[Any]]:
    futures = []
    batch = producer.create_batch()
    for key, value in pairs:
        if batch.append(key=key, value=value, timestamp=None) is None:
            futures.append(await producer.send_batch(batch, topic, partition=partition))
            batch = producer.create_batch()
            if batch.append(key=key, value=value, timestamp=None) is None:
                raise ValueError(f"an event for {topic} is larger than a batch may be")
    futures.append(await producer.send_batch(batch, topic, partition=partition))
    return futures


async def _abandon(producer: AIOKafkaProducer) -> None:
    """End a producer that does not stop.

    With idempotence it never gives a batch up: left alone it would send what it holds once the broker is
    back, behind what the next producer sent, and an older state would come last.
    """
    log.warning("the producer did not stop in time; what it held is sent again by the next one")
    sending = producer._sender.sender_task
    if sending is not None:
        sending.cancel()
        await asyncio.wait([sending], timeout=STOP_TIMEOUT_S)
    producer._message_accumulator.fail_all(ProducerClosed())
    await producer.client.close()

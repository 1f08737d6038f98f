"""What the benchmark reads beside the answers: sizes, memory, processor time, outbox, topic and passes."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import psutil
import psycopg
from aiokafka import AIOKafkaConsumer, TopicPartition

from punchcard.problems import Found
from punchcard.stack import Stack

#: What stays for ever of an operation.
_KEPT = (
    "accounts", "transactions", "transaction_context", "texts", "order_references", "rewards_taken",
    "rewards_taken_by_card",
)  # fmt: skip


#: How long events may take to arrive everywhere.
CATCH_UP_S = 120.0


def ask(url: str, query: str, *params: Any) -> Any:
    """The one value that a query answers."""
    with psycopg.connect(url, autocommit=True) as conn:
        row = conn.execute(query, params).fetchone()
    return row[0] if row else None


def checkpoint(stack: Stack) -> None:
    """So that no load pays for what the one before it left to be written."""
    with psycopg.connect(stack.urls("ledger").superuser, autocommit=True) as conn:
        conn.execute("CHECKPOINT")


def kept_bytes(stack: Stack) -> int:
    """Bytes of the ledger's lasting tables, indexes included."""
    total = " + ".join(f"pg_total_relation_size('{table}')" for table in _KEPT)
    return int(ask(stack.urls("ledger").owner, f"SELECT {total}"))


def answer_bytes(stack: Stack) -> int:
    """Bytes of the answers that are kept for thirty days."""
    query = (
        "SELECT coalesce(sum(pg_total_relation_size(inhrelid)), 0) FROM pg_inherits"
        " WHERE inhparent = %s::regclass"
    )
    return int(ask(stack.urls("ledger").owner, query, "answers"))


def rows_of(stack: Stack, merchant_id: Any) -> int:
    """Transactions of one merchant."""
    query = "SELECT count(*) FROM transactions WHERE merchant_id = %s"
    return int(ask(stack.urls("ledger").owner, query, merchant_id))


def waiting(stack: Stack) -> int:
    """Events that the broker does not have yet."""
    return int(ask(stack.urls("ledger").owner, "SELECT count(*) FROM outbox"))


def passes_of(stack: Stack, merchant_id: Any) -> dict[str, int]:
    """The sequence that each pass must show."""
    with psycopg.connect(stack.urls("wallet").owner) as conn:
        query = "SELECT card_id::text, sequence_wanted FROM passes WHERE merchant_id = %s"
        return dict(conn.execute(query, (merchant_id,)).fetchall())


def sequences_of(stack: Stack, merchant_id: Any) -> int:
    """The sum of the sequences that the passes must show."""
    query = "SELECT coalesce(sum(sequence_wanted), 0) FROM passes WHERE merchant_id = %s"
    return int(ask(stack.urls("wallet").owner, query, merchant_id))


def settle(stack: Stack, merchant_id: Any, rows: int, within_s: float = CATCH_UP_S) -> None:
    """Until the broker has every event and the merchant's passes show so many rows. Found when they don't."""
    deadline = time.monotonic() + within_s
    while waiting(stack) or sequences_of(stack, merchant_id) != rows:
        if time.monotonic() > deadline:
            raise Found(f"After {within_s:.0f} s the passes do not show what the ledger holds.")
        time.sleep(0.2)


def events_in(stack: Stack, topic: str = "ledger-events") -> int:
    """Records on a topic, from its beginning to its end."""

    async def count() -> int:
        consumer = AIOKafkaConsumer(topic, bootstrap_servers=stack.bootstrap)
        await consumer.start()
        try:
            numbers: set[int] = consumer.partitions_for_topic(topic) or set()
            places = [TopicPartition(topic, number) for number in numbers]
            ends: Mapping[Any, int] = await consumer.end_offsets(places)
            begins: Mapping[Any, int] = await consumer.beginning_offsets(places)
            return sum(ends.values()) - sum(begins.values())
        finally:
            # Without a group its closing awaits a task that it has just cancelled.
            with contextlib.suppress(asyncio.CancelledError):
                await consumer.stop()

    return asyncio.run(count())


def memory_mb(stack: Stack) -> dict[str, float]:
    """Proportional set size of each service's process."""
    pids = {name: handle.pid for name, handle in stack.services.items()}
    return {name: psutil.Process(pid).memory_full_info().pss / 1e6 for name, pid in pids.items() if pid}


def processor_s(stack: Stack) -> float:
    """Processor time that the platform has used so far: services, PostgreSQL with its children, Kafka."""
    services = [handle.pid for handle in stack.services.values()]
    roots = [*services, stack.postgres.pid, stack.kafka.pid]
    total = 0.0
    for root in filter(None, roots):
        process = psutil.Process(root)
        for each in (process, *process.children(recursive=True)):
            try:
                times = each.cpu_times()
            except psutil.NoSuchProcess:
                continue
            total += times.user + times.system
        # Those that ended since are in what the parent waited for.
        total += process.cpu_times().children_user + process.cpu_times().children_system
    return total


class PassWatch(threading.Thread):
    """Sees passes move: when each transaction was made, and when its pass was first seen with it."""

    def __init__(self, stack: Stack, merchant_id: Any) -> None:
        super().__init__(daemon=True)
        self._url = stack.urls("wallet").owner
        self._merchant_id = merchant_id
        self._done = threading.Event()
        self.delays_ms: list[float] = []

    def run(self) -> None:
        query = (
            "SELECT last_transaction_at, changed_at FROM passes"
            " WHERE merchant_id = %s AND changed_at > %s ORDER BY changed_at"
        )
        with psycopg.connect(self._url, autocommit=True) as conn:
            last: datetime = conn.execute("SELECT now()").fetchone()[0]  # type: ignore[index]
            while not self._done.is_set():
                rows = conn.execute(query, (self._merchant_id, last)).fetchall()
                seen = time.time()
                for made_at, changed_at in rows:
                    self.delays_ms.append((seen - made_at.timestamp()) * 1000)
                    last = max(last, changed_at)
                time.sleep(0.005)

    def stop(self) -> list[float]:
        """The delays in ms, from the transaction's time to the first look that saw the pass."""
        self._done.set()
        self.join()
        return sorted(self.delays_ms)

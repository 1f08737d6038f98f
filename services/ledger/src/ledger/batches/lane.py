"""A lane: one connection that takes one batch at a time."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from uuid import UUID

import psycopg
from prometheus_client import Counter, Histogram

from contracts.problem import Refusal, UpstreamUnavailable
from kit.ids import now
from kit.telemetry import log, registry
from ledger import store
from ledger.batches.batch import Batch
from ledger.batches.operation import Done, Operation, Outcome, Unheard
from ledger.pack import register
from ledger.rulebook import Rulebook
from ledger.wire import Call, Wire

operations = Counter("ledger_operations_total", "Operations decided", ["outcome"], registry=registry)
batch_size = Histogram(
    "ledger_batch_operations",
    "Operations a batch",
    registry=registry,
    buckets=(1, 2, 5, 10, 20, 50, 100, 200),
)


_OPTIONS = (
    "-c lock_timeout=1500ms -c statement_timeout=5s -c timezone=UTC -c plan_cache_mode=force_generic_plan"
)
_counters: dict[str, Counter] = {}


def _count(outcome: str) -> None:
    counter = _counters.get(outcome)
    if counter is None:
        counter = _counters[outcome] = operations.labels(outcome.lower())
    counter.inc()


class Lane:
    """One connection, one batch at a time."""

    def __init__(self, database_url: str, rulebook: Rulebook, base_url: str, batch: int, queue: int) -> None:
        self._database_url = database_url
        self._rulebook = rulebook
        self._base_url = base_url
        self._batch = batch
        self._bound = queue
        self._queue: deque[Operation] = deque()
        self._wakes = asyncio.Event()
        self._wire: Wire | None = None
        self._texts: dict[str, int] = {}
        self._leaving = False

    def put(self, operation: Operation) -> None:
        """Queue it. UpstreamUnavailable when too much waits already."""
        if self._leaving or len(self._queue) >= self._bound:
            raise UpstreamUnavailable("the ledger has too much to do; try again")
        self._queue.append(operation)
        self._wakes.set()

    def leave(self) -> None:
        """Take nothing more, finish what waits, end."""
        self._leaving = True
        self._wakes.set()

    async def run(self) -> None:
        """Work until told to leave."""
        try:
            while not (self._leaving and not self._queue):
                await self._wakes.wait()
                self._wakes.clear()
                while self._queue:
                    await self._take(self._next())
        finally:
            self._disconnect()

    def _next(self) -> list[Operation]:
        """The next batch: what waits, at most so many; a void by itself."""
        queue = self._queue
        taken = [queue.popleft()]
        if not taken[0].alone:
            while queue and len(taken) < self._batch and not queue[0].alone:
                taken.append(queue.popleft())
        return taken

    async def _take(self, taken: Sequence[Operation]) -> None:
        batch_size.observe(len(taken))
        try:
            outcomes = await self._attempt(taken)
        except Exception as error:  # noqa: BLE001 - whatever fails, each caller gets an answer
            if len(taken) == 1:
                outcomes = [_failed(error)]
            else:
                log.warning("a batch failed and is taken one by one: %s: %s", type(error).__name__, error)
                for operation in taken:
                    await self._take([operation])
                return
        for operation, outcome in zip(taken, outcomes, strict=True):
            if not operation.outcome.done():
                operation.outcome.set_result(outcome)

    async def _attempt(self, taken: Sequence[Operation]) -> list[Outcome]:
        """Decide them in one transaction; once more on a new connection when this one was lost, or another
        replica was first with a key or an order reference."""
        try:
            return await self._decide(await self._connected(), taken)
        except (psycopg.OperationalError, psycopg.errors.UniqueViolation, store.Overtaken):
            self._disconnect()
            return await self._decide(await self._connected(), taken)
        except BaseException:
            self._disconnect()
            raise

    async def _connected(self) -> Wire:
        if self._wire is None:
            self._wire = await Wire.open(self._database_url, _OPTIONS, store.STATEMENTS)
            register(self._wire.connection)
        return self._wire

    def _disconnect(self) -> None:
        wire, self._wire = self._wire, None
        if wire is not None:
            wire.close()

    async def _decide(self, wire: Wire, taken: Sequence[Operation]) -> list[Outcome]:
        names = store.Names(
            [o.card for o in taken if isinstance(o.card, UUID)],
            [o.card for o in taken if isinstance(o.card, str)],
            [o.card for o in taken if isinstance(o.card, int)],
        )
        found, known = await store.load(wire, names, [o.key_hash for o in taken if o.key_hash])
        batch = Batch(self._rulebook, self._base_url, found, known)
        if known:
            batch.answers = await store.answers(wire.connection, known.values())
        await batch.load_more(wire.connection, taken)
        at = now()  # read after the locks are held
        outcomes = [batch.decide(operation, at) for operation in taken]
        await self._save(wire, batch)
        for outcome in outcomes:
            kind = "replayed" if isinstance(outcome, Done) and outcome.replayed else type(outcome).__name__
            _count(kind if isinstance(outcome, (Done, Unheard)) else "refused")
        return outcomes

    async def _save(self, wire: Wire, batch: Batch) -> None:
        if not batch.written and not batch.refused:
            await wire.run(Call("rollback"))
            return
        conn = wire.connection
        texts = {text for w in batch.written for text in (w.user_agent, w.staff_name) if text}
        for text in sorted(texts - self._texts.keys()):
            self._texts[text] = await store.text_id(conn, text)
        if batch.ordered:
            await store.save_orders(conn, batch.ordered)
        if batch.rewarded:
            await store.save_rewards(conn, batch.rewarded)
        if batch.freed:
            await store.free_orders(conn, batch.freed)
        if batch.given_back:
            await store.give_rewards_back(conn, batch.given_back)
        if batch.refused:
            await store.save_refusals(conn, batch.refused)
        rows = [w.numbered(self._texts) for w in batch.written]
        saves = [store.saving(list(batch.moved.values()), rows, corrected=batch.corrected)] if rows else []
        await wire.run(*saves, Call("commit"))
        if len(self._texts) > 10_000:
            self._texts.clear()


def _failed(error: Exception) -> Refusal:
    """What a caller is told when nothing is known to have happened: try again with the same key."""
    if isinstance(error, (psycopg.OperationalError, psycopg.errors.LockNotAvailable, TimeoutError, OSError)):
        log.warning("an operation could not be decided: %s: %s", type(error).__name__, error)
        return UpstreamUnavailable("the ledger's database does not answer; try again with the same key")
    log.error("an operation failed", exc_info=error)
    return Refusal()


class Batches:
    """The lanes. A card always takes the same lane when it is named the same way."""

    def __init__(self, lanes: Sequence[Lane]) -> None:
        self._lanes = lanes
        #: How many operations were asked for so far.
        self.asked = 0

    async def ask(self, operation: Operation) -> Outcome:
        """Queue the operation and wait for its outcome; who stops waiting changes nothing."""
        self.asked += 1
        self._lanes[hash(operation.card) % len(self._lanes)].put(operation)
        return await operation.outcome

    async def run(self) -> None:
        """Work until told to leave."""
        await asyncio.gather(*(lane.run() for lane in self._lanes))

    async def leave(self) -> None:
        """Finish what waits."""
        for lane in self._lanes:
            lane.leave()

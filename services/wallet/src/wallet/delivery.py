"""The delivery loop: takes passes that are behind to a wallet, outside any transaction, until they are not.

Rows are claimed in one transaction, delivered, and recorded in another; who dies in between loses nothing:
a claim runs out. Several replicas share the work by SKIP LOCKED. What is delivered is the state at the claim;
a pass that changed meanwhile stays behind.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, Protocol, runtime_checkable
from uuid import UUID

from prometheus_client import Counter
from sqlalchemy.exc import SQLAlchemyError

from kit.ids import uuid7
from kit.telemetry import log, registry
from kit.work import Work, passes
from wallet import store
from wallet.domain import Delivered, NotNow, Outcome, Pass, Platform, judge
from wallet.health import ProviderHealth
from wallet.telling import plain, told

#: Claimed and written down by the handful: a transaction for each pass would cost more than its delivery.
CLAIM_ROWS, GATHER_S = 50, 0.02
IN_FLIGHT = 300
#: A claim holds for twice as long as a delivery may take.
LEASE_S, DELIVER_TIMEOUT_S = 30.0, 15.0
IDLE_S, FULL_PAUSE_S = 0.25, 0.05
DATABASE_PAUSE_S, CLOSE_TIMEOUT_S = 1.0, 5.0

_delivered = Counter(
    "pass_deliveries_total", "Deliveries by outcome", ["platform", "outcome"], registry=registry
)


class Ended(NamedTuple):
    """A claim, what its delivery came to, and how long that took."""

    claimed: store.Claimed
    outcome: Outcome
    took_ms: int = 0


class Provider(Protocol):
    """One wallet platform."""

    @property
    def platform(self) -> Platform: ...

    async def deliver(self, held: Pass) -> Outcome:
        """Bring the platform to this state. An exception counts as NotNow."""
        ...


@runtime_checkable
class Limited(Protocol):
    """A platform that takes only so much at a time."""

    def room(self) -> int:
        """How many passes may be claimed for it now: what is claimed early is delivered late."""
        ...


class DeliveryLoop:
    """Works off what is behind on one platform; each has its own loop: one that stalls holds up no other."""

    def __init__(self, work: Work, provider: Provider, *, lease_s: float = LEASE_S) -> None:
        self._work = work
        self._provider = provider
        self._lease_s = lease_s
        self._health = ProviderHealth(provider.platform)
        self._in_flight: set[asyncio.Task[None]] = set()
        self._outcomes: asyncio.Queue[Ended] = asyncio.Queue()
        self._leaving = asyncio.Event()
        self._gone = asyncio.Event()

    async def run(self) -> None:
        """Until told to leave."""
        self._outcomes = asyncio.Queue()
        recorder = asyncio.create_task(self._record_all())
        try:
            while not self._leaving.is_set():
                await self._take_due()
            await asyncio.gather(*self._in_flight)
            await self._outcomes.join()
            self._gone.set()
        finally:
            tasks = [recorder, *self._in_flight]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def close(self) -> None:
        """Take no more; what is in flight is finished and recorded, if it does not take too long."""
        self._leaving.set()
        await _within(CLOSE_TIMEOUT_S, self._gone)

    # -- claim, deliver, record

    async def _take_due(self) -> None:
        """Claim what there is room for and begin; when little was due, pause."""
        room = self._room() if len(self._in_flight) <= IN_FLIGHT - CLAIM_ROWS else 0
        if room <= 0:
            await self._until_room()
            return
        try:
            found = await self.claim(room)
        except Exception as error:
            if not passes(error):
                raise
            found = []
        for claimed in found:
            task = asyncio.create_task(self._deliver(claimed))
            self._in_flight.add(task)
            task.add_done_callback(self._in_flight.discard)
        # What was claimed begins, and takes its room.
        await asyncio.sleep(0)
        if len(found) < room:
            await _within(IDLE_S, self._leaving)

    def _room(self) -> int:
        return min(CLAIM_ROWS, self._provider.room()) if isinstance(self._provider, Limited) else CLAIM_ROWS

    async def _until_room(self) -> None:
        """A moment: some deliveries end, and the platform may have room by then."""
        await _within(GATHER_S if self._in_flight else FULL_PAUSE_S, self._leaving)

    async def claim(self, limit: int) -> list[store.Claimed]:
        """Take what is due; nobody else will for the time of the lease."""
        async with self._work() as tx:
            return await store.claim(tx.conn, self._provider.platform, uuid7(), limit, self._lease_s)

    async def _deliver(self, claimed: store.Claimed) -> None:
        began = time.monotonic()
        outcome = await self._outcome(claimed.held)
        took_ms = round((time.monotonic() - began) * 1000)
        _delivered.labels(claimed.platform, type(outcome).__name__.lower()).inc()
        self._outcomes.put_nowait(Ended(claimed, outcome, took_ms))

    async def _outcome(self, held: Pass) -> Outcome:
        try:
            # Not wait_for: its own task would begin later than room is looked at again.
            async with asyncio.timeout(DELIVER_TIMEOUT_S):
                return await self._provider.deliver(held)
        except TimeoutError:
            return NotNow("timed-out")
        except Exception as error:  # noqa: BLE001 - whatever a provider meets, the pass stays behind and is tried again
            # Its kind alone: its words may hold what was sent.
            log.warning("a delivery to %s failed: %s", self._provider.platform, type(error).__name__)
            return NotNow(type(error).__name__, of_provider=not isinstance(error, SQLAlchemyError))

    async def _record_all(self) -> None:
        """Write outcomes down as they come, many at a time; while the database is away they wait here."""
        while True:
            some = [await self._outcomes.get()]
            await asyncio.sleep(GATHER_S)
            while not self._outcomes.empty():
                some.append(self._outcomes.get_nowait())
            await self._record_patiently(some)
            for _ in some:
                self._outcomes.task_done()

    async def _record_patiently(self, some: list[Ended]) -> None:
        while True:
            try:
                await self.record(some)
            except Exception as error:
                if not passes(error):
                    raise
                await asyncio.sleep(DATABASE_PAUSE_S)
            else:
                return

    async def record(self, outcomes: Sequence[Ended | tuple[store.Claimed, Outcome]]) -> None:
        """Write down what became of these claims, against what the passes are to show by now."""
        ended = [Ended(*one) for one in outcomes]
        async with self._work() as tx:
            now = await store.lock_passes(tx.conn, {one.claimed.held.card_id for one in ended})
            resting = await self._health.note(tx, [one.outcome for one in ended])
            await store.record(tx.conn, [_done(one, now, resting) for one in ended])


def _done(ended: Ended, now: Mapping[UUID, tuple[int, bool]], resting: bool) -> store.Done:
    taken, outcome, took_ms = ended
    claimed = _as_shown(taken, outcome)
    revision, pass_ended = now[claimed.held.card_id]
    verdict = judge(
        outcome,
        delivered=claimed.held.revision,
        now=revision,
        ended=pass_ended,
        tries=claimed.tries,
        chance=random.random(),  # noqa: S311 - it spreads retries, it guards nothing
        resting=resting,
    )
    devices = outcome.devices if isinstance(outcome, Delivered) else 0
    kind, answer = told(outcome)
    verdict = replace(verdict, last_error=plain(verdict.last_error))
    return store.Done(claimed, verdict, kind, answer, devices, took_ms)


def _as_shown(claimed: store.Claimed, outcome: Outcome) -> store.Claimed:
    """The claim with what the platform has now, where that is newer than what was claimed."""
    newer = outcome.shown if isinstance(outcome, Delivered) else None
    return claimed if newer is None else claimed._replace(held=newer)


async def _within(seconds: float, event: asyncio.Event) -> None:
    """Wait for the event, at most so long."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return

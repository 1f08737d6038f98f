"""Applying records: a transaction for what a poll returned, narrowed down to the one that has to be parked.

A passing fault is tried again in place. Later records of a parked one's key queue behind it; others go on.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from aiokafka import ConsumerRecord
from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from contracts.event import Fact
from kit import tables
from kit.ids import uuid7
from kit.listener.records import Handler, Heard, Record, Subscription, Wanted, read, read_event, words
from kit.telemetry import heard, log, parked, trace
from kit.work import Tx, Work, passes

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 30.0
WORK_OFF_EVERY_S = 1.0
#: After so many events the other work of the process gets its turn.
TURN_EVENTS = 20
INBOX_DAYS = 14
#: A dead letter has to fit into a batch of the relay; a larger one is kept whole in `parked_events` alone.
DEAD_LETTER_BYTES = 200 * 1024
#: As long as fewer keys than this have something parked, all are read: the usual number is none.
FEW_KEYS = 1000


class Applier:
    """Applies what one service hears to its database."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self.subscriptions: dict[str, Subscription] = {}
        #: Held while records are applied: those of the broker and those that were parked take turns.
        self.busy = asyncio.Lock()

    def hear(
        self,
        handler: Handler,
        *facts: type[Fact],
        mentions: Sequence[str] = (),
        wanted: Wanted | None = None,
    ) -> None:
        """Give events of these facts (all of one topic) to the handler; other types there are passed over.

        With `mentions`, so are events whose data holds none of these strings; with `wanted`, those that it
        leaves out.
        """
        (topic,) = {fact.topic for fact in facts}
        assert topic not in self.subscriptions, f"{topic} has a handler already"
        found = {fact.type: fact for fact in facts}
        self.subscriptions[topic] = Subscription(found, handler, mentions, wanted)

    async def take(self, raw: Iterable[ConsumerRecord[Any, Any]]) -> None:
        """Apply or park every record; returns only when all of it is in the database.

        Each topic's records are a transaction of their own: a handler may read through to what another told.
        """
        topics: dict[str, list[Record]] = {}
        for number, record in enumerate(raw, 1):
            if number % TURN_EVENTS == 0:
                await asyncio.sleep(0)
            topics.setdefault(record.topic, []).append(read(record, self.subscriptions[record.topic]))
        for records in topics.values():
            await self._take_together(records)

    async def _take_together(self, records: Sequence[Record]) -> None:
        try:
            await self._patiently(records)
        except Exception as error:  # noqa: BLE001 - each is tried alone, and what still fails is parked
            if len(records) > 1:
                log.warning("a batch failed; taking its events one by one: %s", words(error))
            for record in records:
                await self._alone(record)

    async def _patiently(self, records: Sequence[Record]) -> None:
        """Apply, trying again for as long as the fault is one that passes."""
        pause = FIRST_PAUSE_S
        while True:
            try:
                return await self._apply(records)
            except Exception as error:
                if not passes(error):
                    raise
                log.warning("events wait: %s", words(error))
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311 - it spreads retries
            pause = min(pause * 2, LONGEST_PAUSE_S)

    async def _alone(self, record: Record) -> None:
        try:
            await self._patiently([record])
        except Exception as error:  # noqa: BLE001 - whatever the handler met, the others must go on
            log.exception("event parked", extra={"fields": {"topic": record.topic, "key": record.key}})
            await self._patiently([record._replace(event=None, why_not=words(error))])

    async def _apply(self, records: Sequence[Record]) -> None:
        """All of one topic."""
        topic = records[0].topic
        if not any(record.event or record.why_not for record in records):
            return
        async with self._work() as tx:
            good: Sequence[Heard] = await self._park_bad(tx, topic, records)
            if good and (wanted := self.subscriptions[topic].wanted):
                good = await wanted(tx, good)
            fresh = await _unheard(tx, [event.event_id for event in good])
            events = [event for event in _once(good) if event.event_id in fresh]
            if events:
                await self._hand_over(tx, topic, events)
        heard.labels(topic, "applied").inc(len(events))

    async def _park_bad(self, tx: Tx, topic: str, records: Sequence[Record]) -> list[Heard]:
        """Park what cannot be applied and what stands behind it; what is left, in order.

        Before any of these ids is known: one that queues is heard only when its turn comes.
        """
        shut = await _keys_with_open(tx, topic, records)
        good = []
        for record in records:
            if record.why_not or record.key in shut:
                shut.add(record.key)
                await self._park(tx, record, behind=not record.why_not)
            elif record.event:
                good.append(record.event)
        return good

    async def _hand_over(self, tx: Tx, topic: str, events: Sequence[Heard]) -> None:
        token = trace.set(events[0].trace)
        try:
            await self.subscriptions[topic].handler(tx, events)
        finally:
            trace.reset(token)

    async def _park(self, tx: Tx, record: Record, behind: bool) -> None:
        inserted = await tx.conn.execute(
            insert(tables.parked_events)
            .values(
                id=uuid7(),
                topic=record.topic,
                partition=record.partition,
                record_offset=record.offset,
                key=record.key,
                value=record.value,
                state="behind" if behind else "parked",
                reason="an earlier event of this key is parked" if behind else record.why_not,
            )
            .on_conflict_do_nothing()
            .returning(tables.parked_events.c.id)
        )
        if inserted.first() is not None and not behind:
            heard.labels(record.topic, "parked").inc()
            if len(record.value) <= DEAD_LETTER_BYTES:
                tx.forward(f"{record.topic}-dlq", record.key, record.value)

    # -- parked events, once a person has decided

    async def work_off_parked(self) -> None:
        """Take parked events when they are due, for ever."""
        while True:
            try:
                while await self.retry_one():
                    pass
            except Exception as error:  # noqa: BLE001 - told, and tried again a moment later
                if not passes(error):
                    log.exception("parked events could not be worked off")
            await asyncio.sleep(WORK_OFF_EVERY_S)

    async def retry_one(self) -> bool:
        """Take an event that is due: the first open one of its key, told to retry, or all before it ended."""
        row = None
        async with self.busy:
            try:
                async with self._work() as tx:
                    row = (await tx.conn.execute(_NEXT_DUE)).first()
                    if row is None:
                        await _count_parked(tx)
                        return False
                    await self._apply_parked(tx, row)
            except Exception as error:
                if row is None or passes(error):
                    raise
                # In a transaction of its own: nothing that the handler did or said may stay.
                async with self._work() as tx:
                    await _end(tx, row.id, "parked", words(error))
        return True

    async def _apply_parked(self, tx: Tx, row: Any) -> None:
        subscription = self.subscriptions.get(row.topic)
        if subscription is None:
            raise LookupError(f"{row.topic} is not heard any more")
        event, why_not = read_event(bytes(row.value), subscription)
        if why_not:
            raise ValueError(why_not)
        if event and await _unheard(tx, [event.event_id]):
            await self._hand_over(tx, row.topic, [event])
        await _end(tx, row.id, "done", row.reason)

    async def forget_old(self) -> None:
        """Forget inbox rows so old that the sequence or version alone stops a second delivery."""
        async with self._work() as tx:
            await tx.conn.execute(
                text("DELETE FROM inbox WHERE heard_at < now() - make_interval(days => :days)"),
                {"days": INBOX_DAYS},
            )


_OPEN = ("parked", "behind", "retry")

_NEXT_DUE = text(
    """
    SELECT p.id, p.topic, p.key, p.value, p.reason FROM parked_events p
    WHERE p.state IN ('retry', 'behind') AND NOT EXISTS (
        SELECT FROM parked_events q
        WHERE q.topic = p.topic AND q.key = p.key AND q.partition = p.partition
          AND q.record_offset < p.record_offset AND q.state IN ('parked', 'behind', 'retry'))
    ORDER BY p.topic, p.partition, p.record_offset LIMIT 1 FOR UPDATE OF p SKIP LOCKED
    """
)
_OPEN_KEYS = text(
    """
    SELECT DISTINCT key FROM parked_events
    WHERE topic = :topic AND state IN ('parked', 'behind', 'retry') LIMIT :limit
    """
)
_THEIR_OPEN_KEYS = text(
    """
    SELECT DISTINCT key FROM parked_events
    WHERE topic = :topic AND key = ANY(CAST(:keys AS text[])) AND state IN ('parked', 'behind', 'retry')
    """
)
_UNHEARD = text(
    "INSERT INTO inbox (event_id) SELECT unnest(CAST(:ids AS uuid[]))"
    " ON CONFLICT DO NOTHING RETURNING event_id"
)


async def _keys_with_open(tx: Tx, topic: str, records: Sequence[Record]) -> set[str]:
    """The keys of these records (and perhaps of others) that something is parked of."""
    found = (await tx.conn.execute(_OPEN_KEYS, {"topic": topic, "limit": FEW_KEYS})).scalars().all()
    if len(found) == FEW_KEYS:
        keys = sorted({record.key for record in records})
        found = (await tx.conn.execute(_THEIR_OPEN_KEYS, {"topic": topic, "keys": keys})).scalars().all()
    return set(found)


async def _unheard(tx: Tx, ids: Sequence[UUID]) -> set[UUID]:
    """Which of these ids are new; they are known from now on."""
    if not ids:
        return set()
    # Sorted: two members never wait for one another in a circle. One text: quicker than a list.
    rows = await tx.conn.execute(_UNHEARD, {"ids": f"{{{','.join(sorted(map(str, set(ids))))}}}"})
    return {row.event_id for row in rows}


def _once(events: Iterable[Heard]) -> Iterable[Heard]:
    """The same id twice in one batch: the first counts."""
    first: dict[UUID, Heard] = {}
    for event in events:
        first.setdefault(event.event_id, event)
    return first.values()


async def _count_parked(tx: Tx) -> None:
    count = (
        select(func.count()).select_from(tables.parked_events).where(tables.parked_events.c.state.in_(_OPEN))
    )
    parked.set((await tx.conn.execute(count)).scalar_one())


async def _end(tx: Tx, parked_id: UUID, state: str, reason: str) -> None:
    table = tables.parked_events
    await tx.conn.execute(
        update(table)
        .where(table.c.id == parked_id)
        .values(
            state=state,
            reason=reason,
            tries=table.c.tries + 1,
            ended_at=func.now() if state == "done" else None,
        )
    )

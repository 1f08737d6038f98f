"""Consuming: one watched member of a consumer group, whose offsets are committed after the database."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.annotations import KafkaMessage

from contracts.event import Fact
from kit.listener.applying import Applier
from kit.listener.records import Handler, Wanted, words
from kit.telemetry import consumer_lag, log, messages_consumed
from kit.work import Work

POLL_RECORDS = 500
#: After a poll that was not full the next one waits so long: many at once cost hardly more than few.
GATHER_S = 0.05
START_TIMEOUT_S, STOP_TIMEOUT_S, COMMIT_TIMEOUT_S = 15.0, 8.0, 5.0
WATCH_EVERY_S = 5.0
#: A broker that does not answer for so long ends the consumer; a new one begins once the broker is back.
UNANSWERED_AFTER_S = 10.0
#: When records wait and none is taken, or there is no place in the group, for so long: the consumer is stuck.
STALLED_AFTER_S = 30.0
FORGET_EVERY_S = 3600.0


def subscriber_options(group: str, instance_id: str | None) -> dict[str, Any]:
    """Every option that delivery rests on; a test reads them."""
    return {
        "group_id": group,
        "group_instance_id": instance_id,
        "auto_offset_reset": "earliest",
        "ack_policy": AckPolicy.MANUAL,
        "batch": True,
        "max_records": POLL_RECORDS,
        "batch_timeout_ms": 250,
        # What is fetched ahead is held in memory, per partition: a backlog must not make a service large.
        "max_partition_fetch_bytes": 128 * 1024,
        "session_timeout_ms": 6000,
        "heartbeat_interval_ms": 1000,
        "no_reply": True,
    }


def broker_options() -> dict[str, Any]:
    """The connection's options: it only consumes and makes no topic; new partitions are found within 30 s."""
    return {
        "consumer_only": True,
        "allow_auto_create_topics": False,
        "metadata_max_age_ms": 30_000,
        "request_timeout_ms": 10_000,
        "graceful_timeout": 2.0,
        "logger": None,
    }


class Listener:
    """Listens for one service, as one consumer group."""

    def __init__(self, work: Work, bootstrap: str, group: str, instance_id: str | None = None) -> None:
        self.applier = Applier(work)
        self._group = group
        self._instance_id = instance_id
        self._bootstrap = bootstrap
        self._joined = _Joined()
        #: After a small poll: what comes so soon after is taken along, many at once cost much less.
        self.gather_s = GATHER_S
        self._leaving = asyncio.Event()

    def hear(
        self,
        handler: Handler,
        *facts: type[Fact],
        mentions: Sequence[str] = (),
        wanted: Wanted | None = None,
    ) -> None:
        """Give events of these facts (all of one topic) to the handler; other types there are passed over.

        With `mentions`, so are events whose data holds none of these strings, with `wanted` those that it
        leaves out: they cost next to nothing.
        """
        self.applier.hear(handler, *facts, mentions=mentions, wanted=wanted)

    async def take(self, raw: Iterable[ConsumerRecord[Any, Any]]) -> None:
        """Apply or park every record; returns only when all of it is in the database."""
        await self.applier.take(raw)

    @property
    def consuming(self) -> bool:
        """True while this member has its place in its group and the broker answers."""
        return self._joined.now

    def leave(self) -> None:
        """Finish the batch at hand, then end."""
        self._leaving.set()

    async def run(self) -> None:
        """Listen until told to leave. Raises when the broker cannot be reached; start it again then."""
        broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        broker = KafkaBroker(self._bootstrap, **broker_options())
        subscriber = broker.subscriber(
            *self.applier.subscriptions,
            listener=self._joined,
            parser=_without_headers,
            decoder=_undecoded,
            **subscriber_options(self._group, self._instance_id),
        )

        async def take(message: KafkaMessage) -> None:
            async with self.applier.busy:
                if self._leaving.is_set() or broken.done():
                    return
                try:
                    await self.take(message.raw_message)
                except Exception as error:  # noqa: BLE001 - raised where this listener runs
                    # An acknowledgement commits whatever was polled: from now on there may be none.
                    broken.set_exception(error)
                    return
                await _acknowledge(message)
            if len(message.raw_message) < POLL_RECORDS // 4:
                await _first_to_end(self._leaving.wait(), asyncio.sleep(self.gather_s))

        subscriber(take)
        try:
            await _first_to_end(self._leaving.wait(), self._belong(broker, subscriber, broken))
            async with self.applier.busy:
                pass
        finally:
            self._joined.tell(False)
            try:
                await asyncio.wait_for(broker.stop(), STOP_TIMEOUT_S)
            except TimeoutError:
                log.warning("the consumer did not stop in time; it is left behind")

    async def _belong(self, broker: KafkaBroker, subscriber: Any, broken: Awaitable[None]) -> None:
        """Be a member of the group, until that fails."""
        await asyncio.wait_for(broker.start(), START_TIMEOUT_S)
        await _first_to_end(broken, self._watch(subscriber.consumer), self.applier.work_off_parked())

    async def _watch(self, consumer: AIOKafkaConsumer) -> None:
        """End the consumer when it is stuck: one can stop silently after broker trouble."""
        loop = asyncio.get_running_loop()
        places: Mapping[TopicPartition, int] = {}
        answered = moved = loop.time()
        forgot = 0.0
        while True:
            await asyncio.sleep(WATCH_EVERY_S)
            try:
                seen, lag = await asyncio.wait_for(_positions(consumer), WATCH_EVERY_S)
            except (KafkaError, TimeoutError) as error:
                self._joined.tell(False)
                if loop.time() - answered > UNANSWERED_AFTER_S:
                    raise ConnectionError(f"the broker does not answer: {words(error)}") from error
                continue
            answered = loop.time()
            self._joined.tell(bool(consumer.assignment()))
            consumer_lag.set(lag)
            if seen != places or self.applier.busy.locked() or (lag == 0 and self.consuming):
                places, moved = seen, answered
            elif answered - moved > STALLED_AFTER_S:
                raise ConnectionError(f"{lag} records wait and none was taken for {STALLED_AFTER_S:.0f} s")
            if answered - forgot > FORGET_EVERY_S:
                forgot = answered
                await self.applier.forget_old()


class _Joined(ConsumerRebalanceListener):  # type: ignore[misc]
    """Whether this member has its place in its group."""

    def __init__(self) -> None:
        self.now = False

    def tell(self, now: bool) -> None:
        self.now = now
        messages_consumed.set(1 if now else 0)

    async def on_partitions_revoked(self, revoked: Any) -> None:
        self.tell(False)

    async def on_partitions_assigned(self, assigned: Any) -> None:
        self.tell(True)


async def _without_headers(message: tuple[ConsumerRecord[Any, Any], ...], original: Any) -> Any:
    """Nothing of ours is in a header, and one that is not UTF-8 would fail before anything can be parked."""
    if any(record.headers for record in message):
        message = tuple(replace(record, headers=()) for record in message)
    return await original(message)


async def _undecoded(message: Any) -> list[Any]:
    return []


async def _acknowledge(message: KafkaMessage) -> None:
    try:
        await asyncio.wait_for(message.ack(), COMMIT_TIMEOUT_S)
    except (KafkaError, TimeoutError) as error:
        # The records are applied; whoever gets them again finds their ids in the inbox.
        log.warning("the offset was not committed: %s", words(error))


async def _first_to_end(*works: Awaitable[Any]) -> None:
    """Until the first of these ends; the others are ended with it. Raises what that one raised."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _positions(consumer: AIOKafkaConsumer) -> tuple[Mapping[TopicPartition, int], int]:
    """Where this member stands, and how many records wait. KafkaError when the broker does not answer."""
    assigned = consumer.assignment()
    if not assigned:
        await consumer.topics()
        return {}, 0
    ends = await consumer.end_offsets(assigned)
    places = {place: await consumer.position(place) for place in assigned}
    return places, sum(max(0, ends[place] - at) for place, at in places.items())

"""Projecting: what a poll returned becomes counters, in one transaction with how far the topics were read.

Nothing counts twice: the offsets commit with the counters, and a row whose sequence is not new to its card is
passed over. Nothing is lost: rows that the topic did not tell are read from the ledger's own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from aiokafka import ConsumerRecord, TopicPartition
from prometheus_client import Counter

from kit.telemetry import log, registry
from ledger import pack
from ledger.statistics import store
from ledger.statistics.calendar import Calendars
from ledger.statistics.card import Card
from ledger.statistics.cells import Counters, Id
from ledger.statistics.folding import Fold
from ledger.statistics.heard import CardState, Row, read
from ledger.statistics.store import Connection, Gap, Place

#: After so many events others get their turn: a till must not wait for statistics.
TURN_EVENTS = 100

counted = Counter(
    "ledger_statistics_events_total", "Events that statistics took", ["outcome"], registry=registry
)

Polled = Mapping[TopicPartition, Sequence[ConsumerRecord[Any, Any]]]


class Heard(NamedTuple):
    """What a poll returned: rows and states in the order of their key, and where the next record is."""

    rows: list[Row]
    states: list[CardState]
    places: dict[Place, int]

    @property
    def told_at(self) -> datetime | None:
        """When the newest row was written."""
        return max((row.created_at for row in self.rows), default=None)


async def hear(polled: Polled) -> Heard:
    """Read the records. One that cannot be read is told and passed over: its card's next row brings it in."""
    heard = Heard([], [], {})
    for place, records in polled.items():
        for number, record in enumerate(records, 1):
            _hear_one(heard, record)
            if number % TURN_EVENTS == 0:
                await asyncio.sleep(0)
        if records:
            heard.places[place.topic, place.partition] = records[-1].offset + 1
    return heard


def _hear_one(heard: Heard, record: ConsumerRecord[Any, Any]) -> None:
    if record.value is None:
        return
    try:
        event = read(record.value)
    except (msgspec.MsgspecError, ValueError) as error:
        counted.labels("unreadable").inc()
        place = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
        log.error("statistics cannot read an event: %s", error, extra={"fields": place})
        return
    if isinstance(event, Row):
        heard.rows.append(event)
    elif event is not None:
        heard.states.append(event)


class Projector:
    """Adds what was heard to one generation."""

    def __init__(self, generation: int, calendars: Calendars) -> None:
        self.generation = generation
        self._calendars = calendars

    async def apply(self, conn: Connection, heard: Heard, as_of: datetime) -> bool:
        """One transaction. False, and nothing is changed, when this generation is over."""
        pack.register(conn)
        async with conn.transaction():
            if not await store.stand_at(conn, self.generation, as_of):
                return False
            await self._count(conn, heard)
            if heard.places:
                await store.save_offsets(conn, self.generation, heard.places)
        counted.labels("counted").inc(len(heard.rows) + len(heard.states))
        return True

    async def _count(self, conn: Connection, heard: Heard) -> None:
        card_ids = {row.card_id for row in heard.rows} | {state.id for state in heard.states}
        if not card_ids:
            return
        cards = await store.cards(conn, self.generation, card_ids)
        rows = await _whole(conn, heard.rows, cards)
        await self._calendars.learn(
            conn, {row.merchant_id for row in rows} | {state.merchant_id for state in heard.states}
        )
        voids = [row.voids_transaction_id for row in rows if row.gives_back and row.voids_transaction_id]
        redemptions = await store.redemptions(conn, voids) if voids else {}
        counters = Counters()
        fold = Fold(counters, self._calendars, cards, redemptions)
        for state in heard.states:
            fold.take_state(state)
        for number, row in enumerate(rows, 1):
            fold.take_row(row)
            if number % TURN_EVENTS == 0:
                await asyncio.sleep(0)
        fold.settle()
        await store.save_cards(conn, self.generation, fold.cards.values())
        for cells in counters:
            await cells.save(conn, self.generation)


async def _whole(conn: Connection, rows: Sequence[Row], cards: Mapping[Id, Card]) -> Sequence[Row]:
    """The new rows with those that the topic did not tell in their places."""
    fresh, gaps = _fresh(rows, cards)
    if not gaps:
        return fresh
    missing = await store.rows_between(conn, gaps)
    log.warning("statistics read %d rows that no event told", sum(map(len, missing.values())))
    found: list[Row] = []
    reached: dict[Id, int] = {}
    for row in fresh:
        last = reached.get(row.card_id, cards[row.card_id].sequence if row.card_id in cards else 0)
        found += [each for each in missing.get(row.card_id, ()) if last < each.sequence < row.sequence]
        found.append(row)
        reached[row.card_id] = row.sequence
    return found


def _fresh(rows: Iterable[Row], cards: Mapping[Id, Card]) -> tuple[list[Row], list[Gap]]:
    """The rows that were not counted yet, and what is missing between them."""
    reached = {card.id: card.sequence for card in cards.values()}
    fresh, gaps = [], []
    for row in rows:
        last = reached.get(row.card_id, 0)
        if row.sequence <= last:
            continue
        if row.sequence > last + 1:
            gaps.append(Gap(row.card_id, last, row.sequence, row.program_id))
        reached[row.card_id] = row.sequence
        fresh.append(row)
    return fresh, gaps

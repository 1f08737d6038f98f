"""Events that come twice, out of order or unreadable, and what a person does about the parked ones."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import uuid4

import psycopg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from typer.testing import CliRunner

from kit.ids import uuid7
from punchcard.main import app

LEDGER_EVENTS, CARDS_EVENTS = "ledger-events", "cards-events"


class Broker:
    """The real one, as its own producers and consumers see it."""

    def __init__(self, bootstrap, producer, admin):
        self._bootstrap, self._producer, self._admin = bootstrap, producer, admin

    async def records(self, topic, key):
        """All records of a key, oldest first."""
        consumer = AIOKafkaConsumer(
            topic, bootstrap_servers=self._bootstrap, group_id=None, auto_offset_reset="earliest"
        )
        await consumer.start()
        try:
            places = sorted(consumer.assignment())
            assert places, f"{topic} has no partitions"
            ends = await consumer.end_offsets(places)
            found = []
            while any([await consumer.position(place) < ends[place] for place in places]):
                for batch in (await consumer.getmany(timeout_ms=200)).values():
                    found += [record for record in batch if record.key == key.encode()]
            return sorted(found, key=lambda record: record.offset)
        finally:
            await consumer.stop()

    async def send(self, record, value=None):
        """Another record at the place of this one's key; where it went."""
        return await self._producer.send_and_wait(
            record.topic, value or record.value, key=record.key, partition=record.partition
        )

    async def passed(self, place, *groups):
        """Whether these services are through with what lies there."""
        for group in groups:
            offsets = await self._admin.list_consumer_group_offsets(group)
            at = offsets.get((place.topic, place.partition))
            if at is None or at.offset <= place.offset:
                return False
        return True


@asynccontextmanager
async def broker_of(stack):
    producer = AIOKafkaProducer(bootstrap_servers=stack.bootstrap, acks="all", enable_idempotence=True)
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.bootstrap)
    await producer.start()
    await admin.start()
    try:
        yield Broker(stack.bootstrap, producer, admin)
    finally:
        await admin.close()
        await producer.stop()


async def wait_until(what, within_s=20):
    async with asyncio.timeout(within_s):
        while not await what():  # noqa: ASYNC110 - it asks the broker
            await asyncio.sleep(0.1)


def changed(record, **data):
    """The record's event under an id of its own, with other members in its data."""
    event = json.loads(record.value)
    event["id"] = str(uuid7())
    for name, value in data.items():
        event["data"][name] = value
    return json.dumps(event).encode()


def pass_row(platform, card):
    columns = "sequence_wanted, stamp_count, card_version, deleted_at, revision"
    query = f"SELECT {columns} FROM passes WHERE card_id = %s"
    ((sequence, stamps, version, deleted_at, revision),) = platform.rows("wallet", query, card)
    return {
        "sequence": sequence,
        "stamps": stamps,
        "version": version,
        "deleted": deleted_at is not None,
        "revision": revision,
    }


def stamped(shop, platform, until, times=3):
    """A card with some stamps, which the wallet has heard of."""
    card = shop.enrol()
    for _ in range(times):
        shop.move("stamp", {"card_id": card["id"]})
    until(lambda: platform.pass_sequences([card["id"]]) == {card["id"]: times + 1}, within_s=20)
    until(lambda: pass_row(platform, card["id"])["version"] == 1, within_s=20)
    return card["id"]


def punchcard(platform, *words):
    """The command line on this platform."""
    environment = {"PUNCHCARD_HOME": str(platform.stack.home.path)}
    return CliRunner().invoke(app, words, env=environment)


def open_events(platform, card):
    """What `punchcard parked list` shows of a card, by service."""
    listed = punchcard(platform, "parked", "list", "--json")
    rows = [row for row in json.loads(listed.stdout) if row["key"] == card]
    assert listed.exit_code == (1 if json.loads(listed.stdout) else 0)
    found = defaultdict(list)
    for row in rows:
        found[row["service"]].append(row)
    return found


async def test_an_event_that_comes_twice_is_applied_once(platform, shop, until):
    card = stamped(shop, platform, until)
    before = pass_row(platform, card)
    async with broker_of(platform.stack) as broker:
        transactions = await broker.records(LEDGER_EVENTS, card)
        states = await broker.records(CARDS_EVENTS, card)
        assert [json.loads(record.value)["sequence"] for record in transactions] == [1, 2, 3, 4]

        places = [await broker.send(record) for record in [*transactions, *transactions]]
        cards_place = [await broker.send(record) for record in [*states, *states]][-1]
        for place in (places[-1], cards_place):
            await wait_until(lambda place=place: broker.passed(place, "wallet"))
        await wait_until(lambda: broker.passed(cards_place, "ledger"))

    assert pass_row(platform, card) == before
    ids = [json.loads(record.value)["id"] for record in transactions]
    heard = platform.rows("wallet", "SELECT event_id::text FROM inbox WHERE event_id = ANY(%s::uuid[])", ids)
    assert sorted(row[0] for row in heard) == sorted(ids)
    assert len(shop.transactions(card)) == 4, "the account is opened once"


async def test_older_events_never_take_a_pass_or_a_card_back(platform, shop, until):
    card = stamped(shop, platform, until)
    before = pass_row(platform, card)
    async with broker_of(platform.stack) as broker:
        transactions = await broker.records(LEDGER_EVENTS, card)
        (state,) = await broker.records(CARDS_EVENTS, card)

        for record in reversed(transactions):
            late = await broker.send(record, changed(record))
        await broker.send(state, changed(state, version=9))
        stale = await broker.send(state, changed(state, version=8, deleted_at="2026-01-01T00:00:00.000000Z"))
        await wait_until(lambda: broker.passed(late, "wallet"))
        await wait_until(lambda: broker.passed(stale, "wallet", "ledger"))

    after = pass_row(platform, card)
    assert (after["sequence"], after["stamps"]) == (before["sequence"], before["stamps"]) == (4, 3)
    assert (after["version"], after["deleted"]) == (9, False)
    assert shop.move("stamp", {"card_id": card})["stamp_count"] == 4
    until(lambda: pass_row(platform, card)["sequence"] == 5, within_s=20)


async def test_an_unreadable_event_is_parked_and_blocks_no_other_key(platform, shop, until):
    bad, good = stamped(shop, platform, until, times=1), stamped(shop, platform, until, times=1)
    async with broker_of(platform.stack) as broker:
        *_, record = await broker.records(LEDGER_EVENTS, bad)
        *_, neighbour = await broker.records(LEDGER_EVENTS, good)
        # The neighbour stands behind it in the same partition, where one that blocks would hold it up.
        await broker.send(record, b'{"specversion": "1.0", "data": ')
        transaction = json.loads(neighbour.value)["data"]["transaction"] | {"sequence": 3}
        behind = replace(neighbour, partition=record.partition)
        await broker.send(behind, changed(neighbour, transaction=transaction))

    shop.move("stamp", {"card_id": bad})
    until(lambda: pass_row(platform, good)["sequence"] == 3, within_s=20)
    until(lambda: len(open_events(platform, bad)["wallet"]) == 2, within_s=20)
    assert pass_row(platform, bad)["sequence"] == 2, "its later events queue behind it"

    first, second = open_events(platform, bad)["wallet"]
    assert (first["state"], second["state"]) == ("parked", "behind")
    assert first["reason"].startswith("unreadable")

    retried = punchcard(platform, "parked", "retry", first["id"])
    assert (retried.exit_code, "retry" in retried.stdout) == (0, True)
    until(lambda: open_events(platform, bad)["wallet"][0]["tries"] == 1, within_s=20)
    assert open_events(platform, bad)["wallet"][0]["state"] == "parked", "it is as unreadable as before"

    for events in open_events(platform, bad).values():
        assert punchcard(platform, "parked", "discard", events[0]["id"]).exit_code == 0
    until(lambda: pass_row(platform, bad)["sequence"] == 3, within_s=20)
    until(lambda: not open_events(platform, bad), within_s=20)


async def test_an_event_that_breaks_an_invariant_is_applied_once_retried_after_the_repair(
    platform, shop, until
):
    card, other = stamped(shop, platform, until, times=1), stamped(shop, platform, until, times=1)
    rule = f"probe_{card.replace('-', '')}"
    with psycopg.connect(platform.stack.urls("wallet").superuser, autocommit=True) as connection:
        connection.execute(
            f"ALTER TABLE passes ADD CONSTRAINT {rule} CHECK (card_id <> '{card}' OR stamp_count <> 2)"
        )
        try:
            # Alone, lest it arrives together with a later one: of those of one card only the last is written.
            shop.move("stamp", {"card_id": card})
            until(lambda: open_events(platform, card)["wallet"], within_s=20)
            for _ in range(3):
                shop.move("stamp", {"card_id": other})
            for _ in range(2):
                shop.move("stamp", {"card_id": card})
            until(lambda: pass_row(platform, other)["sequence"] == 5, within_s=20)
            until(lambda: _held_back(open_events(platform, card)["wallet"]), within_s=20)
        finally:
            connection.execute(f"ALTER TABLE passes DROP CONSTRAINT {rule}")

    parked = open_events(platform, card)["wallet"][0]
    assert punchcard(platform, "parked", "retry", parked["id"]).exit_code == 0
    until(lambda: pass_row(platform, card)["sequence"] == 5, within_s=20)
    assert pass_row(platform, card)["stamps"] == 4
    assert not open_events(platform, card)


def test_what_is_not_parked_takes_no_decision(platform):
    said = punchcard(platform, "parked", "discard", str(uuid4()))

    assert "No service has a parked event" in str(said.exception)
    assert said.exit_code != 0


def _held_back(rows):
    """Whether the first is parked and the last one stands behind it."""
    return bool(rows) and rows[0]["state"] == "parked" and len(rows) >= 2

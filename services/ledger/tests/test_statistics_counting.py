"""Statistics as they are counted: equal to a plain recount, whatever comes twice, late or not at all."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

import psycopg
import pytest
from aiokafka import ConsumerRecord, TopicPartition

from contracts.cards import CardChanged
from kit.identity import Caller
from kit.ids import now, uuid7
from kit.work import envelope
from ledger.statistics import store
from ledger.statistics.calendar import Calendars
from ledger.statistics.cells import NONE
from ledger.statistics.projecting import Projector, hear

from .counting import PAIRS, snapshot

LEDGER, CARDS = TopicPartition("ledger-events", 0), TopicPartition("cards-events", 0)


class Counting:
    """Gives statistics what the ledger has told, as a broker would."""

    def __init__(self, world: Any, conn: Any) -> None:
        self.world, self.conn = world, conn
        self.projector = Projector(1, Calendars())
        self.cards: list[CardChanged] = []

    def told(self) -> list[bytes]:
        query = "SELECT value FROM outbox WHERE topic = 'ledger-events' ORDER BY id"
        return [bytes(row[0]) for row in self.world.rows(query)]

    async def count(self, events: Sequence[bytes], cards: Sequence[CardChanged] = (), first: int = 0) -> None:
        polled = {
            LEDGER: [record(LEDGER, first + n, value) for n, value in enumerate(events)],
            CARDS: [record(CARDS, first + n, envelope("cards", card)) for n, card in enumerate(cards)],
        }
        assert await self.projector.apply(self.conn, await hear(polled), now())


def record(place: TopicPartition, offset: int, value: bytes) -> Any:
    return ConsumerRecord(
        topic=place.topic, partition=place.partition, offset=offset, timestamp=0, timestamp_type=0, key=b"",
        value=value, checksum=None, serialized_key_size=0, serialized_value_size=0, headers=(),
    )  # fmt: skip


@pytest.fixture
async def counting(world: Any, database: Any) -> AsyncIterator[Counting]:
    async with await psycopg.AsyncConnection.connect(world.app_url, autocommit=True) as conn:
        await conn.execute("SET timezone = 'UTC'")
        yield Counting(world, conn)
    database.forget()


def assert_equal_to_a_recount(world: Any) -> None:
    for plain, counted in PAIRS:
        assert world.rows(counted) == world.rows(plain)


async def a_busy_day(counting: Counting) -> None:
    """Every kind of row, at two stores, by a till with staff and by a user."""
    world = counting.world
    await world.program(welcome_bonus_points=25, stamps_reward_value_cents=350)
    mug = await world.reward(value_cents=900)
    cards = [await world.card(enrolled_at_store_id=at) for at in (world.store_id, world.other_store_id, None)]
    gone = await world.card(enrolled_at_store_id=world.store_id)
    user = Caller("owner", world.merchant_id, user_id=uuid7())
    other = Caller("terminal", world.merchant_id, world.other_store_id, uuid7())
    for card in (*cards, gone):
        for _ in range(4):
            assert (await world.stamp(card)).status_code == 200
        assert (await world.earn(card, 3000)).status_code == 200
    moves: list[tuple[Caller, str, dict[str, Any]]] = [
        (other, "/stamp", {}),
        (other, "/stamp/redeem", {}),
        (other, "/points/redeem", {"reward_id": str(mug.id)}),
        (user, "/points/adjust", {"points_delta": -40, "notes": "an error"}),
        (user, "/stamp/adjust", {"stamps_delta": 2, "notes": "an error"}),
        (world.caller, "/stamp/void", {"stamps": 2}),
    ]
    ids = {}
    for caller, path, body in moves:
        more = {"store_id": str(world.store_id)} if caller is user else {}
        async with world.http(caller) as http:
            answer = await http.post(
                f"/api/v1/vendor/loyalty{path}",
                json={"card_id": str(cards[0].id), **body, **more},
                headers={"idempotency-key": str(uuid7())},
            )
        assert answer.status_code == 200, answer.text
        ids[path] = answer.json()["transaction_id"]
    for path in ("/stamp/redeem", "/points/redeem"):
        void = "/stamp/void" if path.startswith("/stamp") else "/points/void"
        assert (await world.ask(void, {"transaction_id": ids[path]})).status_code == 200
    earned = await world.earn(cards[1], 999, order_reference="R-1")
    assert earned.status_code == 200
    assert (
        await world.ask("/points/void", {"order_reference": "R-1", "amount_cents": 500})
    ).status_code == 200
    last = gone.model_copy(update={"version": 2, "deleted_at": now()})
    async with world.service.work() as tx:
        await world.accounts.hear(tx, [last])
    counting.cards = [*cards, gone, last]


async def test_every_kind_of_row_is_counted_as_a_plain_recount_does(counting: Counting) -> None:
    await a_busy_day(counting)

    await counting.count(counting.told(), counting.cards)

    assert_equal_to_a_recount(counting.world)
    rows = counting.world.rows(
        "SELECT reward_id, sum(redeemed), sum(voided), sum(points_spent), sum(value_cents)"
        " FROM statistics_rewards GROUP BY 1 ORDER BY 1"
    )
    assert [row[1:] for row in rows] == [(1, 1, 0, 0), (1, 1, 0, 0)]


async def test_it_is_the_same_however_the_topics_are_cut_repeated_and_mixed(counting: Counting) -> None:
    await a_busy_day(counting)
    told = counting.told()
    await counting.count(told, counting.cards)
    expected = snapshot(counting.world)
    chance = random.Random(7)

    for _ in range(5):
        for table in store.ALL_TABLES:
            await counting.conn.execute(f"DELETE FROM {table}")
        at, states = 0, list(counting.cards)
        while at < len(told) or states:
            many = chance.randint(0, 9)
            back = max(0, at - chance.randint(0, 12))  # what a relay publishes twice
            few = chance.randint(0, 2)
            heard, states = states[:few], states[few:]
            await counting.count(told[back : at + many], [*heard, *heard])
            at += many
        await counting.count(told, counting.cards)

        assert snapshot(counting.world) == expected


async def test_what_the_topic_did_not_tell_is_read_from_the_rows(counting: Counting) -> None:
    await a_busy_day(counting)
    told = counting.told()
    last: dict[Any, int] = {}
    for number, (key,) in enumerate(
        counting.world.rows("SELECT key FROM outbox WHERE topic = 'ledger-events' ORDER BY id")
    ):
        last[key] = number
    few = [value if number in last.values() else b"not JSON" for number, value in enumerate(told)]

    await counting.count(few, counting.cards)

    assert_equal_to_a_recount(counting.world)


async def test_a_card_whose_state_comes_last_moves_to_the_store_it_enrolled_at(counting: Counting) -> None:
    world = counting.world
    card = await world.card(enrolled_at_store_id=world.other_store_id)
    await world.stamp(card)

    await counting.count(counting.told())
    before = world.rows("SELECT store_id, cards, stamps FROM statistics_totals WHERE stamps <> 0")
    await counting.count([], [card])

    assert before == [(UUID(bytes=NONE), 0, 1)]
    assert world.rows("SELECT store_id, cards, stamps FROM statistics_totals WHERE stamps <> 0") == [
        (world.other_store_id, 1, 1)
    ]


async def test_a_generation_that_is_over_takes_nothing_more(counting: Counting) -> None:
    card = await counting.world.card()
    counting.projector = Projector(99, Calendars())

    assert not await counting.projector.apply(
        counting.conn, await hear({CARDS: [record(CARDS, 0, envelope("cards", card))]}), now()
    )
    assert counting.world.rows("SELECT 1 FROM statistics_cards") == []

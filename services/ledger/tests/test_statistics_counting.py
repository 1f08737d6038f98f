"""Statistics as they are counted: equal to a plain recount, whatever comes twice, late or not at all."""

from __future__ import annotations

import random
from typing import Any
from uuid import UUID

from kit.ids import now
from kit.work import envelope
from ledger.statistics import store
from ledger.statistics.calendar import Calendars
from ledger.statistics.cells import NONE
from ledger.statistics.projecting import Projector, hear

from .counting import PAIRS, snapshot
from .shop import CARDS, Counting, record


def assert_equal_to_a_recount(world: Any) -> None:
    for plain, counted in PAIRS:
        assert world.rows(counted) == world.rows(plain)


async def test_every_kind_of_row_is_counted_as_a_plain_recount_does(counting: Counting) -> None:
    await counting.a_busy_day()

    await counting.count()

    assert_equal_to_a_recount(counting.world)
    rows = counting.world.rows(
        "SELECT reward_id, sum(redeemed), sum(voided), sum(points_spent), sum(value_cents)"
        " FROM statistics_rewards GROUP BY 1 ORDER BY 1"
    )
    assert [row[1:] for row in rows] == [(2, 1, 0, 350), (2, 1, 100, 900)]


async def test_it_is_the_same_however_the_topics_are_cut_repeated_and_mixed(counting: Counting) -> None:
    await counting.a_busy_day()
    told = counting.told()
    await counting.count(told)
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
        await counting.count(told)

        assert snapshot(counting.world) == expected


async def test_what_the_topic_did_not_tell_is_read_from_the_rows(counting: Counting) -> None:
    await counting.a_busy_day()
    told = counting.told()
    last: dict[Any, int] = {}
    for number, (key,) in enumerate(
        counting.world.rows("SELECT key FROM outbox WHERE topic = 'ledger-events' ORDER BY id")
    ):
        last[key] = number
    few = [value if number in last.values() else b"not JSON" for number, value in enumerate(told)]

    await counting.count(few)

    assert_equal_to_a_recount(counting.world)


async def test_a_card_whose_state_comes_last_moves_to_the_store_it_enrolled_at(counting: Counting) -> None:
    world = counting.world
    card = await world.card(enrolled_at_store_id=world.other_store_id)
    await world.stamp(card)

    await counting.count(cards=[])
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

"""Google's limits, by the stand-in's own clock: the quota of the account, and the notices of a pass."""

from __future__ import annotations

import asyncio
import contextlib
import time
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from kit.ids import now, uuid7
from punchcard.standins.google import Mood
from wallet import commands
from wallet.google import store
from wallet.google.quota import Crowded, Slots


async def stamp(town: Any, a_transaction: Any, card: Any, sequence: int) -> None:
    async with town.work() as tx:
        await commands.note_transactions(tx, [a_transaction(card, sequence)])


async def test_two_replicas_with_work_for_long_never_pass_the_quota_and_nearly_reach_it(
    town: Any, a_shop: Any
):
    shop = a_shop()
    await town.hears(shop)
    await town.cards(shop, 120)

    async with town.delivering(replicas=2):
        await town.until_nothing_is_behind(seconds=60)

    arrivals = [row.at for row in town.google.journal]
    # Both may begin with the class: then one of them finds it there.
    assert set(town.google.statuses()) <= {200, 409}
    # What is answered too late is sent once more, as a patch: on a busy machine a few are.
    assert len(arrivals) <= 140
    assert town.google.most_in_a_second() <= 20
    # On a slow machine answers come late, and the next request with them: the bench tells how near it comes.
    assert len(arrivals) / (arrivals[-1] - arrivals[0]) >= 3


async def test_no_twenty_first_is_sent_before_a_second_after_an_answer(work: Any):
    one, other = Slots(work), Slots(work)
    sent: list[float] = []
    answered: list[float] = []

    async def request(slots: Slots, lasts_s: float) -> None:
        async with slots.turn():
            sent.append(time.monotonic())
            await asyncio.sleep(lasts_s)
            answered.append(time.monotonic())

    requests = [request(slots, 0.01 + number / 100) for number in range(20) for slots in (one, other)]
    await asyncio.gather(*requests)

    for number, at in enumerate(sorted(sent)):
        under_way = sum(before < at for before in sent) - sum(before < at - 1.0 for before in answered)
        assert under_way <= 19, number


async def test_what_takes_long_keeps_its_slot(work: Any):
    slots = Slots(work)
    slow = asyncio.Event()

    async def stalls() -> None:
        async with slots.turn():
            await slow.wait()

    stalled = [asyncio.create_task(stalls()) for _ in range(19)]
    came = 0
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(2.5):
            while True:
                async with slots.turn():
                    came += 1

    assert 1 <= came <= 3
    slow.set()
    await asyncio.gather(*stalled)


async def test_slots_far_ahead_are_not_waited_for(work: Any):
    slots = Slots(work)
    async with work() as tx:
        await tx.conn.execute(text("UPDATE google_slots SET not_before = now() + interval '1 minute'"))

    with pytest.raises(Crowded):
        async with slots.turn():
            pytest.fail("there is no slot")
    assert slots.closed


async def test_the_slot_of_one_that_died_is_free_again_when_nothing_of_it_can_arrive(work: Any):
    slots = Slots(work)
    async with work() as tx:
        await tx.conn.execute(
            text("UPDATE google_slots SET free_at = now() + interval '10 s', taken = :id"), {"id": uuid7()}
        )
        await tx.conn.execute(
            text("UPDATE google_slots SET free_at = now() - interval '1 s' WHERE number = 7")
        )

    async with slots.turn(), work.read() as conn:
        left = await conn.execute(
            text("SELECT free_at - now() > interval '14 s' FROM google_slots WHERE number = 7")
        )
        assert left.scalar_one()


async def test_who_gives_up_waiting_costs_nobody_a_turn(work: Any):
    slots = Slots(work)

    async def request() -> None:
        async with slots.turn():
            pass

    waiting = [asyncio.create_task(request()) for _ in range(30)]
    await asyncio.sleep(0)
    for task in waiting[:20]:
        task.cancel()
    began = time.monotonic()
    await asyncio.gather(*waiting[20:])

    assert time.monotonic() - began < 1.0
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_a_phone_is_told_three_times_a_day_and_the_rest_is_silent(
    town: Any, a_shop: Any, a_transaction: Any
):
    shop = a_shop()
    await town.hears(shop)
    card = await town.card(shop)

    async with town.delivering():
        await town.until_status(card, "current")
        for sequence in range(1, 7):
            await stamp(town, a_transaction, card, sequence)
            await town.until_status(card, "current")

    assert [row.notifies for row in town.google.journal][2:] == [True, True, True, False, False, False]
    assert (await town.object(card))["loyaltyPoints"]["balance"] == {"int": 6}


@pytest.mark.parametrize("mood", [Mood("lie", 503), Mood("lie", 500), Mood("stall", seconds=0.3)])
async def test_a_provider_that_takes_what_it_says_it_does_not_tells_no_phone_too_often(
    town: Any, a_shop: Any, a_transaction: Any, mood: Mood
):
    shop = a_shop()
    await town.hears(shop)
    card = await town.card(shop)

    async with town.delivering():
        await town.until_status(card, "current")
        for sequence in range(1, 6):
            town.google.does(mood._replace(times=2))
            await stamp(town, a_transaction, card, sequence)
            await town.until_status(card, "current")

    assert town.google.most_notices_of_a_pass() <= 3
    assert sum(row.notifies for row in town.google.journal) <= 3
    assert (await town.object(card))["loyaltyPoints"]["balance"] == {"int": 5}


async def test_a_notice_that_google_refused_does_not_count(town: Any, a_shop: Any, a_transaction: Any):
    shop = a_shop()
    await town.hears(shop)
    card = await town.card(shop)

    async with town.delivering():
        await town.until_status(card, "current")
        town.google.does(Mood("fail", 429, "rateLimitExceeded", retry_after=1, times=1))
        await stamp(town, a_transaction, card, 1)
        await town.until_status(card, "current")

    assert [(row.status, row.notifies) for row in town.google.journal][2:] == [(429, True), (200, True)]
    async with town.work.read() as conn:
        told = await conn.execute(text("SELECT cardinality(notified) FROM google_objects"))
        assert told.scalar_one() == 1


async def test_notices_of_a_day_ago_make_room_again(work: Any, a_card: Any):
    card = a_card()
    async with work() as tx:
        await commands.note_cards(tx, [card])
        await store.keep_object(tx.conn, card.id, "i.o", "i.c")
        counted = [await store.count_notice(tx.conn, card.id, bytes([n])) for n in range(4)]
        assert [at is not None for at in counted] == [True, True, True, False]
        moved = [now() - timedelta(hours=24, minutes=1), now() - timedelta(hours=23), now()]
        await tx.conn.execute(text("UPDATE google_objects SET notified = :moved"), {"moved": moved})
        again = [await store.count_notice(tx.conn, card.id, bytes([n])) for n in range(4, 6)]

    assert [at is not None for at in again] == [True, False]


async def test_a_storm_on_one_card_is_few_patches_and_the_last_state(
    town: Any, a_shop: Any, a_transaction: Any
):
    shop = a_shop()
    await town.hears(shop)
    card = await town.card(shop)

    async with town.delivering(replicas=2):
        await town.until_status(card, "current")
        for sequence in range(1, 101):
            await stamp(town, a_transaction, card, sequence)
        await town.until_status(card, "current")

    patches = [row for row in town.google.journal if row.method == "PATCH"]
    points = [row.points for row in patches]
    assert len(patches) <= 30
    assert points == sorted(points)
    assert (await town.object(card))["loyaltyPoints"]["balance"] == {"int": 100}
    assert (await town.shown(card)).sequence_shown == 100


async def test_a_provider_that_was_down_loses_no_update(town: Any, a_shop: Any, a_transaction: Any):
    shop = a_shop()
    await town.hears(shop)
    cards = await town.cards(shop, 10)

    async with town.delivering(replicas=2):
        await town.until_nothing_is_behind()
        town.google.does(Mood("fail", 503))
        for sequence in (1, 2):
            for card in cards:
                await stamp(town, a_transaction, card, sequence)
            await asyncio.sleep(0.5)
        assert await town.behind() == 10
        town.google.does(Mood())
        await town.until_nothing_is_behind()

    for card in cards:
        assert (await town.object(card))["loyaltyPoints"]["balance"] == {"int": 2}
        assert (await town.shown(card)).sequence_shown == 2


async def test_a_state_that_came_back_is_sent_when_nobody_knows_what_google_shows(
    town: Any, a_shop: Any, a_transaction: Any
):
    shop = a_shop()
    await town.hears(shop)
    card = await town.card(shop)
    async with town.delivering():
        await town.until_status(card, "current")
        # It takes the stamp and says that it does not; then the stamp is taken back.
        town.google.does(Mood("lie", 503, times=1))
        await stamp(town, a_transaction, card, 1)
        await town.until(lambda: _came(town, 3))
        async with town.work() as tx:
            back = a_transaction(card, 2, stamp_count=0)
            await commands.note_transactions(tx, [back])
        await town.until_status(card, "current")

    assert (await town.object(card))["loyaltyPoints"]["balance"] == {"int": 0}


async def _came(town: Any, count: int) -> bool:
    return len(town.google.journal) >= count

"""Providers that are left alone while they are down, by loops of several replicas on a real database."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from contracts.cards import CardChanged
from kit.telemetry import registry
from kit.work import Work
from wallet import commands, delivery, health, queries, store
from wallet.breaker import OPENS_AFTER, PROBES
from wallet.delivery import DeliveryLoop
from wallet.domain import Delivered, Delivery, NotNow

DOWN = NotNow("down")


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "IDLE_S", 0.01)
    monkeypatch.setattr("wallet.domain.FIRST_PAUSE_S", 0.001)
    monkeypatch.setattr("wallet.breaker.FIRST_REST_S", 0.3)
    monkeypatch.setattr("wallet.breaker.LONGEST_REST_S", 0.3)


@pytest.fixture
def behind(work: Work, a_card: Any) -> Callable[[int], Awaitable[list[CardChanged]]]:
    """Makes cards whose passes are in an Apple Wallet, and behind."""

    async def make(count: int) -> list[CardChanged]:
        cards = [a_card() for _ in range(count)]
        async with work() as tx:
            await commands.note_cards(tx, cards)
            for card in cards:
                await commands.hand_out(tx, card.id, "apple")
        return cards

    return make


async def fail(work: Work, loop: DeliveryLoop, times: int) -> None:
    """Claims that end in a fault of the provider; it is due again at once."""
    for _ in range(times):
        (claimed, *others) = await loop.claim(1)
        assert others == []
        await loop.record([(claimed, DOWN)])
        await due_now(work)


async def due_now(work: Work) -> None:
    async with work() as tx:
        await tx.conn.execute(text("UPDATE deliveries SET next_try_at = now()"))


async def rested(work: Work) -> None:
    async with work() as tx:
        await tx.conn.execute(text("UPDATE providers SET open_until = now() WHERE opened_at IS NOT NULL"))


async def state(work: Work) -> str:
    async with work.read() as conn:
        found = (await store.healths(conn))["apple"]
    return found.breaker.state(found.now)


async def rows(work: Work) -> list[Any]:
    async with work.read() as conn:
        found = await conn.execute(text("SELECT status, tries, last_error FROM deliveries"))
        return [tuple(row) for row in found]


async def untried(work: Work) -> set[str]:
    return {status for status, tries, _ in await rows(work) if tries == 0}


async def shown(work: Work, card: CardChanged) -> Delivery:
    async with work.read() as conn:
        return (await store.deliveries_of(conn, card.id))["apple"]


async def test_a_provider_that_is_down_is_left_alone_by_all_replicas(work: Work, provider: Any, behind: Any):
    await behind(20)
    one, other = DeliveryLoop(work, provider), DeliveryLoop(work, provider)
    claimed = await one.claim(OPENS_AFTER)

    await one.record([(each, DOWN) for each in claimed])

    assert await state(work) == "open"
    assert await one.claim(50) == []
    assert await other.claim(50) == []
    await queries.count_behind(work)
    gauge = "provider_breaker_open"
    assert registry.get_sample_value(gauge, {"platform": "apple"}) == 1
    assert registry.get_sample_value(gauge, {"platform": "google"}) == 0


async def test_what_failed_when_it_was_left_alone_does_not_count_as_tried_and_is_due_when_it_is_back(
    work: Work, provider: Any, behind: Any
):
    await behind(40)
    loop = DeliveryLoop(work, provider)
    claimed = await loop.claim(40)

    await loop.record([(each, DOWN) for each in claimed])

    assert await rows(work) == [("behind", 0, "down")] * 40
    await rested(work)
    trial = await loop.claim(50)
    await loop.record([(each, Delivered()) for each in trial])
    assert len(await loop.claim(50)) == 40 - PROBES


async def test_when_its_rest_is_over_one_replica_makes_the_trial(work: Work, provider: Any, behind: Any):
    await behind(40)
    loops = [DeliveryLoop(work, provider) for _ in range(3)]
    await loops[0].record([(each, DOWN) for each in await loops[0].claim(20)])
    await rested(work)

    first = await loops[1].claim(50)
    second = await loops[2].claim(50)

    assert (len(first), second) == (PROBES, [])
    assert await state(work) == "half-open"
    await loops[1].record([(first[0], DOWN)])
    assert await state(work) == "open"
    await rested(work)
    assert len(await loops[2].claim(50)) == PROBES
    assert await state(work) == "half-open"


async def test_with_nothing_due_the_trial_waits_for_the_next_pass(work: Work, provider: Any, behind: Any):
    (card,) = await behind(1)
    loop = DeliveryLoop(work, provider)
    await fail(work, loop, OPENS_AFTER)
    await rested(work)
    async with work() as tx:
        await tx.conn.execute(text("UPDATE deliveries SET next_try_at = now() + interval '1 hour'"))

    assert await loop.claim(50) == []
    await due_now(work)
    (claimed,) = await loop.claim(50)
    await loop.record([(claimed, Delivered())])

    assert (await shown(work, card)).status == "current"
    assert await state(work) == "closed"


async def test_after_an_outage_the_whole_backlog_drains_without_pauses(
    work: Work, provider: Any, behind: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("wallet.domain.FIRST_PAUSE_S", 60.0)
    await behind(300)
    down = True

    async def deliver(held: Any) -> Any:
        provider.given.append(held)
        return DOWN if down else Delivered()

    monkeypatch.setattr(provider, "deliver", deliver)
    loop = DeliveryLoop(work, provider)
    # What fails before it is left alone has its pauses: here one fault, the rest of the batch opens it.
    task = asyncio.create_task(loop.run())
    async with asyncio.timeout(10):
        while await state(work) != "open":  # noqa: ASYNC110 - the database has no event to wait for
            await asyncio.sleep(0.01)
    await asyncio.sleep(1)
    asked_while_down = len(provider.given)
    down = False
    async with asyncio.timeout(10):
        while await untried(work) != {"current"}:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.02)
    await loop.close()
    await task

    current = [row for row in await rows(work) if row[0] == "current"]
    assert len(current) >= 300 - OPENS_AFTER
    assert asked_while_down <= delivery.IN_FLIGHT + 5 * PROBES, "it was left alone"


async def test_a_database_that_is_away_is_no_fault_of_the_provider(
    work: Work, provider: Any, behind: Any, monkeypatch: pytest.MonkeyPatch
):
    await behind(1)
    provider.outcomes = [OperationalError("SELECT", {}, Exception("gone"))]
    loop = DeliveryLoop(work, provider)
    (claimed,) = await loop.claim(1)

    outcome = await loop._outcome(claimed.held)

    assert outcome == NotNow("OperationalError", of_provider=False)


async def test_what_is_known_of_a_provider_is_told(work: Work, provider: Any, behind: Any):
    await behind(2)
    loop = DeliveryLoop(work, provider)
    one, other = await loop.claim(2)

    await loop.record([(one, Delivered())])
    await loop.record([(other, NotNow("InternalServerError"))])

    async with work.read() as conn:
        known = (await store.healths(conn))["apple"]
        other_platform = (await store.healths(conn))["google"]
    assert known.last_success_at is not None
    assert (known.last_error, known.breaker.faults) == ("InternalServerError", 1)
    assert other_platform.last_success_at is None


async def test_while_all_is_well_the_provider_s_row_is_not_written_with_every_delivery(
    work: Work, provider: Any, behind: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(health, "SAID_EVERY_S", 60.0)
    await behind(5)
    loop = DeliveryLoop(work, provider)
    for _ in range(5):
        await loop.record([(each, Delivered()) for each in await loop.claim(1)])

    async with work.read() as conn:
        provider_row = text("SELECT xmin::text FROM providers WHERE platform = 'apple'")
        written = (await conn.execute(provider_row)).scalar_one()
        newest = (await conn.execute(text("SELECT max(xmin::text::bigint) FROM deliveries"))).scalar_one()
    assert int(written) < int(newest)

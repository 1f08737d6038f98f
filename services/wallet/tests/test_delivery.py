"""The delivery loop with a provider that fails, stalls and recovers, on a real database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import text

from contracts.cards import CardChanged
from kit.ids import now
from kit.telemetry import registry
from kit.work import Work
from wallet import commands, delivery, queries, store
from wallet.delivery import DeliveryLoop
from wallet.domain import Delivered, Delivery, Never, NotNow
from wallet.store import registrations


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "IDLE_S", 0.01)
    monkeypatch.setattr(delivery, "DATABASE_PAUSE_S", 0.05)
    monkeypatch.setattr("wallet.domain.FIRST_PAUSE_S", 0.02)


@pytest.fixture
def handed_out(work: Work, a_card: Any) -> Callable[[], Awaitable[CardChanged]]:
    """Makes a card whose pass is in an Apple Wallet."""

    async def make(**changes: Any) -> CardChanged:
        card: CardChanged = a_card(**changes)
        async with work() as tx:
            await commands.note_cards(tx, [card])
            await commands.hand_out(tx, card.id, "apple")
        return card

    return make


@asynccontextmanager
async def running(loop: DeliveryLoop) -> AsyncIterator[DeliveryLoop]:
    task = asyncio.create_task(loop.run())
    try:
        yield loop
        await loop.close()
        await asyncio.wait_for(task, 5)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def shown(work: Work, card: CardChanged) -> Delivery:
    async with work.read() as conn:
        return (await store.deliveries_of(conn, card.id))["apple"]


async def until(what: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(5):
        while not await what():  # noqa: ASYNC110 - the database has no event to wait for
            await asyncio.sleep(0.01)


async def until_status(work: Work, card: CardChanged, status: str) -> None:
    async def reached() -> bool:
        return (await shown(work, card)).status == status

    await until(reached)


async def stamp(work: Work, a_transaction: Any, card: CardChanged, sequence: int) -> None:
    async with work() as tx:
        await commands.note_transactions(tx, [a_transaction(card, sequence)])


@pytest.mark.parametrize("is_under_way", [False, True], ids=["waits", "is under way"])
async def test_a_pass_that_is_behind_waits_until_replicas_know_its_new_look(
    work: Work, provider: Any, handed_out: Any, is_under_way: bool
):
    card = await handed_out()
    loop = DeliveryLoop(work, provider)
    taken = await loop.claim(10) if is_under_way else []

    async with work() as tx:
        await commands.note_changed_looks(tx, {card.program_id}, set())
    if taken:
        await loop.record([(one, Delivered(1)) for one in taken])

    # Whoever were told now could fetch the old look, and would not be told again.
    assert await loop.claim(10) == []
    async with work.read() as conn:
        waits = text("SELECT next_try_at > now() + interval '0.5 s' FROM deliveries WHERE status = 'behind'")
        assert (await conn.execute(waits)).scalar_one()


async def test_a_device_that_comes_meanwhile_waits_for_the_new_look_too(
    work: Work, provider: Any, handed_out: Any
):
    card = await handed_out()
    async with work() as tx:
        await commands.note_changed_looks(tx, {card.program_id}, set())

    async with work() as tx:
        await registrations.hold(tx.conn, card.id)
        await registrations.register(tx.conn, card.id, "a device", "a token")

    assert await DeliveryLoop(work, provider).claim(10) == []


async def test_looks_that_change_for_ever_hold_up_nothing(work: Work, provider: Any, handed_out: Any):
    card = await handed_out()
    async with work() as tx:
        await tx.conn.execute(text("UPDATE deliveries SET behind_since = now() - interval '11 s'"))

    async with work() as tx:
        await commands.note_changed_looks(tx, {card.program_id}, set())

    assert [one.held.card_id for one in await DeliveryLoop(work, provider).claim(10)] == [card.id]


async def test_what_the_ledger_told_is_delivered(
    work: Work, provider: Any, handed_out: Any, a_transaction: Any
):
    card = await handed_out()

    async with running(DeliveryLoop(work, provider)):
        await until_status(work, card, "current")
        await stamp(work, a_transaction, card, 1)
        await until_status(work, card, "current")

    row = await shown(work, card)
    assert (row.sequence_shown, row.devices, row.last_error) == (1, 1, None)
    assert row.last_delivered_at is not None
    assert [held.stamp_count for held in provider.given] == [0, 1]


async def test_a_storm_on_one_card_ends_in_few_deliveries_and_the_last_state(
    work: Work, provider: Any, handed_out: Any, a_transaction: Any
):
    card = await handed_out()
    provider.may_go_on.clear()

    async with running(DeliveryLoop(work, provider)):
        await provider.began.wait()
        for sequence in range(1, 51):
            await stamp(work, a_transaction, card, sequence)
        provider.may_go_on.set()
        await until_status(work, card, "current")

    assert (await shown(work, card)).sequence_shown == 50
    assert len(provider.given) == 2


async def test_a_pass_that_changes_while_it_is_delivered_stays_behind_until_its_last_state_is_there(
    work: Work, provider: Any, handed_out: Any, a_transaction: Any
):
    card = await handed_out()
    loop = DeliveryLoop(work, provider)
    (claimed,) = await loop.claim(10)

    await stamp(work, a_transaction, card, 1)
    await loop.record([(claimed, Delivered(devices=2))])

    row = await shown(work, card)
    assert (row.status, row.sequence_shown, row.devices) == ("behind", 0, 2)
    (again,) = await loop.claim(10)
    assert again.held.sequence_wanted == 1


async def test_a_change_that_commits_while_the_outcome_is_recorded_is_not_lost(
    work: Work, provider: Any, handed_out: Any, a_transaction: Any
):
    card = await handed_out()
    loop = DeliveryLoop(work, provider)
    (claimed,) = await loop.claim(10)

    # The ledger's transaction holds the pass's row, uncommitted, while the outcome is written.
    async with work() as tx:
        await commands.note_transactions(tx, [a_transaction(card, 1)])
        recording = asyncio.create_task(loop.record([(claimed, Delivered())]))
        await asyncio.sleep(0.1)
        assert not recording.done()
    await recording
    assert (await shown(work, card)).status == "behind"

    # And the other way round: the outcome holds it while the ledger's transaction waits.
    (claimed,) = await loop.claim(10)
    async with work() as tx:
        await store.lock_passes(tx.conn, [card.id])
        stamping = asyncio.create_task(stamp(work, a_transaction, card, 2))
        await asyncio.sleep(0.1)
        assert not stamping.done()
        verdict = delivery.judge(Delivered(), delivered=1, now=1, ended=False, tries=1, chance=1)
        await store.record(tx.conn, [store.Done(claimed, verdict, store.DELIVERED, None, 1, 0)])
    await stamping
    assert (await shown(work, card)).status == "behind"


async def test_a_provider_that_fails_is_tried_again_until_it_recovers(
    work: Work, provider: Any, handed_out: Any
):
    provider.outcomes = [NotNow("down"), ConnectionError("reset"), NotNow("down")]
    card = await handed_out()

    async with running(DeliveryLoop(work, provider)):
        await until_status(work, card, "current")

    assert len(provider.given) == 4
    assert (await shown(work, card)).last_error is None


async def test_pauses_are_in_the_database_and_survive_a_restart(
    work: Work, provider: Any, handed_out: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("wallet.domain.FIRST_PAUSE_S", 60.0)
    provider.outcomes = [NotNow("down")]
    card = await handed_out()
    async with running(DeliveryLoop(work, provider)):
        await until(lambda: _has_error(work, card, "down"))

    async with running(DeliveryLoop(work, provider)):
        await asyncio.sleep(0.2)

    assert len(provider.given) == 1
    async with work.read() as conn:
        waits = await conn.execute(
            text("SELECT extract(epoch FROM next_try_at - now()) AS s, tries FROM deliveries")
        )
        row = waits.one()
    assert 25 < row.s <= 60
    assert row.tries == 1


async def _has_error(work: Work, card: CardChanged, error: str) -> bool:
    return (await shown(work, card)).last_error == error


async def test_a_provider_that_stalls_is_given_up_after_a_time_and_the_pass_stays_behind(
    work: Work, provider: Any, handed_out: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(delivery, "DELIVER_TIMEOUT_S", 0.05)
    provider.may_go_on.clear()
    card = await handed_out()

    async with running(DeliveryLoop(work, provider)):
        await until(lambda: _has_error(work, card, "timed-out"))
        assert (await shown(work, card)).status == "behind"
        provider.may_go_on.set()
        await until_status(work, card, "current")


async def test_one_pass_that_stalls_holds_up_no_other(work: Work, provider: Any, handed_out: Any):
    slow, quick = await handed_out(), await handed_out()
    deliver = provider.deliver

    async def deliver_some(held: Any) -> Any:
        if held.card_id == slow.id:
            await asyncio.sleep(3600)
        return await deliver(held)

    provider.deliver = deliver_some
    loop = DeliveryLoop(work, provider)
    task = asyncio.create_task(loop.run())
    await until_status(work, quick, "current")
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert (await shown(work, slow)).status == "behind"


async def test_a_state_that_is_refused_waits_for_the_next_change(
    work: Work, provider: Any, handed_out: Any, a_transaction: Any
):
    provider.outcomes = [Never("not-acceptable")]
    card = await handed_out()

    async with running(DeliveryLoop(work, provider)):
        await until_status(work, card, "failed")
        await asyncio.sleep(0.1)
        assert len(provider.given) == 1
        await stamp(work, a_transaction, card, 1)
        await until_status(work, card, "current")


async def test_who_dies_between_claim_and_record_loses_nothing(work: Work, provider: Any, handed_out: Any):
    card = await handed_out()
    dead, alive = DeliveryLoop(work, provider, lease_s=0.3), DeliveryLoop(work, provider)
    (claimed,) = await dead.claim(10)

    assert await alive.claim(10) == []
    await asyncio.sleep(0.35)
    (taken_again,) = await alive.claim(10)

    # The dead one comes back and tells of its claim: it is not its own any more.
    await dead.record([(claimed, NotNow("late"))])
    assert (await shown(work, card)).last_error is None
    await alive.record([(taken_again, Delivered())])
    assert (await shown(work, card)).status == "current"


async def test_replicas_share_the_work_and_take_nothing_twice(work: Work, provider: Any, handed_out: Any):
    cards = [await handed_out() for _ in range(30)]
    loops = [DeliveryLoop(work, provider) for _ in range(4)]

    claims = await asyncio.gather(*(loop.claim(10) for loop in loops))

    taken = [claimed.held.card_id for some in claims for claimed in some]
    assert sorted(taken) == sorted(card.id for card in cards)


async def test_leaving_finishes_and_records_what_is_in_flight(work: Work, provider: Any, handed_out: Any):
    card = await handed_out()
    provider.may_go_on.clear()
    loop = DeliveryLoop(work, provider)
    task = asyncio.create_task(loop.run())
    await provider.began.wait()

    closing = asyncio.create_task(loop.close())
    await asyncio.sleep(0.05)
    provider.may_go_on.set()
    await asyncio.wait_for(asyncio.gather(closing, task), 5)

    assert (await shown(work, card)).status == "current"


async def test_the_database_may_be_away_while_an_outcome_is_recorded(
    work: Work, provider: Any, handed_out: Any, monkeypatch: pytest.MonkeyPatch
):
    card = await handed_out()
    loop = DeliveryLoop(work, provider)
    record, failures = loop.record, [ConnectionError("gone"), ConnectionError("gone")]

    async def record_when_it_is_back(ended: Any) -> None:
        if failures:
            raise failures.pop()
        await record(ended)

    monkeypatch.setattr(loop, "record", record_when_it_is_back)
    async with running(loop):
        await until_status(work, card, "current")

    assert len(provider.given) == 1


async def test_a_deleted_card_s_pass_is_made_void_and_comes_back_with_the_card(
    work: Work, provider: Any, handed_out: Any
):
    card = await handed_out()
    async with running(DeliveryLoop(work, provider)):
        await until_status(work, card, "current")
        async with work() as tx:
            await commands.note_cards(tx, [card.model_copy(update={"version": 2, "deleted_at": now()})])
        await until_status(work, card, "removed")
        async with work() as tx:
            await commands.note_cards(tx, [card.model_copy(update={"version": 3})])
        await until_status(work, card, "current")

    assert [held.ended for held in provider.given] == [False, True, False]


async def test_passes_of_a_changed_program_are_drawn_anew_and_those_of_others_are_not(
    work: Work, provider: Any, handed_out: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(commands, "LOOKS_KNOWN_AFTER_S", 0.0)
    mine, other = await handed_out(), await handed_out()
    async with running(DeliveryLoop(work, provider)):
        await until_status(work, mine, "current")
        await until_status(work, other, "current")
        provider.given.clear()
        async with work() as tx:
            await commands.note_changed_looks(tx, {mine.program_id}, set())
        await until(lambda: _given(provider, 1))
        await until_status(work, mine, "current")

    assert [held.card_id for held in provider.given] == [mine.id]


async def _given(provider: Any, count: int) -> bool:
    return len(provider.given) >= count


async def test_the_gauges_tell_how_many_passes_are_behind_and_for_how_long(work: Work, handed_out: Any):
    await handed_out()
    await handed_out()
    async with work() as tx:
        await tx.conn.execute(text("UPDATE deliveries SET behind_since = now() - interval '90 s'"))

    await queries.count_behind(work)

    assert registry.get_sample_value("passes_behind", {"platform": "apple"}) == 2
    assert registry.get_sample_value("passes_behind", {"platform": "google"}) == 0
    age = registry.get_sample_value("passes_behind_seconds", {"platform": "apple"})
    assert age is not None
    assert 90 <= age < 120

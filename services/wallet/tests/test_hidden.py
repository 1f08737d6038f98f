"""Passes of deleted merchants and programs are made void, and come back as they were with a restore."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from contracts.programs import MerchantChanged, ProgramChanged, RewardChanged
from kit.ids import now
from kit.listener import Listener
from kit.projection import Projection
from kit.work import Work
from wallet import commands, consumers, store
from wallet.delivery import DeliveryLoop
from wallet.domain import Delivered, Pass


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "LOOKS_KNOWN_AFTER_S", 0.0)


@pytest.fixture
def listener(work: Work) -> Listener:
    async def fetch(kind: str, id_: Any) -> None:
        return None

    projection = Projection(work, kinds=consumers.LOOKS, fetch=fetch, groups={RewardChanged: "program_id"})
    listening = Listener(work, "127.0.0.1:1", "wallet")
    consumers.hear_all(listening, projection)
    return listening


@pytest.fixture
def shown(
    work: Work, listener: Listener, a_card: Any, a_transaction: Any, as_record: Any
) -> Callable[[], Awaitable[Any]]:
    """Makes a card with three stamps whose pass is in an Apple Wallet."""

    async def make(**changes: Any) -> Any:
        card = a_card(**changes)
        await listener.take([as_record(card), as_record(a_transaction(card, 3))])
        async with work() as tx:
            await commands.hand_out(tx, card.id, "apple")
        return card

    return make


def a_merchant(card: Any, version: int, **changes: Any) -> MerchantChanged:
    return MerchantChanged(
        id=card.merchant_id, version=version, name="Café", slug="cafe", country="LU", currency="EUR",
        timezone="Europe/Luxembourg", default_locale="fr", **changes,
    )  # fmt: skip


def a_program(card: Any, version: int, **changes: Any) -> ProgramChanged:
    return ProgramChanged(
        id=card.program_id, version=version, merchant_id=card.merchant_id, created_at=now(), **changes
    )


async def deliver(work: Work, provider: Any) -> list[Pass]:
    """What is behind, delivered."""
    loop, given = DeliveryLoop(work, provider), []
    while claimed := await loop.claim(50):
        given += [one.held for one in claimed]
        await loop.record([(one, Delivered()) for one in claimed])
    return given


async def status(work: Work, card: Any) -> str:
    async with work.read() as conn:
        return (await store.deliveries_of(conn, card.id))["apple"].status


@pytest.mark.parametrize("owner", [a_merchant, a_program])
async def test_passes_are_void_while_their_merchant_or_program_is_deleted_and_come_back_as_they_were(
    work: Work, listener: Listener, provider: Any, shown: Any, as_record: Any, owner: Any
):
    card, other = await shown(), await shown()
    await listener.take([as_record(owner(card, 1))])
    (before,) = [held for held in await deliver(work, provider) if held.card_id == card.id]

    await listener.take([as_record(owner(card, 2, deleted_at=now()))])
    (void,) = await deliver(work, provider)
    voided = await status(work, card)
    await listener.take([as_record(owner(card, 3))])
    (back,) = await deliver(work, provider)

    assert (before.ended, void.ended, back.ended) == (False, True, False)
    assert void.deleted_at is None, "nothing of the card is touched"
    assert (voided, await status(work, card)) == ("removed", "current")
    kept = ("serial_number", "authentication_token", "card_number", "stamp_count", "sequence_wanted")
    assert [getattr(back, name) for name in kept] == [getattr(before, name) for name in kept]
    assert await status(work, other) == "current"


async def test_a_program_that_is_switched_off_ends_no_pass(
    work: Work, listener: Listener, provider: Any, shown: Any, as_record: Any
):
    card = await shown()
    await listener.take([as_record(a_program(card, 1, is_active=False))])

    assert [held.ended for held in await deliver(work, provider)] == [False]


async def test_a_card_that_was_deleted_by_itself_stays_so_when_its_merchant_comes_back(
    work: Work, listener: Listener, provider: Any, shown: Any, as_record: Any
):
    card = await shown()
    for state in (
        a_merchant(card, 1),
        a_merchant(card, 2, deleted_at=now()),
        card.model_copy(update={"version": 2, "deleted_at": now()}),
        a_merchant(card, 3),
    ):
        await listener.take([as_record(state)])
        given = await deliver(work, provider)

    assert [held.ended for held in given] == [True]
    assert await status(work, card) == "removed"


async def test_a_pass_handed_out_while_its_merchant_is_deleted_is_void(
    work: Work, listener: Listener, provider: Any, a_card: Any, as_record: Any
):
    card = a_card()
    await listener.take([as_record(card), as_record(a_merchant(card, 1, deleted_at=now()))])
    async with work() as tx:
        await commands.hand_out(tx, card.id, "apple")

    assert [held.ended for held in await deliver(work, provider)] == [True]
    assert await status(work, card) == "removed"


async def test_a_merchant_deleted_while_its_pass_is_on_the_way_is_not_forgotten(
    work: Work, listener: Listener, provider: Any, shown: Any, as_record: Any
):
    card = await shown()
    loop = DeliveryLoop(work, provider)
    (claimed,) = await loop.claim(10)

    await listener.take([as_record(a_merchant(card, 2, deleted_at=now()))])
    await loop.record([(claimed, Delivered())])

    assert await status(work, card) == "behind"
    assert [held.ended for held in await deliver(work, provider)] == [True]


async def test_the_sync_finds_a_pass_that_should_be_void_and_is_not(
    work: Work, listener: Listener, provider: Any, shown: Any, as_record: Any
):
    card, _ = await shown(), await shown()
    await deliver(work, provider)
    async with work() as tx:
        # Told, and no pass of it marked: as if it had been handed out in that very moment.
        projection = Projection(work, kinds=consumers.LOOKS, fetch=_nobody)
        await projection.keep(tx, [a_merchant(card, 2, deleted_at=now())])

    async with work() as tx:
        marked = await store.mark_untrue(tx.conn, UUID(int=0), UUID(int=2**128 - 1))

    assert marked == [card.id]


async def _nobody(kind: str, id_: Any) -> None:
    return None

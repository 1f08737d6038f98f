"""A platform that takes only so much at a time is given no more than it has room for."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from kit.work import Work
from wallet import commands, delivery, store
from wallet.delivery import DeliveryLoop
from wallet.domain import Delivered, Outcome, Pass


class Narrow:
    """Room for two; it answers when it is told to, and may have a newer state than it was given."""

    platform = "google"

    def __init__(self) -> None:
        self.inside: list[Pass] = []
        self.most = 0
        self.may_go_on = asyncio.Event()
        self.newer: Pass | None = None

    def room(self) -> int:
        return 2 - len(self.inside)

    async def deliver(self, held: Pass) -> Outcome:
        self.inside.append(held)
        self.most = max(self.most, len(self.inside))
        await self.may_go_on.wait()
        self.inside.remove(held)
        return Delivered(shown=self.newer)


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "IDLE_S", 0.01)
    monkeypatch.setattr(delivery, "FULL_PAUSE_S", 0.01)


async def on_google(work: Work, a_card: Any) -> Any:
    card = a_card()
    async with work() as tx:
        await commands.note_cards(tx, [card])
        await commands.hand_out(tx, card.id, "google")
    return card


async def statuses(work: Work, cards: list[Any]) -> list[str]:
    async with work.read() as conn:
        return [(await store.deliveries_of(conn, card.id))["google"].status for card in cards]


async def test_what_there_is_no_room_for_waits_in_the_database(work: Work, a_card: Any):
    cards = [await on_google(work, a_card) for _ in range(7)]
    provider = Narrow()
    loop = DeliveryLoop(work, provider)
    running = asyncio.create_task(loop.run())

    async with asyncio.timeout(20):
        while len(provider.inside) < 2:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)
        assert provider.most == 2
        provider.may_go_on.set()
        while await statuses(work, cards) != ["current"] * 7:  # noqa: ASYNC110 - nor does the database
            await asyncio.sleep(0.02)

    await loop.close()
    await asyncio.wait_for(running, 10)
    assert provider.most == 2


async def test_what_a_platform_has_is_written_down_where_it_is_newer_than_what_it_was_given(
    work: Work, a_card: Any, a_transaction: Any
):
    card = await on_google(work, a_card)
    loop = DeliveryLoop(work, Narrow())
    (claimed,) = await loop.claim(1)
    async with work() as tx:
        await commands.note_transactions(tx, [a_transaction(card, 1)])
        newer = await store.find(tx.conn, card.id)

    await loop.record([(claimed, Delivered(shown=newer))])

    async with work.read() as conn:
        row = (await store.deliveries_of(conn, card.id))["google"]
    assert (row.status, row.sequence_shown) == ("current", 1)

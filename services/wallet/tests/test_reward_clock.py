"""Rewards that begin or end by the clock: the passes that show them are drawn anew, once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from kit.ids import now
from kit.projection import Projection
from kit.work import Work
from wallet import commands, reward_clock, store
from wallet.consumers import LOOKS

from .pass_making import a_reward


async def nobody(kind: str, thing_id: UUID) -> Mapping[str, Any] | None:
    return None


@pytest.fixture
def offered(work: Work, a_card: Any) -> Any:
    """A card whose pass is handed out, in a program with this reward; the last look was an hour ago."""

    async def make(**reward: Any) -> Any:
        card = a_card()
        states = [a_reward("Mug", 100, program_id=card.program_id, **reward)]
        async with work() as tx:
            await commands.note_cards(tx, [card])
            await commands.hand_out(tx, card.id, "apple")
            await Projection(work, LOOKS, nobody).keep(tx, states)
            await tx.conn.execute(text("UPDATE reward_clock SET looked_until = now() - interval '1 hour'"))
        return card

    return make


async def revision(work: Work, card: Any) -> int:
    async with work.read() as conn:
        held = await store.find(conn, card.id)
    assert held is not None
    return held.revision


@pytest.mark.parametrize("turn", ["valid_from", "valid_until"])
async def test_passes_are_drawn_anew_once_when_a_reward_begins_or_ends(work: Work, offered: Any, turn: str):
    card = await offered(**{turn: now() - timedelta(minutes=5)})
    before = await revision(work, card)

    await asyncio.gather(*(reward_clock.look(work) for _ in range(4)))
    await reward_clock.look(work, every_s=0.0)

    assert await revision(work, card) == before + 1


@pytest.mark.parametrize(
    "reward",
    [
        {},
        {"valid_until": timedelta(minutes=5)},
        {"valid_from": -timedelta(hours=2)},
        {"valid_until": -timedelta(minutes=5), "deleted_at": -timedelta(minutes=9)},
    ],
    ids=["always", "later", "looked at before", "deleted"],
)
async def test_what_neither_began_nor_ended_since_draws_nothing(work: Work, offered: Any, reward: Any):
    card = await offered(**{name: now() + from_now for name, from_now in reward.items()})
    before = await revision(work, card)

    await reward_clock.look(work)

    assert await revision(work, card) == before


async def test_it_is_not_looked_again_before_its_time(work: Work, offered: Any):
    card = await offered(valid_until=now() - timedelta(seconds=10))
    before = await revision(work, card)
    async with work() as tx:
        await tx.conn.execute(text("UPDATE reward_clock SET looked_until = now() - interval '12 seconds'"))

    await reward_clock.look(work)
    assert await revision(work, card) == before

    await reward_clock.look(work, every_s=5.0)
    assert await revision(work, card) == before + 1

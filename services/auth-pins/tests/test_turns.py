"""Turns: one at a time for each name, in the order they came, and nobody for ever."""

from __future__ import annotations

import asyncio

import pytest

from auth_pins.turns import WAITING_LONGEST, Turns
from contracts.problem import UpstreamUnavailable


async def hold(turns: Turns, names: tuple[str, ...], until: asyncio.Event, log: list[str]) -> None:
    async with turns.of(*names):
        log.append(names[-1])
        await until.wait()


async def test_one_name_is_held_by_one_at_a_time_and_others_by_others():
    turns, at_work, most = Turns(5), [0], [0]

    async def work() -> None:
        async with turns.of("till"):
            at_work[0] += 1
            most[0] = max(most[0], at_work[0])
            await asyncio.sleep(0.001)
            at_work[0] -= 1

    await asyncio.gather(*(work() for _ in range(20)))
    async with turns.of("till"), turns.of("another"):
        pass

    assert most == [1]
    assert turns._lines == {}


async def test_who_waits_too_long_is_told_so_and_holds_nothing():
    turns, end, log = Turns(0.05), asyncio.Event(), []
    first = asyncio.create_task(hold(turns, ("code",), end, log))
    await asyncio.sleep(0)

    with pytest.raises(UpstreamUnavailable):
        async with turns.of("till", "code"):
            pytest.fail("the code is held")
    async with turns.of("till"):
        pass

    end.set()
    await first
    assert turns._lines == {}


async def test_more_than_so_many_do_not_wait():
    turns, end, log = Turns(5), asyncio.Event(), []
    waiting = [asyncio.create_task(hold(turns, ("till",), end, log)) for _ in range(WAITING_LONGEST + 1)]
    await asyncio.sleep(0)

    with pytest.raises(UpstreamUnavailable):
        async with turns.of("till"):
            pytest.fail("too many wait already")

    end.set()
    await asyncio.gather(*waiting)


async def test_who_goes_away_while_waiting_or_at_its_turn_holds_up_nobody():
    turns, end, log = Turns(5), asyncio.Event(), []
    first = asyncio.create_task(hold(turns, ("till",), end, log))
    await asyncio.sleep(0)
    gone, called, last = (asyncio.create_task(hold(turns, ("till",), end, log)) for _ in range(3))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.sleep(0)
    end.set()
    await first
    called.cancel()  # its turn has come, it has not run yet

    await asyncio.wait_for(last, 1)
    assert turns._lines == {}

"""Questions that are asked as one."""

from __future__ import annotations

import asyncio

import pytest

from kit.together import Together


class Answering:
    """Doubles what it is asked; each round waits for `may_answer`."""

    def __init__(self) -> None:
        self.rounds: list[list[int]] = []
        self.began: list[float] = []
        self.may_answer = asyncio.Event()

    async def __call__(self, asked: list[int]) -> list[int]:
        self.rounds.append(asked)
        self.began.append(asyncio.get_running_loop().time())
        await self.may_answer.wait()
        if 13 in asked:
            raise ConnectionError("no")
        return [2 * one for one in asked]


async def asking(together: Together[int, int], *numbers: int) -> list[asyncio.Task[int]]:
    tasks = [asyncio.create_task(together(number)) for number in numbers]
    await asyncio.sleep(0.01)
    return tasks


async def test_what_comes_during_a_round_is_the_next_one():
    answering = Answering()
    together = Together(answering)

    first = await asking(together, 1)
    rest = await asking(together, 2, 3, 4)
    answering.may_answer.set()

    assert await asyncio.gather(*first, *rest) == [2, 4, 6, 8]
    assert answering.rounds == [[1], [2, 3, 4]]


async def test_more_than_go_into_one_round_go_into_several():
    answering = Answering()
    answering.may_answer.set()

    tasks = await asking(Together(answering, at_once=2), 1, 2, 3, 4, 5)

    assert await asyncio.gather(*tasks) == [2, 4, 6, 8, 10]
    assert answering.rounds == [[1, 2], [3, 4], [5]]


async def test_a_fault_is_told_to_all_of_its_round_and_to_nobody_else():
    answering = Answering()
    together = Together(answering)

    first = await asking(together, 1)
    rest = await asking(together, 13, 3)
    answering.may_answer.set()

    assert await first[0] == 2
    for task in rest:
        with pytest.raises(ConnectionError):
            await task
    assert await together(4) == 8


async def test_for_who_left_nothing_is_asked():
    answering = Answering()
    together = Together(answering)

    first = await asking(together, 1)
    left, stays = await asking(together, 2, 3)
    left.cancel()
    answering.may_answer.set()

    assert (await first[0], await stays) == (2, 6)
    assert answering.rounds == [[1], [3]]


async def test_rounds_keep_their_distance_and_the_first_one_waits_for_nobody():
    answering = Answering()
    answering.may_answer.set()
    together = Together(answering, gap_s=0.2)
    begins = asyncio.get_running_loop().time()

    assert await together(1) == 2
    tasks = [asyncio.create_task(together(number)) for number in (2, 3)]
    await asyncio.gather(*tasks)

    assert answering.rounds == [[1], [2, 3]]
    assert answering.began[0] - begins < 0.2
    assert answering.began[1] - answering.began[0] >= 0.2

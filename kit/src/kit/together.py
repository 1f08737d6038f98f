"""Questions that come at the same time, asked as one: while one round is under way the next one gathers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Found = TypeVar("Found")


class Together(Generic[Asked, Found]):
    """`ask` answers many, in their order; what it raises, all who asked get.

    A round begins at once, but not sooner than `gap_s` after the one before: many cost hardly more than few.
    """

    def __init__(
        self,
        ask: Callable[[list[Asked]], Awaitable[Sequence[Found]]],
        at_once: int = 200,
        gap_s: float = 0.0,
    ) -> None:
        self._ask = ask
        self._at_once = at_once
        self._gap_s = gap_s
        self._not_before = 0.0
        self._waiting: list[tuple[Asked, asyncio.Future[Found]]] = []
        self._rounds: asyncio.Task[None] | None = None

    async def __call__(self, one: Asked) -> Found:
        future: asyncio.Future[Found] = asyncio.get_running_loop().create_future()
        self._waiting.append((one, future))
        if self._rounds is None:
            self._rounds = asyncio.create_task(self._run())
        return await future

    async def _run(self) -> None:
        try:
            while self._waiting:
                await self._rest()
                some, self._waiting = self._waiting[: self._at_once], self._waiting[self._at_once :]
                await self._round([pair for pair in some if not pair[1].done()])
        finally:
            self._rounds = None

    async def _rest(self) -> None:
        if not self._gap_s:
            return
        loop = asyncio.get_running_loop()
        if (rest := self._not_before - loop.time()) > 0:
            await asyncio.sleep(rest)
        self._not_before = loop.time() + self._gap_s

    async def _round(self, some: list[tuple[Asked, asyncio.Future[Found]]]) -> None:
        try:
            found = await self._ask([one for one, _ in some])
        except Exception as error:  # noqa: BLE001 - it is told to everyone who asked
            for _, future in some:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), answer in zip(some, found, strict=True):
            if not future.done():
                future.set_result(answer)

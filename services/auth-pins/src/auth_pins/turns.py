"""Turns: for one name one at a time, in this process.

What is right does not rest on it, the database sees to that; but attempts at one till or with one code that
come together do not take up the connections that everybody else needs, and right ones lock nobody out.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager

from contracts.problem import UpstreamUnavailable

#: So many wait for one name at most.
WAITING_LONGEST = 64


class Turns:
    """Who waits, by name."""

    def __init__(self, wait_s: float) -> None:
        self._wait_s = wait_s
        self._lines: dict[Hashable, deque[asyncio.Future[None]]] = {}

    @asynccontextmanager
    async def of(self, *names: Hashable) -> AsyncIterator[None]:
        """Wait for each name in this order. UpstreamUnavailable when that takes too long."""
        held: list[Hashable] = []
        try:
            async with asyncio.timeout(self._wait_s):
                for name in names:
                    await self._take(name)
                    held.append(name)
        except TimeoutError:
            self._give_back(held)
            raise UpstreamUnavailable("Too many PINs wait to be checked; try again") from None
        except BaseException:
            self._give_back(held)
            raise
        try:
            yield
        finally:
            self._give_back(held)

    async def _take(self, name: Hashable) -> None:
        line = self._lines.get(name)
        if line is None:
            self._lines[name] = deque()
            return
        if len(line) >= WAITING_LONGEST:
            raise UpstreamUnavailable("Too many PINs wait to be checked; try again")
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        line.append(turn)
        try:
            await turn
        except BaseException:
            if turn.done() and not turn.cancelled():
                self._next(name)  # it was given to us, and we are gone
            else:
                line.remove(turn)
            raise

    def _give_back(self, held: list[Hashable]) -> None:
        for name in reversed(held):
            self._next(name)

    def _next(self, name: Hashable) -> None:
        line = self._lines[name]
        while line:
            turn = line.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        del self._lines[name]

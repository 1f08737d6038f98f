"""Answers that leave in one write: uvicorn writes head and body apart, and each write is a system call.

At a few hundred bytes an answer the call costs more than everything else about sending it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

#: So long a caller who is still sending may take to read why nobody listens any more.
LINGER_S = 1.0


class Corked:
    """A transport that writes once a turn; all else is the transport's own."""

    __slots__ = ("_left", "_loop", "_parts", "_sends_still", "_transport")

    def __init__(
        self,
        transport: asyncio.Transport,
        loop: asyncio.AbstractEventLoop,
        sends_still: Callable[[], bool] = lambda: False,
    ) -> None:
        self._transport = transport
        self._loop = loop
        self._sends_still = sends_still
        self._parts: list[bytes] = []
        self._left = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Written at the end of this turn of the loop, with whatever else is written until then."""
        if not self._parts:
            self._loop.call_soon(self._uncork)
        self._parts.append(data)

    def is_closing(self) -> bool:
        return self._left or self._transport.is_closing()

    def close(self) -> None:
        """What was written leaves first.

        A connection that is closed while bytes still arrive is reset, and the last answer lost with it: to a
        caller who is not done only our half is closed, the other one a little later.
        """
        self._uncork()
        if not self.is_closing() and self._sends_still() and self._transport.can_write_eof():
            self._left = True
            self._transport.write_eof()
            self._loop.call_later(LINGER_S, self._transport.abort)
        elif not self._left:
            self._transport.close()

    def _uncork(self) -> None:
        if self._parts:
            data = b"".join(self._parts)
            self._parts.clear()
            if not self.is_closing():  # else nobody is there to read it
                self._transport.write(data)

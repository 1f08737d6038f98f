"""Answers that leave in one write: uvicorn writes head and body apart, and each write is a system call.

At a few hundred bytes an answer the call costs more than everything else about sending it.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

#: In a request's scope: drops the connection, and what was written and not taken yet.
ABORT = "abort"
_NO_LINGER = struct.pack("ii", 1, 0)


class CorkedProtocol(HttpToolsProtocol):
    """uvicorn's protocol on a transport that gathers what one turn of the loop writes."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(_Corked(transport, self.loop))  # type: ignore[arg-type]

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope[ABORT] = self._abort  # type: ignore[literal-required]

    def _abort(self) -> None:
        """At once: otherwise the system goes on offering what was written to one who takes nothing."""
        if (found := self.transport.get_extra_info("socket")) is not None:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self.transport.abort()


class _Corked:
    """A transport that writes once a turn; all else is the transport's own."""

    __slots__ = ("_loop", "_parts", "_transport")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._parts: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Written at the end of this turn of the loop, with whatever else is written until then."""
        if not self._parts:
            self._loop.call_soon(self._uncork)
        self._parts.append(data)

    def close(self) -> None:
        """What was written leaves first."""
        self._uncork()
        self._transport.close()

    def _uncork(self) -> None:
        if self._parts:
            data = b"".join(self._parts)
            self._parts.clear()
            self._transport.write(data)

"""The hop to the services: kept HTTP/1.1 connections over unix sockets or TCP, one request at a time on each.

A protocol of our own over httptools: every request goes this way, and a general client takes longer for it
than all the rest of the gateway.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple, cast
from urllib.parse import urlsplit

import httptools
import msgspec

from contracts.problem import UpstreamUnavailable, said

#: More than any answer holds; a larger one is cut off instead of filling the memory.
REPLY_LIMIT_BYTES = 16 * 1024 * 1024
CONNECT_TIMEOUT_S = 1.0

Pairs = Sequence[tuple[bytes, bytes]]


class Reply(NamedTuple):
    """What a service answered; header names are in lower case."""

    status: int
    headers: Pairs
    body: bytes

    def json(self) -> Any:
        return msgspec.json.decode(self.body)


class Client:
    """One service. `url` is `http://host:port` or `unix:/path`."""

    def __init__(self, name: str, url: str, timeout_ms: int, connections: int) -> None:
        self.name = name
        self._url = url
        self._timeout_s = timeout_ms / 1000
        self._room = asyncio.Semaphore(connections)
        self._idle: list[_Connection] = []
        self._closed = False

    async def ask(
        self,
        method: str,
        target: str,
        headers: Pairs,
        body: bytes = b"",
        *,
        safe_to_repeat: bool = False,
        timeout_s: float | None = None,
    ) -> Reply:
        """One call; UpstreamUnavailable when no answer came in time.

        A kept connection may be closed by the other side while we write: a call that is safe to repeat (a
        read, or one with an idempotency key) is then made once more, on a fresh connection.
        """
        request = _request(method, target, headers, body)
        timeout_s = timeout_s or self._timeout_s
        await self._enter(timeout_s)
        try:
            try:
                return await self._once(request, timeout_s, fresh=False)
            except ConnectionError as error:
                if not safe_to_repeat:
                    raise UpstreamUnavailable(
                        said("{service} cannot be reached", service=self.name)
                    ) from error
            return await self._once(request, timeout_s, fresh=True)
        except TimeoutError as error:
            raise UpstreamUnavailable(said("{service} did not answer in time", service=self.name)) from error
        except OSError as error:
            raise UpstreamUnavailable(said("{service} cannot be reached", service=self.name)) from error
        finally:
            self._room.release()

    async def close(self) -> None:
        """Close what is kept; calls under way finish."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()

    async def _enter(self, timeout_s: float) -> None:
        if not self._room.locked():
            await self._room.acquire()
            return
        try:
            await asyncio.wait_for(self._room.acquire(), timeout_s)
        except TimeoutError as error:
            raise UpstreamUnavailable(said("{service} has too much to do", service=self.name)) from error

    async def _once(self, request: bytes, timeout_s: float, *, fresh: bool) -> Reply:
        connection = self._idle.pop() if self._idle and not fresh else await self._open()
        try:
            reply = await connection.ask(request, timeout_s)
        except BaseException:
            # An answer that still comes must not be taken for the next request's.
            connection.close()
            raise
        if connection.reusable and not self._closed:
            self._idle.append(connection)
        else:
            connection.close()
        return reply

    async def _open(self) -> _Connection:
        loop = asyncio.get_running_loop()

        def make() -> _Connection:
            return _Connection(loop, self._idle)

        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            if self._url.startswith("unix:"):
                _, connection = await loop.create_unix_connection(make, self._url.removeprefix("unix:"))
            else:
                parts = urlsplit(self._url)
                host, port = parts.hostname or "", parts.port or 80
                _, connection = await loop.create_connection(make, host, port)
        return connection


class _Connection(asyncio.Protocol):
    """One kept connection; the callbacks below `data_received` are httptools'."""

    def __init__(self, loop: asyncio.AbstractEventLoop, idle: list[_Connection]) -> None:
        self._loop = loop
        self._idle = idle
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Reply] | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._headers: list[tuple[bytes, bytes]] = []
        self._chunks: list[bytes] = []
        self._size = 0
        self.reusable = True

    async def ask(self, request: bytes, timeout_s: float) -> Reply:
        """Send the request, wait for its answer. ConnectionError, TimeoutError."""
        if self._transport is None:
            raise ConnectionResetError("closed by the other side")
        waiting: asyncio.Future[Reply] = self._loop.create_future()
        self._waiting = waiting
        self._transport.write(request)
        timer = self._loop.call_later(timeout_s, self._fail, TimeoutError())
        try:
            return await waiting
        finally:
            timer.cancel()
            self._waiting = None

    def close(self) -> None:
        self.reusable = False
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are none of asyncio's by class, only by what they do.
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.reusable, self._transport = False, None
        if self in self._idle:
            self._idle.remove(self)
        self._fail(ConnectionResetError("closed by the other side"))

    def data_received(self, data: bytes) -> None:
        self._size += len(data)
        if self._waiting is None or self._size > REPLY_LIMIT_BYTES:
            self._broken("an answer that was not asked for, or one too large")
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._broken(str(error))

    def on_message_begin(self) -> None:
        if self._waiting is None or self._waiting.done():
            self.reusable = False  # it says more than it was asked

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers.append((name.lower(), value))

    def on_body(self, body: bytes) -> None:
        self._chunks.append(body)

    def on_message_complete(self) -> None:
        chunks = self._chunks
        body = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        reply = Reply(self._parser.get_status_code(), self._headers, body)
        self.reusable = self.reusable and self._parser.should_keep_alive()
        self._headers, self._chunks, self._size = [], [], 0
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(reply)

    def _broken(self, why: str) -> None:
        self._fail(ConnectionAbortedError(why))
        self.close()

    def _fail(self, error: Exception) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(error)


#: Deleted from whatever a caller sent before it goes into a line of the request.
_CONTROLS = bytes([*range(9), *range(10, 32), 127])


def _request(method: str, target: str, headers: Pairs, body: bytes) -> bytes:
    lines = [f"{method} {target} HTTP/1.1\r\nhost: upstream".encode("ascii")]
    lines += [name + b": " + value.translate(None, _CONTROLS) for name, value in headers]
    if body or method in ("POST", "PATCH", "PUT"):
        lines.append(b"content-length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body

"""One reader's answer, as long as it lasts: written as quickly as the reader takes it."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from gateway.edge.feed import lines, window
from gateway.edge.feed.hub import Hub, Reader
from kit.app import ABORT
from kit.edge import Receive, Scope, Send
from kit.identity import Caller
from kit.telemetry import log, words_of
from kit.work import Work, passes

ROWS_A_PAGE = 100
#: Those that read the window at the same time, on the connections that everything else here needs too.
READ_AT_ONCE = 3
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


class Pace(NamedTuple):
    """How often a reader hears something, and how long it may leave what is written untaken."""

    heartbeat_s: float
    write_timeout_s: float


class Pages:
    """Reads the window for those that are behind."""

    def __init__(self, work: Work, hub: Hub) -> None:
        self._work = work
        self._hub = hub
        self._room = asyncio.Semaphore(READ_AT_ONCE)

    async def next(self, reader: Reader) -> bytes:
        """What comes after what this reader was told; attached to the hub once that is all."""
        place = self._hub.position
        async with self._room, self._work.read() as conn:
            rows = await window.rows_after(
                conn, reader.merchant_id, reader.store_id, reader.number, place, ROWS_A_PAGE
            )
            whole = len(rows) < ROWS_A_PAGE
            number = await window.number_up_to(conn, reader.merchant_id, place) if whole else rows[-1].number
        reader.read_up_to(number)
        if whole:
            self._hub.attach(reader, place)
        return lines.events(rows)


class Stream:
    """An answer that goes on. `began` is what it says first."""

    def __init__(
        self, reader: Reader, caller: Caller, authorization: bytes, began: bytes, pages: Pages, pace: Pace
    ) -> None:
        self.reader = reader
        self.caller = caller
        self.authorization = authorization
        self._began = began
        self._pages = pages
        self._pace = pace

    async def run(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Until the reader leaves, is too slow, may not listen any more, or we end."""
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        leaving = asyncio.create_task(self._until_left(receive))
        try:
            await self._write(send, self._began)
            await self._go_on(send)
            async with asyncio.timeout(self._pace.write_timeout_s):
                await send({"type": "http.response.body", "body": b""})
        except TimeoutError:
            # What it did not take is kept for it in the window, not here.
            if (abort := scope.get(ABORT)) is not None:
                abort()
        finally:
            leaving.cancel()

    async def _go_on(self, send: Send) -> None:
        reader, clock = self.reader, asyncio.get_running_loop().time
        beat_at = clock() + self._pace.heartbeat_s
        while not reader.ended:
            reader.woken.clear()
            if clock() >= beat_at:
                beat_at = clock() + self._pace.heartbeat_s
                told = not reader.behind and not reader.has_rows
                await self._write(send, lines.heartbeat(reader.number if told else None))
            elif reader.behind:
                await self._write(send, await self._page())
            elif reader.has_rows:
                await self._write(send, lines.events(reader.take()))
            else:
                await _until(reader.woken, beat_at - clock())

    async def _page(self) -> bytes:
        try:
            return await self._pages.next(self.reader)
        except Exception as error:
            if not passes(error):
                raise
            log.warning("the feed's window cannot be read, its reader is sent away: %s", words_of(error))
            self.reader.end()
            return b""

    async def _write(self, send: Send, chunk: bytes) -> None:
        """TimeoutError when the reader takes nothing."""
        if chunk:
            async with asyncio.timeout(self._pace.write_timeout_s):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})

    async def _until_left(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.reader.end()


async def _until(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return

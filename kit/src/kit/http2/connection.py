"""One HTTP/2 connection, in the part of the client.

General clients give up every request in flight when a GOAWAY comes. It only says which ones the server did
not begin with: those may be sent again elsewhere, the others are finished here.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, cast

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import (
    DataReceived,
    RemoteSettingsChanged,
    ResponseReceived,
    StreamEnded,
    StreamReset,
    WindowUpdated,
)
from h2.exceptions import H2Error

from kit.http import Reply
from kit.outward import NoAnswer
from kit.telemetry import log

ANSWER_LIMIT_BYTES = 64 * 1024
STREAM_IDS = 2**30
_HEAD_BYTES, _LONGEST_FRAME_BYTES, _GOAWAY = 9, 1 << 16, 7


class GoneAway(NoAnswer):
    """The server sent us away and said why."""


class NotBegun(NoAnswer):
    """The server did not begin with this request; it may be sent anew."""


class _Stream:
    def __init__(self) -> None:
        self.done: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self.headers: dict[str, str] = {}
        self.body = bytearray()

    def fail(self, error: NoAnswer) -> None:
        if not self.done.done():
            self.done.set_exception(error)


class Connection(asyncio.Protocol):
    """One connection; retired by GOAWAY, it finishes what the server began with."""

    def __init__(self, in_flight: int, sent_away: Callable[[str], None]) -> None:
        self._h2 = H2Connection(H2Configuration(client_side=True, header_encoding="utf-8"))
        self._in_flight = in_flight
        self._sent_away = sent_away
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._streams: dict[int, _Stream] = {}
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._buffer = bytearray()
        self._flushing = False
        self._heard_at = 0.0
        self.takes_more = True
        #: Done when the server told its settings.
        self.ready: asyncio.Future[None] = self._loop.create_future()

    # -- asking

    async def ask(self, head: list[tuple[str, str]], body: bytes) -> Reply:
        await self._wait_until(lambda: len(self._streams) < self._limit())
        if not self.takes_more:
            raise NotBegun("retired")
        began, stream_id = self._loop.time(), self._h2.get_next_available_stream_id()
        stream = self._streams[stream_id] = _Stream()
        self.takes_more = stream_id < STREAM_IDS
        try:
            self._h2.send_headers(stream_id, head, end_stream=not body)
            await self._send_body(stream_id, body)
            self._flush_soon()
            return await stream.done
        except H2Error as error:
            # The server ended the stream while we wrote: its own words are the better ones.
            if stream.done.done():
                return stream.done.result()
            raise NoAnswer(type(error).__name__) from None
        except asyncio.CancelledError:
            self._given_up(stream_id, silent=self._heard_at < began)
            raise
        finally:
            self._forget(stream_id)

    async def _send_body(self, stream_id: int, body: bytes) -> None:
        while body:
            await self._wait_until(
                lambda: not self.takes_more or self._h2.local_flow_control_window(stream_id) > 0
            )
            room = min(self._h2.local_flow_control_window(stream_id), self._h2.max_outbound_frame_size)
            if room <= 0:
                raise NoAnswer("retired")
            self._h2.send_data(stream_id, body[:room], end_stream=room >= len(body))
            body = body[room:]

    def _limit(self) -> int:
        return min(self._in_flight, self._h2.remote_settings.max_concurrent_streams)

    async def _wait_until(self, good: Callable[[], bool]) -> None:
        """Until this holds, or nothing more is taken here."""
        while self.takes_more and not good():
            turn: asyncio.Future[None] = self._loop.create_future()
            self._waiting.append(turn)
            await turn

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, deque()
        for turn in waiting:
            if not turn.done():
                turn.set_result(None)

    def _given_up(self, stream_id: int, silent: bool) -> None:
        """Nobody waits for it any more; on a connection that is silent since, nothing is to be hoped for."""
        if silent:
            self.end(NoAnswer("silent"))
            return
        with suppress(H2Error):  # it ended by itself meanwhile
            self._h2.reset_stream(stream_id, ErrorCodes.CANCEL)
            self._flush_soon()

    def _forget(self, stream_id: int) -> None:
        self._streams.pop(stream_id, None)
        if not self.takes_more and not self._streams and self._transport is not None:
            self._flush()
            self._transport.close()
        elif self._waiting:
            self._wake()

    # -- the wire

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are of no class of asyncio's.
        self._transport = cast(asyncio.Transport, transport)
        tls = transport.get_extra_info("ssl_object")
        if tls is None or tls.selected_alpn_protocol() != "h2":
            self.end(NoAnswer("no-http2"))
            return
        self._h2.initiate_connection()
        self._flush()

    def connection_lost(self, error: Exception | None) -> None:
        self._end_all(NoAnswer("connection-lost" if error is None else type(error).__name__))

    def data_received(self, data: bytes) -> None:
        self._heard_at = self._loop.time()
        self._buffer += data
        try:
            for kind, frame in self._frames():
                if kind == _GOAWAY:
                    self._go(frame[_HEAD_BYTES:])
                else:
                    for event in self._h2.receive_data(frame):
                        self._take(event)
        except H2Error as error:
            self._flush()
            self.end(NoAnswer(type(error).__name__))
            return
        self._flush()

    def _frames(self) -> Iterator[tuple[int, bytes]]:
        """Whole frames, GOAWAY by itself: after one, h2 would take nothing more from this connection."""
        while len(self._buffer) >= _HEAD_BYTES:
            size = _HEAD_BYTES + int.from_bytes(self._buffer[:3], "big")
            if size > _LONGEST_FRAME_BYTES:
                self.end(NoAnswer("frame-too-large"))
                return
            if len(self._buffer) < size:
                return
            frame = bytes(self._buffer[:size])
            del self._buffer[:size]
            yield frame[3], frame

    def _take(self, event: Any) -> None:
        stream = self._streams.get(getattr(event, "stream_id", 0))
        match event:
            case ResponseReceived() if stream is not None:
                stream.headers = {str(name): str(value) for name, value in event.headers}
            case DataReceived():
                self._h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                if stream is not None:
                    stream.body += event.data
                    if len(stream.body) > ANSWER_LIMIT_BYTES:
                        stream.fail(NoAnswer("answer-too-large"))
            case StreamEnded() if stream is not None and not stream.done.done():
                status = stream.headers.pop(":status", "")
                if status.isdigit():
                    stream.done.set_result(Reply(int(status), stream.headers, bytes(stream.body)))
                stream.fail(NoAnswer("no-status"))
            case StreamReset() if stream is not None:
                refused = event.error_code == ErrorCodes.REFUSED_STREAM
                stream.fail(NotBegun("refused") if refused else NoAnswer("reset"))
            case RemoteSettingsChanged():
                if not self.ready.done():
                    self.ready.set_result(None)
                self._wake()
            case WindowUpdated():
                self._wake()

    def _go(self, payload: bytes) -> None:
        """The server takes nothing more: what it did not begin with is sent elsewhere, or not at once."""
        last, code, said = int.from_bytes(payload[:4], "big") & 0x7FFFFFFF, payload[4:8], payload[8:]
        is_fault = int.from_bytes(code, "big") != ErrorCodes.NO_ERROR
        reason = _reason(said) or ("fault" if is_fault else "")
        if reason:
            log.warning("a server outside sent us away: %s", reason)
            self._sent_away(f"sent-away {reason}")
        self.takes_more = False
        for stream_id, stream in self._streams.items():
            if stream_id > last:
                stream.fail(GoneAway(f"sent-away {reason}") if reason else NotBegun("sent-away"))
        self._wake()
        if not self._streams and self._transport is not None:
            self._transport.close()

    def _flush_soon(self) -> None:
        """What is asked in one turn of the loop goes out in one write."""
        if not self._flushing:
            self._flushing = True
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._flushing = False
        data = self._h2.data_to_send()
        if data and self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def end(self, error: NoAnswer) -> None:
        self._end_all(error)
        if self._transport is not None:
            self._transport.abort()

    def _end_all(self, error: NoAnswer) -> None:
        self.takes_more = False
        for stream in self._streams.values():
            stream.fail(error)
        if not self.ready.done():
            self.ready.set_exception(error)
            self.ready.exception()  # whoever connected may have left
        self._wake()


def _reason(said: bytes) -> str:
    """`{"reason": "…"}`, as some servers say why; empty when it says nothing that is a word."""
    try:
        found = json.loads(said[:1000])
    except ValueError:
        return ""
    reason = found.get("reason") if isinstance(found, dict) else None
    return reason if isinstance(reason, str) and reason.isascii() and reason.isalnum() else ""

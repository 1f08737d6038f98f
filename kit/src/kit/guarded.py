"""uvicorn's protocol with bounds: on heads, framing, time and on what one connection may do in a turn.

What breaks them, or is not HTTP, is answered with a problem, and the connection ends.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections import deque
from typing import Any, cast

import httptools
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from contracts.problem import MalformedRequest, Refusal, said
from kit import telemetry
from kit.corked import Corked
from kit.edge import Answer, Edge, Scope
from kit.errors import HeadTooLarge, TooSlow

HEAD_LIMIT_BYTES = 32 * 1024
HEADERS_LIMIT = 100
#: What surrounds a body's bytes: sizes of chunks, their extensions, trailers.
FRAMING_LIMIT_BYTES = 32 * 1024
#: One connection's share of a turn of the loop; what it sent beyond waits for the next.
SLICE_BYTES = 4096
#: More than this is not taken from a caller who was told already that nobody listens.
UNHEARD_LIMIT_BYTES = 1024 * 1024

#: In a request's scope: drops the connection, and what was written and not taken yet.
ABORT = "abort"
_NO_LINGER = struct.pack("ii", 1, 0)

#: Where the parser is: between requests, in a head, in what follows it.
_BETWEEN, _HEAD, _BODY = 0, 1, 2
#: Takes trailers: they are no headers, and nobody asked for them.
_NOWHERE: Any = deque(maxlen=0)


class GuardedProtocol(HttpToolsProtocol):
    """One connection of a caller whom nobody trusts."""

    flow: _Flow

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._edge = cast(Edge, self.config.app)
        self._place = _BETWEEN
        #: Bytes of the head, or of what frames the body. A slice less where others' bytes may be among them.
        self._wire = 0
        #: Bytes of a body that the parser leaves to us: behind a wish to upgrade it expects none.
        self._unparsed = 0
        self._deadline: asyncio.TimerHandle | None = None
        self._deadline_of = _BETWEEN
        self._held = bytearray()
        self._goes_on = False
        self._deaf = False
        self._unheard = 0
        self._why: Refusal | None = None
        self._parting: bytes | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(Corked(transport, self.loop, self._leave))  # type: ignore[arg-type]
        self.flow = _Flow(self.transport)
        # Who has said nothing yet is as idle as who has nothing more to say.
        self.timeout_keep_alive_task = self.loop.call_later(
            self.timeout_keep_alive, self.timeout_keep_alive_handler
        )

    def connection_lost(self, exc: Exception | None) -> None:
        self._deafen()
        self._unset_keepalive_if_required()
        super().connection_lost(exc)

    # -- bytes, a slice a turn

    def data_received(self, data: bytes) -> None:
        if self._deaf:
            self._unheard += len(data)
            if self._unheard > UNHEARD_LIMIT_BYTES:
                self.transport.abort()
        elif self._held or self.pipeline or len(data) > SLICE_BYTES:
            self._held += data
            self.flow.hold()
            self._go_on_soon()
        else:
            self._feed(data)

    def _go_on_soon(self) -> None:
        if not self._goes_on and not self.pipeline:
            self._goes_on = True
            self.loop.call_soon(self._go_on)

    def _go_on(self) -> None:
        self._goes_on = False
        if self._deaf:
            return
        part = bytes(self._held[:SLICE_BYTES])
        del self._held[:SLICE_BYTES]
        self._feed(part)
        if self._held:
            self._go_on_soon()
        elif not self._deaf:
            self.flow.release()

    def _feed(self, data: bytes) -> None:
        self._unset_keepalive_if_required()
        if not self._place:
            self._place, self._wire = _HEAD, 0
        rest = data
        try:
            while rest:
                rest = self._parse(rest)
        except httptools.HttpParserError:
            self._refuse(self._why or MalformedRequest("this is not HTTP/1.1"))
        if self._place and not self._deaf:
            self._look_at_unfinished(len(data))

    def _parse(self, data: bytes) -> bytes:
        """What is left where the parser stopped: behind a wish to upgrade, which nobody here grants."""
        if self._unparsed:
            body = data[: self._unparsed]
            self._unparsed -= len(body)
            self.on_body(body)
            if not self._unparsed:
                self.on_message_complete()
            return data[len(body) :]
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            return data[upgrade.args[0] :]
        return b""

    def _look_at_unfinished(self, size: int) -> None:
        self._wire += size
        if self._wire >= (HEAD_LIMIT_BYTES if self._place == _HEAD else FRAMING_LIMIT_BYTES):
            self._refuse(_too_large())
        elif self._deadline is None or self._deadline_of != self._place:
            self._set_deadline()

    # -- time

    def _set_deadline(self) -> None:
        self._unset_deadline()
        self._deadline_of = self._place
        settings = self._edge.settings
        timeout_s = (
            settings.request_head_timeout_s if self._place == _HEAD else settings.request_body_timeout_s
        )
        self._deadline = self.loop.call_later(timeout_s, self._be_late)

    def _unset_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _be_late(self) -> None:
        if self.flow.read_paused:
            self._set_deadline()  # it is we who do not listen
        else:
            self._refuse(TooSlow(said("the request did not arrive in time")))

    # -- what the parser tells

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope[ABORT] = self._abort  # type: ignore[literal-required]
        self._place = _HEAD

    def on_headers_complete(self) -> None:
        if len(self.headers) > HEADERS_LIMIT:
            self._stop(_too_large())
        if self.parser.should_upgrade():
            self._ignore_upgrade()
        super().on_headers_complete()
        self._place, self._wire = _BODY, -SLICE_BYTES
        self.headers = _NOWHERE

    def _ignore_upgrade(self) -> None:
        headers = dict(self.headers)
        if self.parser.get_method() == b"CONNECT" or b"transfer-encoding" in headers:
            self._stop(MalformedRequest("connections are not upgraded here"))
        self._unparsed = int(headers.get(b"content-length", b"0"))

    def _should_upgrade(self) -> bool:
        return False

    def _stop(self, why: Refusal) -> None:
        """Ends the parser in the midst of what it does."""
        self._why = why
        raise ValueError(why)

    def on_body(self, body: bytes) -> None:
        self._wire -= len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        if self._unparsed:
            return
        super().on_message_complete()
        self._place, self._wire = _BETWEEN, -SLICE_BYTES
        if self._deadline is not None:
            self._unset_deadline()

    # -- the end

    def on_response_complete(self) -> None:
        if self._place == _BODY and self.cycle.response_complete:
            self.transport.close()  # it was refused before it was there: the rest is not waited for
        last = not self.pipeline
        super().on_response_complete()
        if last and self._parting is not None:
            self._part(self._parting)
        elif self._held:
            self._go_on_soon()

    def _refuse(self, refusal: Refusal) -> None:
        """Say why, in its turn, and end the connection."""
        telemetry.broken_requests.labels(str(refusal.status)).inc()
        self._deafen()
        self.flow.release()
        scope = cast(Scope, self.scope) if self._place == _BODY else None
        parting = _bytes_of(self._edge.broken(refusal, scope))
        if self._is_busy():
            self._parting = parting
        elif scope is not None and self.cycle.response_started:
            self.transport.close()
        else:
            self._part(parting)

    def _is_busy(self) -> bool:
        """Whether other requests are still to be answered; the one that is broken will not be."""
        cycle = self.cycle
        if self._place != _BODY:
            return bool(cycle) and not cycle.response_complete
        cycle.disconnected = True
        cycle.message_event.set()
        if self.pipeline and self.pipeline[0][0] is cycle:
            self.pipeline.popleft()
            return True
        return False

    def _part(self, words: bytes) -> None:
        self._parting = None
        self._unset_keepalive_if_required()
        self.transport.write(words)
        self.transport.close()

    def _abort(self) -> None:
        """At once: otherwise the system goes on offering what was written to one who takes nothing."""
        if (found := self.transport.get_extra_info("socket")) is not None:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self.transport.abort()

    def _leave(self) -> bool:
        """From here on nothing is heard. True when the caller is not done yet."""
        sends = self._deaf or self._place != _BETWEEN
        self._deafen()
        return sends

    def _deafen(self) -> None:
        self._deaf = True
        self._held.clear()
        self._unset_deadline()


class _Flow(FlowControl):
    """Reading stays paused while there is enough that was read and not looked at."""

    _holding = False

    def hold(self) -> None:
        self._holding = True
        self.pause_reading()

    def release(self) -> None:
        self._holding = False
        self.resume_reading()

    def resume_reading(self) -> None:
        if not self._holding:
            super().resume_reading()


def _too_large() -> Refusal:
    return HeadTooLarge(
        said(
            "a head may have {kib} KiB and {headers} headers, and what frames a body {kib} KiB",
            kib=HEAD_LIMIT_BYTES // 1024,
            headers=HEADERS_LIMIT,
        )
    )


def _bytes_of(answer: Answer) -> bytes:
    lines = b"".join(b"%s: %s\r\n" % pair for pair in answer.headers)
    return b"%s%s\r\n%s" % (STATUS_LINE[answer.status], lines, answer.body)

"""One server outside over one kept HTTP/2 connection: hundreds of requests in flight, and GOAWAY as meant."""

from __future__ import annotations

import asyncio
import ssl
import tempfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from kit.http import Reply
from kit.http2.connection import Connection, GoneAway, NotBegun
from kit.outward import NoAnswer, trust

__all__ = ["GoneAway", "Http2", "NoAnswer", "client_context"]

CONNECT_TIMEOUT_S, CONNECT_PAUSE_S = 5.0, 1.0


class Http2:
    """`context` as `client_context` makes it. What cannot be answered in time is NoAnswer."""

    def __init__(
        self, url: str, context: ssl.SSLContext, *, timeout_s: float = 10.0, in_flight: int = 500
    ) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 443
        self._authority = parts.netloc
        self._context = context
        self._timeout_s = timeout_s
        self._in_flight = in_flight
        self._connecting = asyncio.Lock()
        self._not_before = 0.0
        self._why = ""
        self._current: Connection | None = None
        #: How often it was connected.
        self.connections = 0

    async def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Reply:
        """One request. NoAnswer when no whole answer came in time, GoneAway when the server sent us away."""
        head = [
            (":method", method),
            (":scheme", "https"),
            (":authority", self._authority),
            (":path", path),
            *headers.items(),
        ]
        try:
            async with asyncio.timeout(self._timeout_s):
                try:
                    return await (await self._connected()).ask(head, body)
                except NotBegun:
                    return await (await self._connected()).ask(head, body)
        except TimeoutError:
            raise NoAnswer("timed-out") from None

    async def close(self) -> None:
        """Who still waits gets no answer."""
        if self._current is not None:
            self._current.end(NoAnswer("closed"))

    async def _connected(self) -> Connection:
        if self._current is not None and self._current.takes_more:
            return self._current
        async with self._connecting:
            if self._current is None or not self._current.takes_more:
                self._current = await self._connect()
            return self._current

    async def _connect(self) -> Connection:
        """At most one try a second: whoever asks in between is told what the last one came to."""
        loop = asyncio.get_running_loop()
        if loop.time() < self._not_before:
            raise NoAnswer(self._why)
        self._not_before = loop.time() + CONNECT_PAUSE_S
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                _, connection = await loop.create_connection(
                    lambda: Connection(self._in_flight, self._sent_away),
                    self._host,
                    self._port,
                    ssl=self._context,
                    server_hostname=self._host,
                )
                await connection.ready
        except (OSError, TimeoutError) as error:
            # NoAnswer is one too; its words are the better ones.
            self._why = str(error) if isinstance(error, NoAnswer) else type(error).__name__
            raise NoAnswer(self._why) from None
        self.connections += 1
        self._not_before = 0.0
        return connection

    def _sent_away(self, reason: str) -> None:
        """For a fault of ours, or theirs: not at once again."""
        self._why = reason
        self._not_before = asyncio.get_running_loop().time() + CONNECT_PAUSE_S


def client_context(*, certificate: str, intermediate: str, key: str, ca: str | None = None) -> ssl.SSLContext:
    """TLS with a certificate of our own and its intermediate; PEM texts. Only HTTP/2 is offered.

    `ssl` reads keys from files only: this one is there for a moment, for us alone.
    """
    context = trust(ca)
    context.set_alpn_protocols(["h2"])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "client.pem"
        file.touch(mode=0o600)
        file.write_text(f"{key}\n{certificate}\n{intermediate}")
        context.load_cert_chain(file)
    return context

"""Outward HTTP: one client per upstream, kept connections, a time-out on every call, unix sockets too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

import aiohttp
import msgspec

from contracts.problem import UpstreamUnavailable, said
from kit.identity import Signer
from kit.telemetry import trace


class Reply(NamedTuple):
    """What an upstream answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return msgspec.json.decode(self.body)


class Upstream:
    """One service of the platform, or another server. `url` is `http://…` or `unix:/path`."""

    def __init__(self, name: str, url: str, timeout_ms: int = 2000, connections: int = 64) -> None:
        self.name = name
        self._socket = url.removeprefix("unix:") if url.startswith("unix:") else None
        self._base = "http://upstream" if self._socket else url.rstrip("/")
        self._timeout = aiohttp.ClientTimeout(total=timeout_ms / 1000)
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector: aiohttp.BaseConnector
            if self._socket:
                connector = aiohttp.UnixConnector(self._socket, limit=self._connections)
            else:
                connector = aiohttp.TCPConnector(limit=self._connections, ttl_dns_cache=60)
            self._session = aiohttp.ClientSession(
                connector=connector,
                timeout=self._timeout,
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
        *,
        timeout_ms: int | None = None,
        safe_to_repeat: bool = False,
    ) -> Reply:
        """One call; UpstreamUnavailable when no answer came in time.

        A kept connection may have been closed by the other side meanwhile: a call that is safe to repeat (a
        read, or one with an idempotency key) is then made once more.
        """
        timeout = aiohttp.ClientTimeout(total=timeout_ms / 1000) if timeout_ms else self._timeout
        try:
            return await self._ask(method, path, headers, body, timeout)
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as error:
            if not safe_to_repeat:
                raise UpstreamUnavailable(said("{service} cannot be reached", service=self.name)) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise UpstreamUnavailable(said("{service} did not answer in time", service=self.name)) from error
        try:
            return await self._ask(method, path, headers, body, timeout)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise UpstreamUnavailable(said("{service} cannot be reached", service=self.name)) from error

    async def _ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes | None,
        timeout: aiohttp.ClientTimeout,
    ) -> Reply:
        async with self._open().request(
            method, self._base + path, headers=headers, data=body, timeout=timeout, allow_redirects=False
        ) as response:
            return Reply(response.status, response.headers, await response.read())


class Peer:
    """Another service of the platform, asked in this service's own name."""

    def __init__(self, upstream: Upstream, signer: Signer) -> None:
        self._upstream = upstream
        self._signer = signer

    async def get(self, path: str) -> Any | None:
        """The JSON at this path; None for a 404. UpstreamUnavailable for anything but 200."""
        reply = await self._upstream.ask("GET", path, self._headers(), safe_to_repeat=True)
        return self._read(reply)

    async def post(self, path: str, body: Any) -> Any | None:
        """The JSON that is answered to this question, one too long for an address; None for a 404.

        UpstreamUnavailable for anything but 2xx. Services only ask each other: it may be asked twice.
        """
        headers, asked = {**self._headers(), "content-type": "application/json"}, msgspec.json.encode(body)
        return self._read(await self._upstream.ask("POST", path, headers, asked, safe_to_repeat=True))

    async def state(self, kind: str, thing_id: UUID) -> Mapping[str, Any] | None:
        """The whole state of one thing that this peer owns (`/internal/states/{kind}/{id}`)."""
        found: Mapping[str, Any] | None = await self.get(f"/internal/states/{kind}/{thing_id}")
        return found

    def _headers(self) -> dict[str, str]:
        current = trace.get()
        ids = (
            {"x-request-id": current.request_id, "traceparent": current.traceparent}
            if current.request_id
            else {}
        )
        return {"authorization": f"Bearer {self._signer.internal()}", **ids}

    def _read(self, reply: Reply) -> Any | None:
        if reply.status == 404:
            return None
        if not 200 <= reply.status < 300:
            raise UpstreamUnavailable(
                said("{service} answered {status}", service=self._upstream.name, status=reply.status)
            )
        return reply.json()

"""Requests to the world outside: bounded in time, size and connections; no redirect is followed."""

from __future__ import annotations

import asyncio
import ssl
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

from kit.http import Reply


@contextmanager
def _without(module: str) -> Iterator[None]:
    """Import something as if this optional dependency of it were not installed."""
    there = sys.modules.get(module)
    sys.modules[module] = None  # type: ignore[assignment] # as the import system documents it
    try:
        yield
    finally:
        if there is None:
            del sys.modules[module]
        else:
            sys.modules[module] = there


# For its command line it brings along what colours texts, where that is installed: 3 MB, used by nobody.
with _without("pygments"):
    import httpx

CONNECT_TIMEOUT_S = 5.0
ANSWER_LIMIT_BYTES = 1024 * 1024


class NoAnswer(ConnectionError):
    """No whole answer came: refused, broken off, too late. Its words name the kind, never an address."""


class NoAddress(ValueError):
    """This is no address of the web that could be asked. Its words hold no part of it."""


class AnswerTooLarge(Exception):
    """The answer is larger than it may be; the rest of it was not read."""


class Outward:
    """Servers of others, asked over HTTPS (or HTTP, where one is named so).

    `ca`: PEM of authorities to trust beside the public ones. Proxies of the environment are not used.
    """

    def __init__(
        self,
        timeout_s: float,
        *,
        ca: str | None = None,
        connections: int = 20,
        answer_limit_bytes: int = ANSWER_LIMIT_BYTES,
    ) -> None:
        self._timeout_s = timeout_s
        self._answer_limit_bytes = answer_limit_bytes
        self._client = httpx.AsyncClient(
            verify=trust(ca),
            timeout=httpx.Timeout(timeout_s, connect=min(CONNECT_TIMEOUT_S, timeout_s)),
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
            # What is packed could unpack to any size.
            headers={"accept-encoding": "identity"},
            follow_redirects=False,
            trust_env=False,
        )

    async def ask(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        *,
        address: str | None = None,
        timeout_s: float | None = None,
    ) -> Reply:
        """One call. NoAnswer when none came whole and in time, AnswerTooLarge beyond the limit, NoAddress.

        `address`: connect to this IP address; the host of the URL is still the one that is asked, and whose
        certificate is looked for.
        """
        try:
            request = self._request(method, url, headers or {}, body, address)
        except (httpx.InvalidURL, ValueError):
            raise NoAddress from None
        try:
            async with asyncio.timeout(timeout_s or self._timeout_s):
                return await self._read(request)
        except (httpx.HTTPError, httpx.StreamError, TimeoutError, ssl.SSLError) as error:
            raise NoAnswer(type(error).__name__) from None

    async def close(self) -> None:
        await self._client.aclose()

    def _request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, address: str | None
    ) -> httpx.Request:
        if address is None:
            return self._client.build_request(method, url, headers=headers, content=body)
        parts = httpx.URL(url)
        host = urlsplit(url).netloc.rpartition("@")[2]
        return self._client.build_request(
            method,
            parts.copy_with(host=address),
            # Not kept: another host at this address is another's, with a certificate of its own.
            headers={**headers, "host": host, "connection": "close"},
            content=body,
            extensions={"sni_hostname": parts.host},
        )

    async def _read(self, request: httpx.Request) -> Reply:
        response = await self._client.send(request, stream=True)
        try:
            if response.headers.get("content-encoding", "identity") != "identity":
                raise NoAnswer("content-encoding")
            size, parts = 0, []
            async for part in response.aiter_raw():
                size += len(part)
                if size > self._answer_limit_bytes:
                    raise AnswerTooLarge
                parts.append(part)
            return Reply(response.status_code, response.headers, b"".join(parts))
        finally:
            await response.aclose()


def trust(ca: str | None = None) -> ssl.SSLContext:
    """The public authorities, and this one."""
    context = httpx.create_ssl_context(trust_env=False)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca is not None:
        context.load_verify_locations(cadata=ca)
    return context

"""Fetches a picture from its address: checked hop by hop, connected to what was checked, bounded."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Protocol
from urllib.parse import urljoin

from kit.http import Reply
from kit.outward import AnswerTooLarge, NoAddress
from wallet.images.decoding import Kind, prepared
from wallet.images.guard import Guard, Refused

HOPS_LIMIT = 3
SIZE_LIMIT_BYTES = 2 * 1024 * 1024
TIMEOUT_S = 15.0
MEDIA_TYPES = frozenset({"image/png", "image/jpeg", "image/webp"})
_HEADERS = {"accept": ", ".join(sorted(MEDIA_TYPES)), "user-agent": "Punchcard"}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
#: Not there now, but the server says that it may be later.
_LATER = frozenset({408, 425, 429})


class Unreachable(ConnectionError):
    """No picture came; it may come later."""


class Asks(Protocol):
    """As much of `kit.outward.Outward` as is needed."""

    async def ask(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, *, address: str | None = None
    ) -> Reply: ...


class Fetcher:
    """Brings pictures."""

    def __init__(self, outward: Asks, guard: Guard) -> None:
        self._outward = outward
        self._guard = guard

    async def fetch(self, url: str, kind: Kind) -> bytes:
        """The picture as it is stored. Refused for good; Unreachable (or another OSError) for now."""
        reply = await self._reply(url)
        media_type = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type not in MEDIA_TYPES:
            raise Refused("it is not sent as a PNG, JPEG or WebP picture")
        if not 0 < len(reply.body) <= SIZE_LIMIT_BYTES:
            raise Refused("the picture is empty or larger than 2 MB")
        return await asyncio.to_thread(prepared, reply.body, kind)

    async def _reply(self, url: str) -> Reply:
        for _ in range(HOPS_LIMIT + 1):
            target = await self._guard.target(url)
            try:
                reply = await self._outward.ask("GET", target.url, _HEADERS, address=target.address)
            except AnswerTooLarge:
                raise Refused("the picture is empty or larger than 2 MB") from None
            except NoAddress:
                raise Refused("its address is no address of the web") from None
            if reply.status not in _REDIRECTS:
                return _found(reply)
            url = _joined(url, reply.headers.get("location", ""))
        raise Refused("its address leads from one to the next")


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise Refused("its address leads to one that is none of the web") from None


def _found(reply: Reply) -> Reply:
    if reply.status == 200:
        return reply
    if reply.status >= 500 or reply.status in _LATER:
        raise Unreachable(f"its server answered {reply.status}")
    raise Refused(f"its server answered {reply.status}")

"""Google's root keys for callbacks: fetched when they are needed, kept until one of them is over."""

from __future__ import annotations

import asyncio
import time

from contracts.problem import UpstreamUnavailable, said
from kit.outward import AnswerTooLarge, NoAnswer, Outward
from wallet.google.callbacks import RootKey, read_roots

#: An unknown signer makes us look for newer keys, no more often than this: anybody can send a forgery.
LOOK_AGAIN_S = 10.0
#: Keys that say that they are good for years are looked at again all the same.
LONGEST_KEPT_S = 86_400.0
FAILURE_REMEMBERED_S = 2.0


class RootKeys:
    """One fetch at a time, for whoever waits."""

    def __init__(self, outward: Outward, url: str) -> None:
        self._outward = outward
        self._url = url
        self._keys: list[RootKey] = []
        self._good_until = 0.0
        self._fetched_at = -LOOK_AGAIN_S
        self._failed_at = -FAILURE_REMEMBERED_S
        self._one_at_a_time = asyncio.Lock()

    async def known(self) -> list[RootKey]:
        """Those that are published now. UpstreamUnavailable when they cannot be had."""
        async with self._one_at_a_time:
            if time.time() >= self._good_until:
                await self._fetch()
            return self._keys

    async def newer(self) -> list[RootKey]:
        """Fetched anew, unless that was done a short while ago."""
        async with self._one_at_a_time:
            if time.monotonic() - self._fetched_at >= LOOK_AGAIN_S:
                await self._fetch()
            return self._keys

    async def _fetch(self) -> None:
        if time.monotonic() - self._failed_at < FAILURE_REMEMBERED_S:
            raise UpstreamUnavailable(said("{service} cannot be reached", service="Google"))
        try:
            reply = await self._outward.ask("GET", self._url)
            keys = read_roots(reply.json()) if reply.status == 200 else []
        except (NoAnswer, AnswerTooLarge, ValueError):
            keys = []
        if not keys:
            self._failed_at = time.monotonic()
            raise UpstreamUnavailable(said("{service} cannot be reached", service="Google"))
        self._keys = keys
        self._fetched_at = time.monotonic()
        ends_s = min(key.expires_ms for key in keys) / 1000
        # One that is over already would have us fetch with every callback.
        now = time.time()
        self._good_until = min(max(ends_s, now + LOOK_AGAIN_S), now + LONGEST_KEPT_S)

"""Works off the pictures that are wanted: claimed, fetched outside any transaction, recorded, drawn anew."""

from __future__ import annotations

import asyncio
import hashlib
import random

from contracts.programs import ProgramChanged
from kit.ids import uuid7
from kit.projection import Projection
from kit.telemetry import log
from kit.work import Work, passes
from wallet.domain import pause_s
from wallet.images.fetching import Fetcher
from wallet.images.guard import Refused
from wallet.store import mark_behind, redraw
from wallet.store import pictures as store

IDLE_S, FETCH_TIMEOUT_S, LEASE_S = 1.0, 45.0, 90.0
TRIES_LIMIT = 30
FORGET_EVERY_S = 3600.0
#: The replicas' looks have the new picture by then.
LOOKS_KNOWN_AFTER_S = 1.0


class PictureLoop:
    """One picture at a time: nobody waits for them."""

    def __init__(self, work: Work, projection: Projection, fetcher: Fetcher) -> None:
        self._work = work
        self._projection = projection
        self._fetcher = fetcher

    async def run(self) -> None:
        """For ever."""
        await self._projection.catch_up()
        async with self._work() as tx:
            await store.want(tx.conn, self._projection.all(ProgramChanged))
        forgotten_at = -FORGET_EVERY_S
        while True:
            if not await self._take_one():
                await asyncio.sleep(IDLE_S)
            now = asyncio.get_running_loop().time()
            if now - forgotten_at >= FORGET_EVERY_S:
                forgotten_at = now
                async with self._work() as tx:
                    await store.forget_unused(tx.conn)

    async def _take_one(self) -> bool:
        """Fetch one that is due; False when there is none."""
        async with self._work() as tx:
            wanted = await store.claim(tx.conn, uuid7(), LEASE_S)
        if wanted is None:
            return False
        try:
            async with asyncio.timeout(FETCH_TIMEOUT_S):
                content = await self._fetcher.fetch(wanted.url, wanted.kind)
        except Refused as refusal:
            await self._refuse(wanted, str(refusal))
        except Exception as error:  # noqa: BLE001 - whatever one picture meets, the others are fetched
            if not passes(error):
                # Its kind alone: its words may hold the address.
                log.error(
                    "a %s could not be fetched, for a fault of ours: %s", wanted.kind, type(error).__name__
                )
            await self._later(wanted, type(error).__name__)
        else:
            await self._keep(wanted, content)
        return True

    async def _keep(self, wanted: store.Wanted, content: bytes) -> None:
        digest = hashlib.sha256(content).digest()
        async with self._work() as tx:
            if await store.keep(tx.conn, wanted, digest, content) and digest != wanted.sha256:
                changed = await redraw(tx.conn, {wanted.program_id}, ())
                await mark_behind(tx.conn, changed, wait_s=LOOKS_KNOWN_AFTER_S)

    async def _refuse(self, wanted: store.Wanted, why: str) -> None:
        log.warning("the %s of program %s is not taken: %s", wanted.kind, wanted.program_id, why)
        async with self._work() as tx:
            if await store.refuse(tx.conn, wanted, why) and wanted.sha256 is not None:
                changed = await redraw(tx.conn, {wanted.program_id}, ())
                await mark_behind(tx.conn, changed, wait_s=LOOKS_KNOWN_AFTER_S)

    async def _later(self, wanted: store.Wanted, why: str) -> None:
        if wanted.tries >= TRIES_LIMIT:
            await self._refuse(wanted, f"its server could not be reached: {why}")
            return
        wait_s = pause_s(wanted.tries, random.random())  # noqa: S311 - it spreads retries, it guards nothing
        async with self._work() as tx:
            await store.later(tx.conn, wanted, why, wait_s)

"""Each program's class at Google: made before its first object, patched when the program looks new."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from uuid import UUID

from kit.work import Work
from wallet.google import rules, store
from wallet.google.calls import Answered, Calls
from wallet.google.quota import Slots
from wallet.google.rules import Look

#: For so long all passes of a program share the answer that its class met.
FAILURE_SHARED_S = 1.0


class Classes:
    """One of them is brought at a time, for whoever waits for it."""

    def __init__(self, work: Work, calls: Calls, slots: Slots, base_url: str) -> None:
        self._work = work
        self._calls = calls
        self._slots = slots
        self._base_url = base_url
        self._one_at_a_time: defaultdict[UUID, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._failed: dict[UUID, tuple[float, Answered]] = {}

    async def bring(self, look: Look, shown: store.ShownClass) -> Answered | None:
        """Google has the class as it looks now; what was answered when it has not."""
        if look.gone or self._is_shown(look, shown):
            return None
        program_id = look.program.id
        async with self._one_at_a_time[program_id]:
            failed = self._failed.pop(program_id, None)
            if failed is not None and time.monotonic() - failed[0] < FAILURE_SHARED_S:
                self._failed[program_id] = failed
                return failed[1]
            async with self._work.read() as conn:
                known = await store.find_class(conn, program_id)
            assert known is not None, "whoever brings a class has kept it"
            if self._is_shown(look, known):
                return None
            answered = await self._send(look, known)
            if answered.taken:
                return None
            self._failed[program_id] = (time.monotonic(), answered)
            return answered

    def _is_shown(self, look: Look, shown: store.ShownClass) -> bool:
        """It looks so, or somebody showed it who knew more."""
        if shown.digest is not None and shown.version > look.version:
            return True
        return shown.digest == rules.digest(rules.loyalty_class(look, shown.class_id, self._base_url))

    async def _send(self, look: Look, known: store.ShownClass) -> Answered:
        whole = rules.loyalty_class(look, known.class_id, self._base_url)
        async with self._work() as tx:
            await store.class_unsure(tx.conn, look.program.id)
        is_new = known.digest is None
        answered = await self._call(whole, is_new)
        if answered.status == (409 if is_new else 404):
            answered = await self._call(whole, not is_new)
        if answered.taken:
            async with self._work() as tx:
                await store.class_shown(tx.conn, look.program.id, rules.digest(whole), look.version)
        return answered

    async def _call(self, whole: rules.Shown, is_new: bool) -> Answered:
        async with self._slots.turn():
            if is_new:
                answered = await self._calls.insert("loyaltyClass", whole)
            else:
                patch = rules.as_patch(whole, rules.CLASS_MAY_LOSE)
                answered = await self._calls.patch("loyaltyClass", patch)
        await self._slots.heed(answered)
        return answered

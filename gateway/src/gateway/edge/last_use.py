"""When terminals called last: gathered in memory, told to auth-pins a few times a minute."""

from __future__ import annotations

import asyncio
from datetime import datetime
from uuid import UUID

from contracts.problem import UpstreamUnavailable
from kit.http import Peer
from kit.ids import instant_text, now
from kit.telemetry import log

TELL_EVERY_S = 15.0
#: Told at once, and remembered while auth-pins is away: beyond this the oldest are forgotten.
TOLD_AT_ONCE, REMEMBERED = 500, 20_000
PATH = "/internal/terminals/used"


class LastUse:
    """Notes are taken when a credential is read, not at each request: they are right to half a minute."""

    def __init__(self, auth_pins: Peer) -> None:
        self._auth_pins = auth_pins
        self._seen: dict[UUID, datetime] = {}

    def note(self, terminal_id: UUID) -> None:
        """This terminal calls now."""
        self._seen.pop(terminal_id, None)
        if len(self._seen) >= REMEMBERED:
            self._seen.pop(next(iter(self._seen)))
        self._seen[terminal_id] = now()

    async def run(self) -> None:
        """Tell what was noted, for ever."""
        while True:
            await asyncio.sleep(TELL_EVERY_S)
            while await self.tell():
                pass

    async def tell(self) -> bool:
        """Tell some; True when there may be more. While auth-pins is away they are kept."""
        told = dict(list(self._seen.items())[:TOLD_AT_ONCE])
        if not told:
            return False
        try:
            await self._auth_pins.post(PATH, {"used": {str(i): instant_text(at) for i, at in told.items()}})
        except UpstreamUnavailable as error:
            log.warning("when terminals called last is told later: %s", error)
            return False
        for terminal_id, at in told.items():
            if self._seen.get(terminal_id) == at:
                del self._seen[terminal_id]
        return True

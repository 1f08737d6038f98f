"""Rewards begin and end by the clock, and nobody tells of it: the passes that show them are drawn anew."""

from __future__ import annotations

import asyncio

from kit.telemetry import log
from kit.work import Work, passes
from wallet import commands
from wallet.store.reward_clock import turned

EVERY_S = 15.0
#: Clocks differ a little: by then a reward has begun or ended by that of every replica.
AGO_S = 2.0


async def look(work: Work, every_s: float = EVERY_S, ago_s: float = AGO_S) -> None:
    """Mark the passes of programs of which a reward began or ended since the last look."""
    async with work() as tx:
        programs = await turned(tx.conn, every_s, ago_s)
        if programs:
            await commands.note_changed_looks(tx, programs, set())


async def look_always(work: Work) -> None:
    """What could not be looked at once is looked at the next time."""
    while True:
        try:
            await look(work)
        except Exception as error:
            if not passes(error):
                raise
            log.warning("begins and ends of rewards are looked at later: %s", type(error).__name__)
        await asyncio.sleep(EVERY_S)

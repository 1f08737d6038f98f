"""The daily job: points that nobody moved for too long expire, decided as every move is."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from prometheus_client import Counter

from contracts.programs import ProgramChanged
from kit.ids import now, uuid7
from kit.projection import Projection
from kit.telemetry import log, registry, trace_of
from kit.work import Work
from ledger import store
from ledger.batches import Operation
from ledger.commands import Moves
from ledger.domain import Asker, Expire

#: How often a replica looks whether the day's job is done.
LOOK_S = 600.0
#: Accounts looked through at once, and operations that wait in a lane at once: tills go in between.
PAGE_ACCOUNTS = 5000
AT_ONCE = 50
_FIRST = UUID(int=0)

asked = Counter("ledger_expiry_accounts_total", "Accounts that the daily job asked about", registry=registry)


class Expiry:
    """Works off one UTC day at a time; whichever replica comes first does it.

    It may end anywhere: each account is decided by itself, under its lock, and expires once, however often
    it is asked about.
    """

    def __init__(self, work: Work, states: Projection, moves: Moves) -> None:
        self._work = work
        self._states = states
        self._moves = moves
        self._me = uuid7()

    async def run(self) -> None:
        """Do each day's job once, for as long as the service lives."""
        while True:
            if self._states.loaded:
                await self.run_once()
            await asyncio.sleep(LOOK_S if self._states.loaded else 1)

    async def run_once(self) -> bool:
        """Do today's job. False when it is done already, or another replica is at it."""
        async with self._work() as tx:
            day = await store.claim_expiry(await store.raw(tx.conn), self._me)
        if day is None:
            return False
        count = await self.expire()
        if count is None:
            return False
        async with self._work() as tx:
            await store.finish_expiry(await store.raw(tx.conn), self._me, day)
        log.info("expiry: looked at %s idle accounts", count)
        return True

    async def expire(self) -> int | None:
        """Ask about every account that seems to be due; how many. None when another replica took over."""
        due = self._due(now())
        count, after = 0, _FIRST
        while due:
            async with self._work() as tx:
                conn = await store.raw(tx.conn)
                if not await store.renew_expiry(conn, self._me):
                    return None
                idle, last = await store.idle_accounts(conn, due, after, PAGE_ACCOUNTS)
            for start in range(0, len(idle), AT_ONCE):
                await self._ask(idle[start : start + AT_ONCE])
            count += len(idle)
            if last is None:
                break
            after = last
        return count

    def _due(self, at: datetime) -> dict[UUID, datetime]:
        """Since when an account of each program must have been idle; programs without expiry are left out."""
        return {
            program.id: at - timedelta(days=program.points_expiration_days)
            for program in self._states.all(ProgramChanged)
            if program.points_expiration_days is not None and program.deleted_at is None
        }

    async def _ask(self, idle: Sequence[store.Idle]) -> None:
        await asyncio.gather(*(self._moves.move(_operation(account)) for account in idle))
        asked.inc(len(idle))


def _operation(account: store.Idle) -> Operation:
    return Operation(
        card=account.card_id,
        command=Expire(account.opened_at),
        asker=Asker(account.merchant_id, None),
        trace=trace_of(None, None),
        instance="expiry",
    )

"""Counts shared by replicas: every so often each adds what it counted to the database, and reads the sums."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from itertools import islice

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from gateway.edge.limits import Limits
from gateway.edge.limits.windows import Count
from kit.telemetry import log, words_of
from kit.work import passes

#: One statement, and its own transaction. Rows are added in the order of the key: two replicas that add to
#: the same sums must not wait for one another in a ring. It reads what was before; what it added comes after.
#: Counts of a moment may go with a power cut: no request's commit waits for theirs to be synced.
_EXCHANGE = text(
    """
    WITH unsynced AS (SELECT set_config('synchronous_commit', 'off', true)), added AS (
        INSERT INTO limit_counts AS held (who, slot, times, gone_at)
        SELECT * FROM unnest(CAST(:who AS bytea[]), CAST(:slot AS bigint[]), CAST(:times AS int[]),
            CAST(:gone_at AS bigint[])) ORDER BY 1, 2
        ON CONFLICT (who, slot) DO UPDATE SET times = held.times + excluded.times
        RETURNING who, slot, times)
    SELECT who, slot, times, false AS newer FROM limit_counts, unsynced
    WHERE who = ANY(CAST(:asked AS bytea[]))
    UNION ALL SELECT who, slot, times, true FROM added ORDER BY newer
    """
)
_FORGET = text("DELETE FROM limit_counts WHERE gone_at < :now")

#: More callers than this wait for the next time: a statement has its bounds, also when an outage ends.
SETTLED_AT_ONCE = 5000
FORGET_EVERY_S = 30.0
#: While the database is away, each replica counts for itself, and says so this often.
TELL_EVERY_S = 30.0


class Settling:
    """The background work of limits."""

    def __init__(self, limits: Limits, engine: AsyncEngine, every_ms: int) -> None:
        self._limits = limits
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._every_s = every_ms / 1000
        self._told_at = float("-inf")

    async def run(self) -> None:
        """Settle for ever; a database that is away stops no request."""
        loop = asyncio.get_running_loop()
        forget_at = loop.time() + FORGET_EVERY_S
        while True:
            await asyncio.sleep(self._every_s)
            forgets = loop.time() >= forget_at
            if forgets:
                forget_at = loop.time() + FORGET_EVERY_S
                self._limits.forget_old()
            try:
                await self.settle()
                if forgets:
                    await self._forget()
            except Exception as error:
                if not passes(error):
                    raise
                if loop.time() - self._told_at > TELL_EVERY_S:
                    self._told_at = loop.time()
                    log.warning("limits are counted by each replica for itself: %s", words_of(error))

    async def settle(self) -> None:
        """Add what was counted since the last time, and learn what all have counted."""
        touched = dict(islice(self._limits.touched.items(), SETTLED_AT_ONCE))
        if not touched:
            return
        for who in touched:
            del self._limits.touched[who]
        ours = {who: count.take_ours() for who, count in touched.items()}
        try:
            sums = await self._exchange(touched, ours)
        except BaseException:
            for who, count in touched.items():
                count.give_back(ours[who])
            for who, count in touched.items():
                self._limits.touched.setdefault(who, count)
            raise
        now = self._limits.clock()
        for who, count in touched.items():
            count.learn(sums.get(who, {}), now)

    async def _exchange(
        self, touched: Mapping[bytes, Count], ours: Mapping[bytes, Mapping[int, int]]
    ) -> dict[bytes, dict[int, int]]:
        rows = [
            (who, slot, times, int(touched[who].policy.leaves_at(slot)) + 1)
            for who, slots in ours.items()
            for slot, times in slots.items()
        ]
        async with self._engine.connect() as conn:
            found = (await conn.execute(_EXCHANGE, {"asked": list(touched), **_columns(rows)})).all()
        sums: dict[bytes, dict[int, int]] = {}
        for who, slot, times, _ in found:
            sums.setdefault(bytes(who), {})[slot] = times
        return sums

    async def _forget(self) -> None:
        async with self._engine.connect() as conn:
            await conn.execute(_FORGET, {"now": int(self._limits.clock())})


def _columns(rows: Sequence[tuple[bytes, int, int, int]]) -> dict[str, list[object]]:
    names = ("who", "slot", "times", "gone_at")
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}

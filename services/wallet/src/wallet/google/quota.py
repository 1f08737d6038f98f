"""The quota of the service account: never more than 20 requests in a second, whichever replicas send them.

Twenty slots are rows of the database. Whoever has one may send one request; it is free again a second after
the answer. A request arrives between the two, so no second can see a twenty-first, however late anything is.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text

from kit.ids import uuid7
from kit.work import Work, passes
from wallet.google.calls import CALL_TIMEOUT_S, QUOTA_PAUSE_S, Answered

#: In any second; as many slots are in the table.
REQUESTS_A_SECOND = 20
SECOND = timedelta(seconds=1)
#: A slot whose holder died is free again after this: nothing that it sent can arrive any more.
LEASE = timedelta(seconds=CALL_TIMEOUT_S + 5)
#: Who would have to wait longer is sent away; who waits looks again at the latest after a moment.
HORIZON_S, LONGEST_LOOK_S = 4.0, 0.05
RELEASE_PAUSE_S = 0.5


class Crowded(Exception):
    """No slot is free for so long."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(wait_s)
        self.wait_s = wait_s


class Slot(NamedTuple):
    """One request may be sent. `taken` tells this use of the slot from those before and after."""

    number: int
    taken: UUID


class Slots:
    """This replica's way to the common quota."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._waiting: deque[asyncio.Future[Slot]] = deque()
        self._taking: asyncio.Task[None] | None = None
        self._used: list[Slot] = []
        self._unused: list[Slot] = []
        self._releasing: asyncio.Task[None] | None = None
        self._closed_until = 0.0

    @property
    def closed(self) -> bool:
        """True while there is no use in asking."""
        return time.monotonic() < self._closed_until

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a slot; send one request inside, at once. Crowded when there would be none for long."""
        slot = await self._next()
        try:
            yield
        finally:
            self._used.append(slot)
            self._release_soon()

    async def heed(self, answered: Answered) -> None:
        """Google says that it was too much: then nobody sends anything for a while."""
        if not answered.over_quota:
            return
        wait_s = answered.wait_s or QUOTA_PAUSE_S
        self._closed_until = max(self._closed_until, time.monotonic() + wait_s)
        async with self._work() as tx:
            await tx.conn.execute(_HOLD, {"wait": timedelta(seconds=wait_s)})

    async def close(self) -> None:
        """Give back what was used, so that nobody waits for it."""
        if self._releasing is not None:
            await asyncio.wait([self._releasing], timeout=1)

    # -- taking

    async def _next(self) -> Slot:
        if self.closed:
            raise Crowded(self._closed_until - time.monotonic())
        turn: asyncio.Future[Slot] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        if self._taking is None or self._taking.done():
            self._taking = asyncio.create_task(self._hand_out_all())
        try:
            async with asyncio.timeout(HORIZON_S):
                return await turn
        except TimeoutError:
            self._not_needed(turn)
            raise Crowded(1.0) from None
        except asyncio.CancelledError:
            self._not_needed(turn)
            raise

    def _not_needed(self, turn: asyncio.Future[Slot]) -> None:
        """It may have been handed out in the very moment in which nobody waited for it any more."""
        if turn.done() and not turn.cancelled() and turn.exception() is None:
            self._unused.append(turn.result())
            self._release_soon()

    async def _hand_out_all(self) -> None:
        """While somebody waits, take what is free, in the order in which they came."""
        try:
            while self._forget_who_left():
                slots = await self._take(len(self._waiting))
                for slot in slots:
                    self._hand_out(slot)
                if not slots:
                    await asyncio.sleep(await self._until_free())
        except Exception as error:  # noqa: BLE001 - whoever waits is told
            while self._waiting:
                if not (turn := self._waiting.popleft()).done():
                    turn.set_exception(error)

    def _forget_who_left(self) -> bool:
        self._waiting = deque(turn for turn in self._waiting if not turn.done())
        return bool(self._waiting)

    def _hand_out(self, slot: Slot) -> None:
        while self._waiting:
            if not (turn := self._waiting.popleft()).done():
                turn.set_result(slot)
                return
        self._unused.append(slot)
        self._release_soon()

    async def _take(self, count: int) -> list[Slot]:
        taken = uuid7()
        async with self._work() as tx:
            rows = await tx.conn.execute(_TAKE, {"taken": taken, "count": count, "lease": LEASE})
            return [Slot(row.number, taken) for row in rows]

    async def _until_free(self) -> float:
        """Seconds until a slot may be free. Crowded when none will be for long."""
        async with self._work.read() as conn:
            wait_s: float = (await conn.execute(_UNTIL_FREE)).scalar_one()
        if wait_s > HORIZON_S:
            self._closed_until = max(self._closed_until, time.monotonic() + 1.0)
            raise Crowded(wait_s)
        return min(max(wait_s, 0.001), LONGEST_LOOK_S)

    # -- giving back

    def _release_soon(self) -> None:
        if self._releasing is None or self._releasing.done():
            self._releasing = asyncio.create_task(self._release_all())

    async def _release_all(self) -> None:
        """Many at a time. What the database does not take is tried again, and at last the lease runs out."""
        while self._used or self._unused:
            used, self._used = self._used, []
            unused, self._unused = self._unused, []
            try:
                await self._release(
                    [(slot, SECOND) for slot in used] + [(slot, timedelta()) for slot in unused]
                )
            except Exception as error:
                if not passes(error):
                    raise
                self._used, self._unused = [*used, *self._used], [*unused, *self._unused]
                await asyncio.sleep(RELEASE_PAUSE_S)

    async def _release(self, slots: list[tuple[Slot, timedelta]]) -> None:
        async with self._work() as tx:
            await tx.conn.execute(
                _RELEASE,
                [{"number": slot.number, "taken": slot.taken, "rest": rest} for slot, rest in sorted(slots)],
            )


_TAKE = text(
    """
    UPDATE google_slots SET free_at = clock_timestamp() + :lease, taken = :taken
    WHERE number IN (
        SELECT number FROM google_slots
        WHERE free_at <= clock_timestamp() AND not_before <= clock_timestamp()
        ORDER BY free_at LIMIT :count FOR UPDATE SKIP LOCKED)
    RETURNING number
    """
)
_UNTIL_FREE = text(
    # One that is in use may come back at any moment.
    "SELECT CAST(extract(epoch FROM min(greatest(CASE WHEN taken IS NULL THEN free_at"
    " ELSE clock_timestamp() + interval '50 ms' END, not_before)) - clock_timestamp()) AS float8)"
    " FROM google_slots"
)
_RELEASE = text(
    "UPDATE google_slots SET free_at = clock_timestamp() + :rest, taken = NULL"
    " WHERE number = :number AND taken = :taken"
)
_HOLD = text("UPDATE google_slots SET not_before = greatest(not_before, clock_timestamp() + :wait)")

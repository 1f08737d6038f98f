"""The quota of the service account: requests leave one after the other, whichever replica sends them.

One row of the database holds when the next request may leave. A replica takes a few slots at once for those
who wait; each waits for its own by the database's clock. A slot that was missed is not used any more: what
leaves late would meet what leaves on time.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import text

from kit.work import Work
from wallet.google.calls import QUOTA_PAUSE_S, Answered

#: Google's: requests in any one second.
REQUESTS_A_SECOND = 20
#: So much later or earlier than its slot may one request arrive against another; 4 % of the quota pay for it.
LATENESS_ALLOWED_S = 0.04
SPACING_S = (1 + LATENESS_ALLOWED_S) / REQUESTS_A_SECOND
#: Of that, what may pass here before the request leaves; the rest is for its way.
MISSED_AFTER_S = 0.015
#: Slots taken at once, and how long before its time a slot is handed out: the request is written meanwhile.
BLOCK, LEAD_S = 5, 0.08
#: Slots further ahead are not taken.
HORIZON_S = 4.0
CLOCKS_AGREE_FOR_S = 30.0


class Crowded(Exception):
    """No slot is free for so long."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(wait_s)
        self.wait_s = wait_s


class _Offset(NamedTuple):
    """The database's clock minus ours, as one exchange showed it."""

    seconds: float
    unsure_s: float
    at: float


class Slots:
    """This replica's way to the common quota."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._waiting: deque[asyncio.Future[float]] = deque()
        self._taking: asyncio.Task[None] | None = None
        self._offset: _Offset | None = None
        self._closed_until = 0.0

    @property
    def closed(self) -> bool:
        """True while there is no use in asking."""
        return time.monotonic() < self._closed_until

    async def near(self) -> float:
        """Our turn, handed out a moment before it comes. Crowded when it would be far away."""
        if self.closed:
            raise Crowded(self._closed_until - time.monotonic())
        turn: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        if self._taking is None or self._taking.done():
            self._taking = asyncio.create_task(self._hand_out())
        return await turn

    async def reached(self, turn: float) -> bool:
        """Wait until it is our turn; False when it was missed, and another is needed."""
        await asyncio.sleep(max(0.0, turn - time.monotonic()))
        return time.monotonic() - turn <= MISSED_AFTER_S

    async def heed(self, answered: Answered) -> None:
        """Google says that it was too much: then nobody sends anything for a while."""
        if answered.over_quota:
            await self.hold(answered.wait_s or QUOTA_PAUSE_S)

    async def hold(self, wait_s: float) -> None:
        """Nobody sends anything for so long."""
        self._closed_until = max(self._closed_until, time.monotonic() + wait_s)
        async with self._work() as tx:
            await tx.conn.execute(_HOLD, {"wait": timedelta(seconds=wait_s)})

    async def _hand_out(self) -> None:
        try:
            while self._waiting:
                await self._hand_out_block(min(len(self._waiting), BLOCK))
        except Exception as error:  # noqa: BLE001 - whoever waits is told
            while self._waiting:
                if not (turn := self._waiting.popleft()).done():
                    turn.set_exception(error)

    async def _hand_out_block(self, count: int) -> None:
        first = await self._take(count)
        for number in range(count):
            at = first + number * SPACING_S
            await asyncio.sleep(max(0.0, at - LEAD_S - time.monotonic()))
            while self._waiting and self._waiting[0].done():
                self._waiting.popleft()
            if not self._waiting:
                return
            self._waiting.popleft().set_result(at)

    async def _take(self, count: int) -> float:
        """So many slots that follow one another; when the first of them is."""
        values = {
            "lead": timedelta(seconds=LEAD_S),
            "length": timedelta(seconds=count * SPACING_S),
            "horizon": timedelta(seconds=HORIZON_S),
        }
        async with self._work() as tx:
            began = time.monotonic()
            row = (await tx.conn.execute(_TAKE, values)).first()
            ended = time.monotonic()
        if row is None:
            self._closed_until = max(self._closed_until, time.monotonic() + 1.0)
            raise Crowded(HORIZON_S)
        self._compare_clocks(row.now, began, ended)
        assert self._offset is not None, "it was compared a moment ago"
        return _seconds(row.first) - self._offset.seconds

    def _compare_clocks(self, theirs: datetime, began: float, ended: float) -> None:
        """The exchange that took least tells most; but clocks drift."""
        found = _Offset(_seconds(theirs) - (began + ended) / 2, (ended - began) / 2, ended)
        known = self._offset
        if known is None or found.unsure_s <= known.unsure_s or ended - known.at > CLOCKS_AGREE_FOR_S:
            self._offset = found


def _seconds(moment: datetime) -> float:
    return moment.timestamp()


_TAKE = text(
    """
    UPDATE google_quota SET next_at = greatest(next_at, clock_timestamp() + :lead) + :length
    WHERE next_at <= clock_timestamp() + :horizon
    RETURNING next_at - :length AS first, clock_timestamp() AS now
    """
)
_HOLD = text("UPDATE google_quota SET next_at = greatest(next_at, clock_timestamp() + :wait)")

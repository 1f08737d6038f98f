"""What this replica's readers are told: one look at the window for all of them, and each its own rows."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Sequence
from typing import ClassVar, Self
from uuid import UUID

import msgspec

from contracts.event import Fact
from contracts.ledger import TransactionRecorded
from gateway.edge.feed import window
from gateway.edge.feed.window import Row
from kit.listener import Heard
from kit.work import Tx, Work

#: How soon what another replica heard is seen here; what was heard here is seen at once.
LOOK_EVERY_S = 0.2
#: While nobody listens: as far as the first one that does may lag behind, for one look.
IDLE_LOOK_EVERY_S = 2.0
ROWS_A_LOOK = 1000
FORGET_EVERY_S = 60.0
#: What waits for one reader; a slower one reads from the database by itself.
ROWS_WAITING = 256


class _Whose(msgspec.Struct):
    merchant_id: UUID


class _Data(msgspec.Struct):
    transaction: msgspec.Raw


_data = msgspec.json.Decoder(_Data).decode
_whose = msgspec.json.Decoder(_Whose).decode


class Told(Fact):
    """`TransactionRecorded`, hardly read: all of the platform's transactions come by here, few are wanted."""

    type: ClassVar[str] = TransactionRecorded.type
    topic: ClassVar[str] = TransactionRecorded.topic

    merchant_id: UUID
    #: The transaction as JSON.
    transaction: bytes

    @classmethod
    def read(cls, data: bytes) -> Self:
        transaction = _data(data).transaction
        merchant_id = _whose(transaction).merchant_id
        return cls.model_construct(merchant_id=merchant_id, transaction=bytes(transaction))


class Reader:
    """One reader's place in its merchant's feed, and what waits for it.

    `number` is how far it was told. While it is `behind`, it reads from the window by itself.
    """

    def __init__(self, merchant_id: UUID, store_id: UUID | None, number: int) -> None:
        self.merchant_id = merchant_id
        self.store_id = store_id
        self.number = number
        self.behind = True
        self.ended = False
        self.woken = asyncio.Event()
        self.attached_in = -1
        self._seen = number
        self._waiting: deque[Row] = deque()

    @property
    def has_rows(self) -> bool:
        return bool(self._waiting)

    def offer(self, row: Row) -> None:
        """The next row of its merchant."""
        if self.behind or row.number <= self._seen:
            return
        self._seen = row.number
        if self.store_id is not None and row.store_id != self.store_id:
            if not self._waiting:
                self.number = row.number
            return
        if len(self._waiting) >= ROWS_WAITING:
            self.fall_behind()
            return
        self._waiting.append(row)
        self.woken.set()

    def take(self) -> list[Row]:
        """All that waits."""
        rows = list(self._waiting)
        self._waiting.clear()
        self.number = self._seen
        return rows

    def read_up_to(self, number: int) -> None:
        """It was told from the window up to here."""
        self.number = self._seen = max(number, self.number)

    def fall_behind(self) -> None:
        self._waiting.clear()
        self._seen = self.number
        self.behind = True
        self.woken.set()

    def end(self) -> None:
        self.ended = True
        self.woken.set()


class Hub:
    """Looks at the window, and tells readers that have caught up."""

    def __init__(self, work: Work) -> None:
        self._work = work
        #: Everything up to this place was told to those who are attached; -1 before the first look.
        self.position = -1
        self._looks = 0
        self._attached: dict[UUID, set[Reader]] = {}
        self._heard = asyncio.Event()

    async def wanted(self, tx: Tx, events: Sequence[Heard]) -> Sequence[Heard]:
        """Those of merchants that somebody listens to. One who begins to is in the database before he hears
        that he listens: of what is polled after that, nothing is left out."""
        listened = await window.listened_to(tx.conn, {event.fact.merchant_id for event in events})
        return [event for event in events if event.fact.merchant_id in listened] if listened else ()

    async def hear(self, tx: Tx, events: Sequence[Heard]) -> None:
        """What the ledger told comes into the window."""
        await window.keep(tx.conn, [msgspec.json.decode(event.fact.transaction) for event in events])
        if self._attached:
            tx.after_commit(self._heard.set)

    async def run(self) -> None:
        """Look for ever."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY_S if self._attached else IDLE_LOOK_EVERY_S):
                    await self._heard.wait()
            self._heard.clear()
            while await self.look():
                pass

    async def look(self) -> bool:
        """Tell what is new; True when there is more."""
        self._looks += 1
        merchants, after = list(self._attached), self.position
        async with self._work.read() as conn:
            place = await window.last_place(conn)
            rows: list[Row] = []
            if place > after >= 0 and merchants:
                rows = await window.rows_between(conn, after, place, merchants, ROWS_A_LOOK)
        more = len(rows) == ROWS_A_LOOK
        self._tell(rows, told_all=after >= 0)
        self.position = rows[-1].place if more else place
        return more

    def _tell(self, rows: Sequence[Row], *, told_all: bool) -> None:
        for reader in [reader for readers in self._attached.values() for reader in readers]:
            # Whoever came while the rows were read may not be among those they were read for.
            if not told_all or reader.attached_in == self._looks:
                reader.fall_behind()
        for row in rows:
            for reader in self._attached.get(row.merchant_id, ()):
                reader.offer(row)
        for reader in [reader for readers in self._attached.values() for reader in readers]:
            if reader.behind:
                self.detach(reader)

    def attach(self, reader: Reader, place: int) -> bool:
        """From now on this reader is told; False when it has not read as far as the others were told."""
        if place != self.position:
            return False
        reader.behind, reader.attached_in = False, self._looks
        self._attached.setdefault(reader.merchant_id, set()).add(reader)
        self._heard.set()
        return True

    def detach(self, reader: Reader) -> None:
        readers = self._attached.get(reader.merchant_id, set())
        readers.discard(reader)
        if not readers:
            self._attached.pop(reader.merchant_id, None)

    async def forget_old(self) -> None:
        """Keep the window as long as it has to be, for ever."""
        while True:
            await asyncio.sleep(FORGET_EVERY_S)
            more = True
            while more:
                async with self._work() as tx:
                    more = await window.forget(tx.conn)

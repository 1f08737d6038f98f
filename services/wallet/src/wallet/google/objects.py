"""The object of each card at Google: when its turn comes, it is brought to the newest state."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from kit.ids import now
from kit.work import Work
from wallet.domain import Delivered, NotNow, Outcome, Pass
from wallet.google import rules, store
from wallet.google.calls import Answered, Calls
from wallet.google.quota import Slots
from wallet.google.rules import Look
from wallet.store import find

#: Insert and patch in turns, when Google's answers contradict what we know: no more often than this.
CALLS_MAX = 3
NOTIFY = {"notifyPreference": "NOTIFY_ON_UPDATE"}


class _Written(NamedTuple):
    """A state that is about to be sent. `notice`: when it was counted that the phone is told."""

    held: Pass
    body: rules.Shown
    digest: bytes
    notice: datetime | None


class Objects:
    """Sends what has changed, and only that."""

    def __init__(self, work: Work, calls: Calls, slots: Slots, at_the_database: asyncio.Semaphore) -> None:
        self._work = work
        self._at_the_database = at_the_database
        self._calls = calls
        self._slots = slots

    async def bring(
        self, held: Pass, look: Look, shown: store.ShownObject, began: Callable[[], None]
    ) -> Outcome:
        """Google has the card's object as it is now. `began` is called when the waiting is over."""
        if _is_shown(shown, rules.digest(_body(held, look, shown))):
            return Delivered(int(shown.is_saved), unasked=True)
        is_new = shown.digest is None
        for _ in range(CALLS_MAX):
            async with self._slots.turn():
                began()
                written = await self._write(held, look)
                if isinstance(written, Delivered):
                    return written
                answered = await self._call(written, is_new)
            await self._slots.heed(answered)
            if answered.taken:
                return await self._taken(written, shown, answered)
            await self._not_taken(written, answered)
            if answered.status != (409 if is_new else 404):
                return answered.outcome()
            is_new = not is_new
        return NotNow("insert-and-patch-contradict", of_provider=False)

    async def _write(self, held: Pass, look: Look) -> _Written | Delivered:
        """The newest state, now that it is sent; it may be what Google has already."""
        async with self._at_the_database, self._work() as tx:
            newest = await find(tx.conn, held.card_id) or held
            shown = await store.find_object(tx.conn, held.card_id)
            assert shown is not None, "the object was kept before it is brought"
            body = _body(newest, look, shown)
            digest = rules.digest(body)
            if _is_shown(shown, digest):
                return Delivered(int(shown.is_saved), shown=newest, unasked=True)
            await store.begin_object(tx.conn, held.card_id)
            notice = None
            if rules.is_news(body, shown.balance):
                notice = await store.count_notice(tx.conn, held.card_id, digest)
        return _Written(newest, body, digest, notice)

    async def _call(self, written: _Written, is_new: bool) -> Answered:
        if is_new:
            return await self._calls.insert("loyaltyObject", written.body)
        patch = rules.as_patch(written.body, rules.OBJECT_MAY_LOSE)
        patch |= NOTIFY if written.notice is not None else {}
        return await self._calls.patch("loyaltyObject", patch)

    async def _taken(self, written: _Written, shown: store.ShownObject, answered: Answered) -> Delivered:
        async with self._at_the_database, self._work() as tx:
            balance = rules.balance_of(written.body)
            await store.object_shown(tx.conn, written.held.card_id, written.digest, balance)
        return Delivered(int(shown.is_saved), str(answered.status), written.held)

    async def _not_taken(self, written: _Written, answered: Answered) -> None:
        if written.notice is not None and answered.surely_without_effect:
            async with self._work() as tx:
                await store.take_notice_back(tx.conn, written.held.card_id, written.notice)


def _body(held: Pass, look: Look, shown: store.ShownObject) -> rules.Shown:
    return rules.loyalty_object(held, look, shown.object_id, shown.class_id, now())


def _is_shown(shown: store.ShownObject, digest: bytes) -> bool:
    return shown.is_sure and shown.digest == digest

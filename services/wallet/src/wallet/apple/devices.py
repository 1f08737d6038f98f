"""What devices may ask of passes: to be told of one, not to be told any more, which changed, and a pass."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple, Protocol

from contracts.problem import Unauthenticated
from kit.work import Work
from wallet.apple import rules
from wallet.apple.rules import Freshness
from wallet.domain import Pass
from wallet.saved import tell_saved
from wallet.store import registrations


class Content(Protocol):
    """A finished pass."""

    @property
    def content(self) -> bytes: ...


class Files(Protocol):
    """Makes the files of passes."""

    async def of(self, held: Pass) -> Content: ...


class Owned(NamedTuple):
    """A pass whose token was shown, and the database's clock when it was read."""

    held: Pass
    now: datetime

    def freshness(self, if_modified_since: str | None) -> Freshness:
        return rules.freshness(self.held.changed_at, self.now, rules.date_of(if_modified_since))


class Changed(NamedTuple):
    """Serial numbers of the passes that changed, and the tag to ask with the next time."""

    serial_numbers: list[str]
    tag: str


class Devices:
    """`pass_type` is the one that our passes have; None where Apple is not configured."""

    def __init__(self, work: Work, pass_type: str | None) -> None:
        self._work = work
        self._pass_type = pass_type

    async def owned(self, pass_type: str, serial: str, authorization: str | None) -> Owned:
        """The pass of whoever shows its token. Unauthenticated for a wrong one and for no such pass alike."""
        number = rules.serial_of(serial) if pass_type == self._pass_type else None
        found = None
        if number is not None:
            async with self._work.read() as conn:
                found = await registrations.find_by_serial(conn, number)
        if not rules.is_owner(found and found[0], authorization) or found is None:
            raise Unauthenticated
        return Owned(*found)

    async def register(self, held: Pass, device: str, push_token: str) -> bool:
        """From now on this device is told of the pass; True when it was not before."""
        async with self._work() as tx:
            was_there = await registrations.hold(tx.conn, held.card_id)
            is_new = await registrations.register(tx.conn, held.card_id, device, push_token)
            if not was_there:
                await tell_saved(tx, held.card_id, held.merchant_id, "apple", added=True)
        return is_new

    async def unregister(self, held: Pass, device: str) -> bool:
        """It is told of this pass no more; True when it was before."""
        async with self._work() as tx:
            await registrations.hold(tx.conn, held.card_id)
            was_known = await registrations.unregister(tx.conn, held.card_id, device)
            if was_known and not await registrations.is_anywhere(tx.conn, held.card_id):
                await tell_saved(tx, held.card_id, held.merchant_id, "apple", added=False)
        return was_known

    async def changed(self, device: str, pass_type: str, tag: str | None) -> Changed | None:
        """The device's passes that changed since this tag; None when none did, or no such device is known."""
        if pass_type != self._pass_type:
            return None
        async with self._work.read() as conn:
            serials, last = await registrations.changed_since(conn, device, rules.tag_of(tag))
        return Changed([str(serial) for serial in serials], str(last)) if serials else None

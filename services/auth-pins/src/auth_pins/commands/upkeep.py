"""What is done at start and from time to time: the first admin, the signing keys, forgetting what is over."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from auth_pins.commands.users import ensure_first_admin
from auth_pins.desk import Desk
from auth_pins.domain import RESET_LIVES, TERMINAL_WINDOW, with_signing_key
from auth_pins.store import attempts, resets, signing_keys, users
from kit.identity import public_x
from kit.ids import now

EVERY_S = 60.0
SESSIONS_KEPT = timedelta(days=1)
ATTEMPTS_KEPT = timedelta(days=30)


async def tell_signing_keys(desk: Desk) -> None:
    """This service's key is in the set, and ones that ended are not; told when that is a change."""
    kid, x = desk.signer.kid, public_x(desk.signer.public_key)
    async with desk.work() as tx:
        before = await signing_keys.hold(tx.conn)
        after = with_signing_key(before, kid, x, now())
        if after != before:
            tx.say(await signing_keys.put(tx.conn, after))


async def forget(desk: Desk) -> None:
    """Sessions that are over, tries out of the window, attempts that nobody added to for a month."""
    moment = now()
    async with desk.work() as tx:
        await users.forget_sessions(tx.conn, moment - SESSIONS_KEPT)
        await resets.forget(tx.conn, moment - RESET_LIVES)
        await attempts.forget(
            tx.conn, tries_before=moment - TERMINAL_WINDOW, attempts_before=moment - ATTEMPTS_KEPT
        )


class Upkeep:
    """Runs for as long as the service lives; its first round makes the service ready."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.first_round = asyncio.Event()

    async def run(self) -> None:
        await ensure_first_admin(self._desk)
        while True:
            await tell_signing_keys(self._desk)
            self.first_round.set()
            await forget(self._desk)
            await asyncio.sleep(EVERY_S)

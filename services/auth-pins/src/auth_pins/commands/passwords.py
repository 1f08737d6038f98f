"""Passwords are changed by those who know them, and reset through a letter by those who forgot.

Whoever asks for a letter is answered before it is looked whether there is such a user: a loop does that, so
neither the answer nor its time can tell.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from uuid import UUID

from auth_pins.commands import audited
from auth_pins.desk import Desk
from auth_pins.domain import RESET_LETTERS, RESET_LIVES, email_key
from auth_pins.letters import password_reset
from auth_pins.store import resets, users
from auth_pins.tables import Record
from auth_pins.tokens import new_secret, sha256_of
from contracts.problem import PasswordWrong, ResetTokenInvalid
from kit.audit import record
from kit.ids import now
from kit.work import Tx

LOOK_EVERY_S = 5.0


async def change_password(desk: Desk, user_id: UUID, session_id: UUID | None, current: str, new: str) -> None:
    """A new password; all other sessions of the user end."""
    async with desk.work.read() as conn:
        known = await users.find(conn, user_id)
    async with desk.hashing.seat() as seat:
        if not await seat.is_password(current, known.password_hash if known else None):
            raise PasswordWrong
        password_hash = await seat.hash_password(new)

    async with desk.work() as tx:
        user = await users.lock(tx.conn, user_id)
        if user is None or known is None or user.password_hash != known.password_hash:
            raise PasswordWrong
        moment = now()
        await users.end_sessions(tx.conn, user_id, moment, but=session_id)
        await end_links(desk, tx, user_id, moment)
        changed = await users.touch(tx.conn, user_id, password_hash=password_hash)
        await record(tx, audited.of_password(changed))
        tx.say(await users.state(tx.conn, changed, moment))


async def reset_password(desk: Desk, token: str, new: str) -> None:
    """A new password by the token of a letter, once; all sessions end. ResetTokenInvalid."""
    sha256 = sha256_of(token)
    async with desk.work.read() as conn:
        user_id = await resets.user_of(conn, sha256, now())
    if user_id is None:
        raise ResetTokenInvalid
    async with desk.hashing.seat() as seat:
        password_hash = await seat.hash_password(new)

    async with desk.work() as tx:
        user = await users.lock(tx.conn, user_id)
        moment = now()
        lives = await resets.user_of(tx.conn, sha256, moment)  # once more, now that the user is held
        if user is None or not user.is_active or lives is None:
            raise ResetTokenInvalid
        await end_links(desk, tx, user_id, moment)
        await users.end_sessions(tx.conn, user_id, moment)
        changed = await users.touch(tx.conn, user_id, password_hash=password_hash, sessions_revoked_at=moment)
        tx.say(await users.state(tx.conn, changed, moment))


async def end_links(desk: Desk, tx: Tx, user_id: UUID, moment: datetime) -> None:
    """Links that were sent to this user end, and those that wait are not sent."""
    await resets.end_all(tx.conn, user_id, moment)
    await desk.mail.take_back(tx, user_id)


class Forgotten:
    """Takes down who forgot a password, and sends the letters; `run` goes on while the service lives."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._something = asyncio.Event()

    async def ask(self, email: str) -> None:
        """The same work for every e-mail, whether a user has it or not."""
        async with self._desk.work() as tx:
            await resets.ask(tx.conn, email_key(email), now())
            tx.after_commit(self._something.set)

    async def run(self) -> None:
        while True:
            self._something.clear()
            while await self.answer_one():
                pass
            try:
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._something.wait()
            except TimeoutError:
                continue

    async def answer_one(self) -> bool:
        """Work off the oldest request; False when there is none."""
        async with self._desk.work() as tx:
            email = await resets.take(tx.conn)
            if email is None:
                return False
            known = await users.find_by_email(tx.conn, email)
            user = await users.lock(tx.conn, known.id) if known else None
            if user is not None and user.is_active and user.email_key == email:
                await self._send_link(tx, user)
        return True

    async def _send_link(self, tx: Tx, user: Record) -> None:
        """A letter with a new link, unless the user was sent several within the hour."""
        moment, token = now(), new_secret()
        if await resets.made_since(tx.conn, user.id, moment - RESET_LIVES) >= RESET_LETTERS:
            return
        await resets.add(tx.conn, sha256_of(token), user.id, moment, moment + RESET_LIVES)
        link = f"{self._desk.settings.public_base_url.rstrip('/')}/reset-password#token={token}"
        await self._desk.mail.post(tx, password_reset(user.id, user.email, user.locale, link))

"""A code and PIN buy a staff session.

An attempt is counted, and that is committed, before its PIN is looked at; what was found is written after it.
So attempts that come in parallel, or a process that ends in between, never get more looks than the limit. The
terminal's row is held before the code's, and no row is held while a PIN is hashed.
"""

from __future__ import annotations

import math
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from auth_pins.desk import Desk
from auth_pins.domain import (
    STAFF_SESSION_LIVES,
    Limits,
    Locked,
    after_wrong_try,
    code_key,
    count_attempt,
    may_try,
    right_pin,
    wrong_pin,
)
from auth_pins.store import attempts, staff, terminals
from contracts.problem import Refusal, StaffApprovalInvalid, StaffLocked, TerminalLocked, Unauthenticated
from kit.identity import Caller, StaffSession
from kit.ids import instant_text, now, uuid7
from kit.work import Tx


class At(NamedTuple):
    """Where a PIN is entered, and for which code."""

    merchant_id: UUID
    store_id: UUID
    terminal_id: UUID
    code: str
    limits: Limits


class Ticket(NamedTuple):
    """A counted attempt: what its PIN is compared with, and the lock it began when it reached the limit."""

    try_id: UUID
    pin_hash: str | None
    own_lock: datetime | None


async def approve(desk: Desk, caller: Caller, code: str, pin: str) -> StaffSession:
    """A staff session for this terminal.

    StaffApprovalInvalid for a wrong PIN, an unknown code or a staff member of another store, in the same
    time; StaffLocked and TerminalLocked once there were too many of these.
    """
    at = await _at(desk, caller, code)
    # One at a time at a till and with a code: a right one among several is not taken for one too many.
    turn = desk.turns.of(at.terminal_id, (at.merchant_id, code_key(code)))
    async with turn, desk.hashing.seat() as seat:
        async with desk.work() as tx:
            ticket = await _count(tx, at)
        if isinstance(ticket, Locked):
            raise _refusal(ticket)
        right = await seat.is_pin(pin, ticket.pin_hash)
        async with desk.work() as tx:
            found = await _settle(tx, at, ticket, right)
    if found is None:
        raise StaffApprovalInvalid
    if isinstance(found, Locked):
        raise _refusal(found)
    return found


async def _at(desk: Desk, caller: Caller, code: str) -> At:
    merchant_id, store_id, terminal_id = caller.merchant, caller.store_id, caller.terminal_id
    assert store_id is not None
    assert terminal_id is not None, "the gateway names a till's store and terminal"
    if await desk.places.store(store_id, merchant_id) is None:
        raise Unauthenticated("This terminal's store is closed")
    return At(merchant_id, store_id, terminal_id, code, await desk.places.limits(merchant_id))


async def _count(tx: Tx, at: At) -> Ticket | Locked:
    """Count the attempt, unless terminal or code is locked; the terminal's lock is named first."""
    held = await attempts.hold_terminal(tx.conn, at.terminal_id)
    terminal = await terminals.share(tx.conn, at.terminal_id)
    if terminal is None or (terminal.merchant_id, terminal.store_id) != (at.merchant_id, at.store_id):
        raise Unauthenticated("There is no such terminal")
    moment = now()
    if locked := may_try(await attempts.entry(tx.conn, held, moment), at.limits, moment):
        return locked

    before = await attempts.hold_attempts(tx.conn, at.merchant_id, at.code, moment)
    moment = now()
    counted = count_attempt(before, at.limits, moment)
    if isinstance(counted, Locked):
        return counted
    await attempts.put_attempts(tx.conn, at.merchant_id, at.code, counted)
    try_id = await attempts.add_try(tx.conn, at.terminal_id, moment)
    member = await staff.find_by_code(tx.conn, at.merchant_id, at.code)
    return Ticket(try_id, member.pin_hash if member else None, counted.locked_until)


async def _settle(tx: Tx, at: At, ticket: Ticket, right: bool) -> StaffSession | Locked | None:
    """What the look at the PIN means: a session, a lock, or None for a wrong PIN."""
    terminal = await attempts.hold_terminal(tx.conn, at.terminal_id)
    before = await attempts.hold_attempts(tx.conn, at.merchant_id, at.code, now())
    member = await staff.find_by_code(tx.conn, at.merchant_id, at.code, locked=True)
    lives = await terminals.share(tx.conn, at.terminal_id) is not None
    moment = now()
    # Looked at again while it is held: the staff member may have been changed meanwhile.
    right = (
        right
        and member is not None
        and lives
        and member.pin_hash == ticket.pin_hash
        and member.is_active
        and member.store_id in (None, at.store_id)
    )
    if terminal.locked_until is not None and terminal.locked_until > moment:
        await attempts.drop_try(tx.conn, ticket.try_id)
        return Locked("terminal", terminal.locked_until)
    if not right or member is None:
        after = wrong_pin(before, ticket.own_lock)
        await attempts.put_attempts(tx.conn, at.merchant_id, at.code, after)
        if after.sure and after.locked_until == ticket.own_lock and after.locked_until is not None:
            await attempts.drop_try(tx.conn, ticket.try_id)
            return Locked("staff", after.locked_until)
        return await _wrong_try(tx.conn, at, ticket, moment)

    await attempts.drop_try(tx.conn, ticket.try_id)
    reset = right_pin(before, moment)
    if isinstance(reset, Locked):
        return reset
    await attempts.put_attempts(tx.conn, at.merchant_id, at.code, reset)
    await staff.used(tx.conn, member.id, moment)
    return StaffSession(
        session_id=uuid7(),
        staff_id=member.id,
        merchant_id=at.merchant_id,
        store_id=at.store_id,
        terminal_id=at.terminal_id,
        name=member.name,
        role=member.role,
        issued_at=moment.timestamp(),
        expires_at=(moment + STAFF_SESSION_LIVES).timestamp(),
    )


async def _wrong_try(conn: AsyncConnection, at: At, ticket: Ticket, moment: datetime) -> Locked | None:
    """Counts at the terminal; the tenth in 15 minutes locks it."""
    await attempts.wrong_try(conn, ticket.try_id)
    locked = after_wrong_try(await attempts.wrong_tries(conn, at.terminal_id, moment), at.limits, moment)
    if locked is not None:
        await attempts.lock_terminal(conn, at.terminal_id, locked.until)
    return locked


def _refusal(locked: Locked) -> Refusal:
    kind = TerminalLocked if locked.who == "terminal" else StaffLocked
    refusal = kind(retry_at=instant_text(locked.until))
    refusal.retry_after_s = max(1, math.ceil((locked.until - now()).total_seconds()))
    return refusal

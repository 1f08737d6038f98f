"""Staff members and their PINs: made, changed, unlocked, reset, deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from auth_pins.commands import audited
from auth_pins.desk import Desk
from auth_pins.domain import Attempts
from auth_pins.store import attempts, staff
from auth_pins.tables import Record
from contracts.problem import AlreadyExists, StaffNotFound
from kit.audit import record
from kit.ids import now, uuid7
from kit.preconditions import Expected
from kit.work import Tx

#: A change of one of these ends the staff sessions that were given out.
_REVOKING = frozenset({"role", "store_id", "is_active"})


async def create_staff(
    tx: Tx, merchant_id: UUID, *, code: str, name: str, role: str, store_id: UUID | None, pin_hash: str
) -> Record:
    """A new staff member, active. AlreadyExists when the code is taken, however it is written."""
    member = await staff.add(
        tx.conn,
        now(),
        merchant_id=merchant_id,
        code=code,
        name=name,
        role=role,
        store_id=store_id,
        pin_hash=pin_hash,
    )
    if member is None:
        raise AlreadyExists("There is a staff member with this code already", field="code")
    await record(tx, audited.of_staff("created", None, member))
    tx.say(staff.state(member))
    return member


async def change_staff(
    desk: Desk, merchant_id: UUID, staff_id: UUID, expected: Expected, changes: Mapping[str, Any]
) -> Record:
    """Name, role, store, whether active."""
    async with desk.work() as tx:
        member = await _held(tx, merchant_id, staff_id)
        expected.check(member.version)
        real = {name: value for name, value in changes.items() if value != getattr(member, name)}
        if not real:
            return member
        moment = now()
        if real.keys() & _REVOKING:
            real["sessions_revoked_at"] = moment
        changed = await staff.change(tx.conn, staff_id, moment, **real)
        await record(tx, audited.of_staff("changed", member, changed))
        tx.say(staff.state(changed))
        return changed


async def delete_staff(
    desk: Desk, merchant_id: UUID, staff_id: UUID, expected: Expected, by: UUID | None
) -> None:
    """Deleted: sessions end, the code is free again."""
    async with desk.work() as tx:
        member = await _held(tx, merchant_id, staff_id)
        expected.check(member.version)
        moment = now()
        ended = {
            "sessions_revoked_at": moment,
            "deleted_at": moment,
            "deleted_by": by,
            "deletion_id": uuid7(),
        }
        deleted = await staff.change(tx.conn, staff_id, moment, **ended)
        await record(tx, audited.of_staff("deleted", member, deleted))
        tx.say(staff.state(deleted))


async def unlock_staff(tx: Tx, merchant_id: UUID, staff_id: UUID) -> Record:
    """The code's attempts count from none again."""
    before = await _clear_attempts(tx, merchant_id, staff_id)
    member = await _found(tx, merchant_id, staff_id)
    if before != Attempts():
        await record(tx, audited.of_attempts(member, before, Attempts()))
    return member


async def reset_pin(tx: Tx, merchant_id: UUID, staff_id: UUID, pin_hash: str) -> None:
    """A new PIN: sessions bought with the old one end, and the code is unlocked."""
    await _clear_attempts(tx, merchant_id, staff_id)
    member = await _held(tx, merchant_id, staff_id)
    moment = now()
    changed = await staff.change(tx.conn, staff_id, moment, pin_hash=pin_hash, sessions_revoked_at=moment)
    await record(tx, audited.of_staff("pin-reset", member, changed))
    tx.say(staff.state(changed))


async def _clear_attempts(tx: Tx, merchant_id: UUID, staff_id: UUID) -> Attempts:
    """Before the staff member is held: an approval takes the two in this order as well. What was counted."""
    member = await _found(tx, merchant_id, staff_id)
    return await attempts.clear_attempts(tx.conn, merchant_id, member.code, now())


async def _found(tx: Tx, merchant_id: UUID, staff_id: UUID) -> Record:
    member = await staff.find(tx.conn, staff_id, merchant_id)
    if member is None:
        raise StaffNotFound
    return member


async def _held(tx: Tx, merchant_id: UUID, staff_id: UUID) -> Record:
    member = await staff.lock(tx.conn, staff_id, merchant_id)
    if member is None:
        raise StaffNotFound
    return member

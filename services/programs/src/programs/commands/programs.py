"""A merchant's one live program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from contracts.problem import MerchantNotFound, ProgramNotFound
from kit.ids import now, uuid7
from kit.work import Tx
from programs import domain, store
from programs.commands.keeping import begin, keep, live_merchant
from programs.domain import Program, Seen


class Of(NamedTuple):
    """Which program: a merchant names its own, an admin any by id."""

    merchant_id: UUID | None = None
    program_id: UUID | None = None


async def create_program(tx: Tx, merchant_id: UUID, fields: Mapping[str, Any]) -> Program:
    """A program, switched off. ProgramAlreadyExists when there is a live one."""
    await live_merchant(tx, merchant_id)
    moment = now()
    program = Program(id=uuid7(), merchant_id=merchant_id, created_at=moment, updated_at=moment, **fields)
    domain.check(program)
    await begin(tx, program)
    return program


async def change_program(tx: Tx, of: Of, seen: Seen, changes: Mapping[str, Any]) -> Program:
    program = await _held(tx, of)
    domain.check_seen(program, seen)
    return await keep(tx, program, domain.change(program, changes, now()))


async def activate_program(tx: Tx, of: Of) -> Program:
    program = await _held(tx, of)
    return await keep(tx, program, domain.activate(program, now()))


async def deactivate_program(tx: Tx, of: Of, given: Mapping[str, Any]) -> Program:
    program = await _held(tx, of)
    return await keep(tx, program, domain.deactivate(program, given, now()))


async def delete_program(tx: Tx, of: Of, seen: Seen, by: UUID | None) -> Program:
    program = await _held(tx, of)
    domain.check_seen(program, seen)
    return await keep(tx, program, domain.delete(program, by, uuid7(), now()))


async def restore_program(tx: Tx, program_id: UUID) -> Program:
    """ProgramAlreadyExists when a live successor is there."""
    program = await _held(tx, Of(program_id=program_id), deleted=True)
    return await keep(tx, program, domain.restore(program, now()))


async def _held(tx: Tx, of: Of, *, deleted: bool = False) -> Program:
    """The program, held beneath its live merchant; ProgramNotFound for a deleted one, unless asked.

    The merchant's row is held first, so that its currency cannot change while a program is switched on.
    """
    merchant_id, program_id = of
    if program_id is not None:
        found = await store.load(tx.conn, Program, program_id)
        merchant_id = found.merchant_id if found else None
    if merchant_id is None:
        raise ProgramNotFound
    try:
        await live_merchant(tx, merchant_id)
    except MerchantNotFound:
        raise ProgramNotFound from None
    program_id = program_id or await store.live_program_id(tx.conn, merchant_id)
    held = await store.hold(tx.conn, Program, program_id) if program_id else None
    if held is None or (held.deleted_at and not deleted):
        raise ProgramNotFound
    return held

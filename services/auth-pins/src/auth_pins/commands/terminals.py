"""Terminals and their API keys: made, rotated, deleted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from auth_pins.commands import audited
from auth_pins.desk import Desk
from auth_pins.domain import rotated
from auth_pins.store import terminals
from auth_pins.tables import Record
from auth_pins.tokens import api_key, new_secret, sha256_of
from contracts.problem import TerminalNotFound
from contracts.programs import StoreChanged
from kit.audit import record
from kit.ids import now, uuid7
from kit.work import Tx


class MadeTerminal(NamedTuple):
    """A terminal and its API key, which is shown this once."""

    row: Record
    api_key: str


class Rotation(NamedTuple):
    """The new API key, which is shown this once, and when the one before ends."""

    api_key: str
    old_key_ends_at: datetime | None


async def create_terminal(tx: Tx, store: StoreChanged, name: str, environment: str) -> MadeTerminal:
    """A terminal of this store with its first key."""
    moment, secret = now(), new_secret()
    row = await terminals.add(
        tx.conn,
        moment,
        merchant_id=store.merchant_id,
        store_id=store.id,
        name=name,
        environment=environment,
    )
    await terminals.put_keys(tx.conn, row.id, rotated((), sha256_of(secret), moment))
    await record(tx, audited.of_terminal("created", None, row))
    tx.say(await terminals.state(tx.conn, row, moment))
    return MadeTerminal(row, api_key(environment, row.id, secret))


async def rotate_key(tx: Tx, terminal_id: UUID, merchant_id: UUID) -> Rotation:
    """A new key; the one before it lives on for up to 7 days, an older one ends now."""
    terminal = await _held(tx, terminal_id, merchant_id)
    moment, secret = now(), new_secret()
    before = (await terminals.keys_of(tx.conn, terminal_id))[terminal_id]
    keys = rotated(before, sha256_of(secret), moment)
    await terminals.put_keys(tx.conn, terminal_id, keys)
    changed = await terminals.change(tx.conn, terminal_id, moment)
    await record(tx, audited.of_keys(changed, before, keys))
    tx.say(await terminals.state(tx.conn, changed, moment))
    old_ends_at = keys[0].ends_at if len(keys) > 1 else None
    return Rotation(api_key(terminal.environment, terminal_id, secret), old_ends_at)


async def delete_terminal(desk: Desk, terminal_id: UUID, merchant_id: UUID | None, by: UUID | None) -> None:
    """Deleted: its keys and staff sessions end."""
    async with desk.work() as tx:
        terminal = await _held(tx, terminal_id, merchant_id)
        moment = now()
        await terminals.put_keys(tx.conn, terminal_id, ())
        ended = {
            "sessions_revoked_at": moment,
            "deleted_at": moment,
            "deleted_by": by,
            "deletion_id": uuid7(),
        }
        changed = await terminals.change(tx.conn, terminal_id, moment, **ended)
        await record(tx, audited.of_terminal("deleted", terminal, changed))
        tx.say(await terminals.state(tx.conn, changed, moment))


async def note_used(desk: Desk, times: Mapping[UUID, datetime]) -> None:
    """When these called last; never later than now, whatever the teller's clock says."""
    moment = now()
    async with desk.work() as tx:
        if times:
            await terminals.used(tx.conn, {name: min(at, moment) for name, at in times.items()})


async def _held(tx: Tx, terminal_id: UUID, merchant_id: UUID | None) -> Record:
    terminal = await terminals.find(tx.conn, terminal_id, merchant_id, locked=True)
    if terminal is None:
        raise TerminalNotFound
    return terminal

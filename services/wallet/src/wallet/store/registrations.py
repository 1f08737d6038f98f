"""Registrations of devices in the database: made, listed, told and forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import exists, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from wallet import tables
from wallet.domain import Pass
from wallet.store.passes import PASS_COLUMNS, pass_of

#: Nobody has so many devices; who came first is forgotten first.
REGISTRATIONS_OF_A_PASS = 1000


class Registration(NamedTuple):
    """A device that holds a pass, and where it is told of changes."""

    device: str
    card_id: UUID
    push_token: str
    revision_told: int
    registered_at: datetime


_COLUMNS = tuple(tables.registrations.c[name] for name in Registration._fields)


async def find_by_serial(conn: AsyncConnection, serial: UUID) -> tuple[Pass, datetime] | None:
    """The pass, and the database's clock at the same moment."""
    row = (
        await conn.execute(
            select(*PASS_COLUMNS, func.clock_timestamp().label("now")).where(
                tables.passes.c.serial_number == serial
            )
        )
    ).first()
    if row is None:
        return None
    return pass_of(row), row.now


async def hold(conn: AsyncConnection, card_id: UUID) -> bool:
    """Nobody else registers or forgets a device of this pass until the commit; whether any has it now."""
    await conn.execute(_LOCK, {"card_id": card_id})
    return await is_anywhere(conn, card_id)


async def is_anywhere(conn: AsyncConnection, card_id: UUID) -> bool:
    """Whether any device has the pass."""
    known = exists().where(tables.registrations.c.card_id == card_id)
    return bool((await conn.execute(select(known))).scalar_one())


async def register(conn: AsyncConnection, card_id: UUID, device: str, push_token: str) -> bool:
    """Keep it, in place of an older push token of this device; True when the device is new to the pass.

    One that is new, or has a new token, is told of the pass once: it may have changed since it was fetched.
    Hold the pass (`hold`).
    """
    row = (
        await conn.execute(_REGISTER, {"card_id": card_id, "device": device, "push_token": push_token})
    ).one()
    if row.is_to_be_told:
        await conn.execute(_MAY_BE_BEHIND, {"card_id": card_id})
    if row.is_new:
        await conn.execute(_FORGET_THE_FIRST, {"card_id": card_id, "kept": REGISTRATIONS_OF_A_PASS})
    return bool(row.is_new)


# Who records a delivery holds the pass's row too: either it is recorded by now, or its claim is taken away.
_LOCK = text("SELECT FROM passes WHERE card_id = :card_id FOR NO KEY UPDATE")
_REGISTER = text(
    """
    INSERT INTO registrations AS r (device, card_id, push_token) VALUES (:device, :card_id, :push_token)
    ON CONFLICT (device, card_id) DO UPDATE SET push_token = excluded.push_token,
        registered_at = clock_timestamp(),
        revision_told = CASE WHEN r.push_token = excluded.push_token THEN r.revision_told ELSE 0 END
    RETURNING xmax = 0 AS is_new, revision_told = 0 AS is_to_be_told
    """
)
_MAY_BE_BEHIND = text(
    """
    INSERT INTO deliveries AS d (card_id, platform, merchant_id, program_id)
    SELECT card_id, 'apple', merchant_id, program_id FROM passes WHERE card_id = :card_id
    ON CONFLICT (card_id, platform) DO UPDATE SET status = 'behind', tries = 0,
        next_try_at = greatest(now(), CASE WHEN d.status = 'behind' AND d.tries = 0 THEN d.next_try_at END),
        behind_since = coalesce(d.behind_since, now()), claim = NULL, claimed_until = NULL
    """
)
_FORGET_THE_FIRST = text(
    """
    DELETE FROM registrations WHERE card_id = :card_id AND device IN (
        SELECT device FROM registrations WHERE card_id = :card_id
        ORDER BY registered_at DESC, device OFFSET :kept)
    """
)


async def unregister(conn: AsyncConnection, card_id: UUID, device: str) -> bool:
    """Forget it; False when it was not known."""
    table = tables.registrations
    done = await conn.execute(
        table.delete().where(table.c.device == device, table.c.card_id == card_id).returning(table.c.card_id)
    )
    return done.first() is not None


async def changed_since(conn: AsyncConnection, device: str, tag: int) -> tuple[list[UUID], int]:
    """Serial numbers of the device's passes that changed after this tag, and the tag that covers them.

    Those that changed first come first, about 500 at once: the tag that is answered asks for the others.
    A tag that was never given (the database is an older one) counts as none.
    """
    rows = (await conn.execute(_CHANGED_SINCE, {"device": device, "tag": tag})).all()
    return [row.serial_number for row in rows], max((row.tag for row in rows), default=tag)


_CHANGED_SINCE = text(
    """
    SELECT p.serial_number, d.tag FROM registrations r
    JOIN passes p ON p.card_id = r.card_id
    JOIN deliveries d ON d.card_id = r.card_id AND d.platform = 'apple'
    WHERE r.device = :device AND (:tag = 0 OR d.tag > :tag OR :tag > (SELECT last FROM pass_tags))
    ORDER BY d.tag FETCH FIRST 500 ROWS WITH TIES
    """
)


async def registered(
    conn: AsyncConnection, card_ids: Sequence[UUID]
) -> Mapping[UUID, Sequence[Registration]]:
    """Of each of these passes; none for one that no device holds."""
    found: dict[UUID, list[Registration]] = {card_id: [] for card_id in card_ids}
    rows = await conn.execute(select(*_COLUMNS).where(tables.registrations.c.card_id.in_(list(found))))
    for row in rows:
        found[row.card_id].append(Registration(*row))
    return found


async def note_told(conn: AsyncConnection, told: Iterable[tuple[Registration, int]]) -> None:
    """These devices know of these revisions, if they are still reached in the same way."""
    rows = sorted({(one.card_id, one.device, one.push_token, revision) for one, revision in told})
    if rows:
        await conn.execute(
            _NOTE_TOLD,
            {
                "cards": [row[0] for row in rows],
                "devices": [row[1] for row in rows],
                "tokens": [row[2] for row in rows],
                "revisions": [row[3] for row in rows],
            },
        )


_NOTE_TOLD = text(
    """
    WITH told AS (
        SELECT * FROM unnest(CAST(:cards AS uuid[]), CAST(:devices AS text[]), CAST(:tokens AS text[]),
            CAST(:revisions AS bigint[])) AS t (card_id, device, push_token, revision)),
    held AS (
        SELECT r.device, r.card_id, t.revision FROM registrations r
        JOIN told t ON t.device = r.device AND t.card_id = r.card_id AND t.push_token = r.push_token
        ORDER BY r.card_id, r.device FOR NO KEY UPDATE OF r)
    UPDATE registrations r SET revision_told = greatest(r.revision_told, held.revision)
    FROM held WHERE r.device = held.device AND r.card_id = held.card_id
    """
)


async def forget(conn: AsyncConnection, gone: Registration, before: datetime) -> bool:
    """Forget a device that is gone, unless it registered again since; whether it did not."""
    table = tables.registrations
    done = await conn.execute(
        table.delete()
        .where(
            table.c.device == gone.device,
            table.c.card_id == gone.card_id,
            table.c.push_token == gone.push_token,
            table.c.registered_at < before,
        )
        .returning(table.c.card_id)
    )
    return done.first() is not None

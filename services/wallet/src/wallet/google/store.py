"""SQL in and out: what Google was shown, the notices that were counted, saves, and nonces that were seen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

NOTICES_MAX = 3
_DAY = timedelta(hours=24)


class ShownClass(NamedTuple):
    """A program's class, and what Google last took of it: nothing while `digest` is None."""

    class_id: str
    digest: bytes | None
    version: int


class ShownObject(NamedTuple):
    """A card's object, and what Google last took of it: nothing while `digest` is None.

    It is not sure while a request is under way, and after one whose end nobody saw.
    """

    object_id: str
    class_id: str
    digest: bytes | None
    balance: int | None
    is_sure: bool
    is_saved: bool


async def keep_class(conn: AsyncConnection, program_id: UUID, class_id: str) -> ShownClass | None:
    """The program's class; it keeps the id that it began with. None when the id is another program's."""
    await conn.execute(
        text(
            "INSERT INTO google_classes (program_id, class_id) VALUES (:program_id, :class_id)"
            " ON CONFLICT DO NOTHING"
        ),
        {"program_id": program_id, "class_id": class_id},
    )
    return await find_class(conn, program_id)


async def find_both(
    conn: AsyncConnection, program_id: UUID, card_id: UUID
) -> tuple[ShownClass, ShownObject] | None:
    """The program's class and the card's object; None while one of them was never kept."""
    row = await _one(
        conn,
        "SELECT c.class_id, c.shown_digest, c.shown_version, o.object_id, o.class_id, o.shown_digest,"
        " o.shown_balance, o.is_sure, o.is_saved"
        " FROM google_classes c, google_objects o WHERE c.program_id = :program_id AND o.card_id = :card_id",
        {"program_id": program_id, "card_id": card_id},
    )
    return None if row is None else (ShownClass(*row[:3]), ShownObject(*row[3:]))


async def find_class(conn: AsyncConnection, program_id: UUID) -> ShownClass | None:
    row = await _one(
        conn,
        "SELECT class_id, shown_digest, shown_version FROM google_classes WHERE program_id = :program_id",
        {"program_id": program_id},
    )
    return None if row is None else ShownClass(*row)


async def class_shown(conn: AsyncConnection, program_id: UUID, digest: bytes, version: int) -> None:
    """Google took this. Never going back to what less was known of."""
    await conn.execute(
        text(
            "UPDATE google_classes SET shown_digest = :digest, shown_version = :version, shown_at = now()"
            " WHERE program_id = :program_id AND (shown_digest IS NULL OR shown_version <= :version)"
        ),
        {"program_id": program_id, "digest": digest, "version": version},
    )


async def class_unsure(conn: AsyncConnection, program_id: UUID) -> None:
    """Nobody knows what Google has of it: it is inserted, or patched where it is there."""
    await conn.execute(
        text("UPDATE google_classes SET shown_digest = NULL WHERE program_id = :program_id"),
        {"program_id": program_id},
    )


async def keep_object(conn: AsyncConnection, card_id: UUID, object_id: str, class_id: str) -> ShownObject:
    """The card's object; it keeps the ids that it began with."""
    await conn.execute(
        text(
            "INSERT INTO google_objects (card_id, object_id, class_id)"
            " VALUES (:card_id, :object_id, :class_id) ON CONFLICT DO NOTHING"
        ),
        {"card_id": card_id, "object_id": object_id, "class_id": class_id},
    )
    found = await find_object(conn, card_id)
    assert found is not None, "it was written a moment ago"
    return found


async def find_object(conn: AsyncConnection, card_id: UUID) -> ShownObject | None:
    row = await _one(
        conn,
        "SELECT object_id, class_id, shown_digest, shown_balance, is_sure, is_saved"
        " FROM google_objects WHERE card_id = :card_id",
        {"card_id": card_id},
    )
    return None if row is None else ShownObject(*row)


async def object_shown(conn: AsyncConnection, card_id: UUID, digest: bytes, balance: int) -> None:
    """Google took this."""
    await conn.execute(
        text(
            "UPDATE google_objects SET shown_digest = :digest, shown_balance = :balance, shown_at = now(),"
            " is_sure = true WHERE card_id = :card_id"
        ),
        {"card_id": card_id, "digest": digest, "balance": balance},
    )


async def begin_object(conn: AsyncConnection, card_id: UUID) -> None:
    """Something is about to be sent: until its answer is here, nobody knows what Google shows."""
    await conn.execute(
        text("UPDATE google_objects SET is_sure = false WHERE card_id = :card_id AND is_sure"),
        {"card_id": card_id},
    )


async def count_notice(conn: AsyncConnection, card_id: UUID, digest: bytes) -> datetime | None:
    """Count a notice before it is sent; None when there is no room for one, or this state was announced."""
    row = await _one(
        conn,
        "UPDATE google_objects o SET announced_digest = :digest, notified = recent.told || clock_timestamp()"
        " FROM (SELECT card_id, ARRAY(SELECT at FROM unnest(notified) AS at"
        "       WHERE at > clock_timestamp() - CAST(:since AS interval)) AS told"
        "       FROM google_objects WHERE card_id = :card_id FOR UPDATE) AS recent"
        " WHERE o.card_id = recent.card_id AND announced_digest IS DISTINCT FROM :digest"
        " AND cardinality(recent.told) < :most RETURNING notified[cardinality(notified)]",
        {"card_id": card_id, "digest": digest, "most": NOTICES_MAX, "since": _DAY},
    )
    return None if row is None else row[0]


async def take_notice_back(conn: AsyncConnection, card_id: UUID, at: datetime) -> None:
    """It never reached Google, or was refused there: it does not count."""
    await conn.execute(
        text(
            "UPDATE google_objects SET notified = array_remove(notified, :at), announced_digest = NULL"
            " WHERE card_id = :card_id"
        ),
        {"card_id": card_id, "at": at},
    )


async def first_in_line(conn: AsyncConnection, card_id: UUID) -> None:
    """Somebody waits for this pass: it is delivered before all that is behind."""
    await conn.execute(
        text(
            "UPDATE deliveries SET next_try_at = now() - interval '1 year'"
            " WHERE card_id = :card_id AND platform = 'google' AND status = 'behind'"
        ),
        {"card_id": card_id},
    )


class Marked(NamedTuple):
    """A pass of which a callback told."""

    card_id: UUID
    merchant_id: UUID
    changed: bool


async def mark_saved(conn: AsyncConnection, object_id: str, class_id: str, saved: bool) -> Marked | None:
    """Somebody has the pass in a wallet, or nobody any more; None when the class has no such object."""
    row = await _one(
        conn,
        "SELECT o.card_id, p.merchant_id, o.is_saved FROM google_objects o JOIN passes p USING (card_id)"
        " WHERE o.object_id = :object_id AND o.class_id = :class_id FOR UPDATE OF o",
        {"object_id": object_id, "class_id": class_id},
    )
    if row is None:
        return None
    column = "saved_at" if saved else "removed_at"
    await conn.execute(
        text(f"UPDATE google_objects SET is_saved = :saved, {column} = now() WHERE card_id = :card_id"),  # noqa: S608
        {"saved": saved, "card_id": row.card_id},
    )
    return Marked(row.card_id, row.merchant_id, row.is_saved != saved)


async def see_nonce(conn: AsyncConnection, digest: bytes, expires_at: datetime) -> bool:
    """False for one that was seen before. Those that are over are forgotten on the way."""
    await conn.execute(
        text(
            "DELETE FROM google_nonces WHERE digest IN (SELECT digest FROM google_nonces"
            " WHERE expires_at < now() LIMIT 100 FOR UPDATE SKIP LOCKED)"
        )
    )
    row = await _one(
        conn,
        "INSERT INTO google_nonces (digest, expires_at) VALUES (:digest, :expires_at)"
        " ON CONFLICT DO NOTHING RETURNING digest",
        {"digest": digest, "expires_at": expires_at},
    )
    return row is not None


async def _one(conn: AsyncConnection, statement: str, values: Mapping[str, Any]) -> Any | None:
    return (await conn.execute(text(statement), values)).first()

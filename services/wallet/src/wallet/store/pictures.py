"""Pictures in the database: wanted, claimed, stored by their SHA-256, found by their program."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import CursorResult, text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.programs import ProgramChanged
from kit.work import Work
from wallet.apple.look import Pictures
from wallet.images.decoding import Kind


class Wanted(NamedTuple):
    """A picture to be fetched, under a claim. `sha256` is that of the one that is there so far."""

    program_id: UUID
    kind: Kind
    url: str
    sha256: bytes | None
    tries: int
    claim: UUID


async def of_program(work: Work, program_id: UUID) -> Pictures:
    """What this program has here."""
    async with work.read() as conn:
        rows = await conn.execute(
            text("SELECT kind, encode(sha256, 'hex') AS sha256 FROM program_pictures WHERE program_id = :id"),
            {"id": program_id},
        )
        return Pictures(**{row.kind: row.sha256 for row in rows})


async def load(work: Work, sha256: str) -> bytes | None:
    """The picture; None when it is not there."""
    async with work.read() as conn:
        found = await conn.execute(
            text("SELECT content FROM pictures WHERE sha256 = decode(:sha256, 'hex')"), {"sha256": sha256}
        )
        content = found.scalar_one_or_none()
        return None if content is None else bytes(content)


async def want(conn: AsyncConnection, programs: Iterable[ProgramChanged]) -> None:
    """Pictures of programs that are new or changed are fetched; what there was stays until then."""
    rows = [
        {"program_id": one.id, "kind": kind, "url": url or "", "wanted_version": one.version}
        for one in sorted(programs, key=lambda one: (one.id, one.version))
        for kind, url in (("hero", one.hero_image_url), ("logo", one.logo_url))
    ]
    newest = {(row["program_id"], row["kind"]): row for row in rows}
    if newest:
        await conn.execute(_WANT, {"rows": msgspec.json.encode(list(newest.values())).decode()})


# A program without a picture has rows all the same, with its version: an older one changes nothing.
_WANT = text(
    """
    INSERT INTO program_pictures AS p (program_id, kind, url, wanted_version, status)
    SELECT program_id, kind, url, wanted_version, CASE WHEN url = '' THEN 'refused' ELSE 'wanted' END
    FROM json_to_recordset(CAST(:rows AS json))
        AS r (program_id uuid, kind text, url text, wanted_version bigint)
    ORDER BY program_id, kind
    ON CONFLICT (program_id, kind) DO UPDATE SET url = excluded.url, wanted_version = excluded.wanted_version,
        status = excluded.status, tries = 0, next_try_at = now(), claim = NULL, claimed_until = NULL,
        last_error = NULL, sha256 = CASE WHEN excluded.url = '' THEN NULL ELSE p.sha256 END
    WHERE p.wanted_version < excluded.wanted_version
    """
)


async def claim(conn: AsyncConnection, new_claim: UUID, lease_s: float) -> Wanted | None:
    """One that is due, past what others hold; a claim that ran out is taken again.

    What was tried less often comes first: servers that never answer hold up no new picture.
    """
    row = (await conn.execute(_CLAIM, {"claim": new_claim, "lease_s": lease_s})).first()
    if row is None:
        return None
    sha256 = None if row.sha256 is None else bytes(row.sha256)
    return Wanted(row.program_id, row.kind, row.url, sha256, row.tries, new_claim)


_CLAIM = text(
    """
    WITH due AS (
        SELECT program_id, kind FROM program_pictures
        WHERE status = 'wanted' AND next_try_at <= now() AND (claimed_until IS NULL OR claimed_until <= now())
        ORDER BY tries, next_try_at LIMIT 1 FOR UPDATE SKIP LOCKED)
    UPDATE program_pictures p SET claim = :claim, claimed_until = now() + make_interval(secs => :lease_s),
        tries = least(p.tries + 1, 1000)
    FROM due WHERE p.program_id = due.program_id AND p.kind = due.kind
    RETURNING p.program_id, p.kind, p.url, p.sha256, p.tries
    """
)


async def keep(conn: AsyncConnection, wanted: Wanted, sha256: bytes, content: bytes) -> bool:
    """It came; False when something else is wanted by now."""
    await conn.execute(
        text(
            "INSERT INTO pictures (sha256, content) VALUES (:sha256, :content)"
            " ON CONFLICT (sha256) DO UPDATE SET fetched_at = now()"
        ),
        {"sha256": sha256, "content": content},
    )
    return await _end(conn, wanted, "status = 'there', sha256 = :sha256, last_error = NULL", sha256=sha256)


async def refuse(conn: AsyncConnection, wanted: Wanted, why: str) -> bool:
    """It is never taken from there; False when something else is wanted by now."""
    return await _end(conn, wanted, "status = 'refused', sha256 = NULL, last_error = :why", why=why)


async def later(conn: AsyncConnection, wanted: Wanted, why: str, wait_s: float) -> bool:
    """It is tried again after this pause."""
    changes = "next_try_at = clock_timestamp() + make_interval(secs => :wait_s), last_error = :why"
    return await _end(conn, wanted, changes, why=why, wait_s=wait_s)


async def _end(conn: AsyncConnection, wanted: Wanted, changes: str, **values: Any) -> bool:
    """Record what became of a claim that is still ours."""
    done = await conn.execute(
        text(
            f"UPDATE program_pictures SET {changes}, claim = NULL, claimed_until = NULL"  # noqa: S608 - ours
            " WHERE program_id = :program_id AND kind = :kind AND claim = :claim"
        ),
        {"program_id": wanted.program_id, "kind": wanted.kind, "claim": wanted.claim, **values},
    )
    assert isinstance(done, CursorResult)
    return done.rowcount == 1


async def forget_unused(conn: AsyncConnection) -> None:
    """Pictures that no program has had for a day."""
    await conn.execute(
        text(
            "DELETE FROM pictures p WHERE fetched_at < now() - interval '1 day' AND NOT EXISTS"
            " (SELECT FROM program_pictures u WHERE u.sha256 = p.sha256)"
        )
    )

"""Pictures in the database: stored by their SHA-256, found by the program that names their address."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text

from kit.work import Work
from wallet.apple.look import Pictures


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

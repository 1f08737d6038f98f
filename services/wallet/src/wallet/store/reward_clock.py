"""Rewards that began or ended by the clock alone, in the database: each is found once, by one replica."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


async def turned(conn: AsyncConnection, every_s: float, ago_s: float) -> set[UUID]:
    """Programs with such a reward since the last look, up to `ago_s` ago; none where it is not time yet."""
    rows = await conn.execute(_TURNED, {"every_s": every_s, "ago_s": ago_s})
    return {row.program_id for row in rows}


_TURNED = text(
    """
    WITH before AS (
        SELECT looked_until FROM reward_clock
        WHERE looked_until <= now() - make_interval(secs => :every_s + :ago_s) FOR UPDATE SKIP LOCKED),
    looked AS (
        UPDATE reward_clock c SET looked_until = now() - make_interval(secs => :ago_s) FROM before
        RETURNING before.looked_until AS since, c.looked_until AS upto)
    SELECT DISTINCT CAST(state->>'program_id' AS uuid) AS program_id FROM looked, projections,
        unnest(ARRAY[state->>'valid_from', state->>'valid_until']) AS turn
    WHERE kind = 'reward' AND state->>'deleted_at' IS NULL
      AND CAST(turn AS timestamptz) > since AND CAST(turn AS timestamptz) <= upto
    """
)

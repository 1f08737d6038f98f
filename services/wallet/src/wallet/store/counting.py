"""What is counted of deliveries: how many passes are behind and for how long, and how many there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from wallet.domain import Platform


class Behind(NamedTuple):
    """Passes that show an older state, and for how many seconds."""

    passes: int
    p50_s: float
    p95_s: float
    p99_s: float
    oldest_s: float


NOTHING_BEHIND = Behind(0, 0.0, 0.0, 0.0, 0.0)


class HandedOut(NamedTuple):
    """Passes that a wallet holds, and those of them whose state it refused."""

    passes: int
    failed: int


async def count_behind(conn: AsyncConnection) -> Mapping[Platform, Behind]:
    """Per platform; it reads those that are behind, no others."""
    rows = await conn.execute(_BEHIND)
    return {
        row.platform: Behind(row.behind, *(round(max(0.0, age), 3) for age in (*row.ages, row.oldest)))
        for row in rows
    }


_BEHIND = text(
    """
    SELECT platform, count(*) AS behind, max(age) AS oldest,
        percentile_disc(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY age) AS ages
    FROM (SELECT platform, CAST(extract(epoch FROM now() - behind_since) AS float8) AS age
          FROM deliveries WHERE status = 'behind') AS waiting
    GROUP BY platform
    """
)


async def count_handed_out(conn: AsyncConnection) -> Mapping[Platform, HandedOut]:
    """Per platform; it reads all of them."""
    rows = await conn.execute(_HANDED_OUT)
    return {row.platform: HandedOut(row.passes, row.failed) for row in rows}


_HANDED_OUT = text(
    """
    SELECT platform, count(*) FILTER (WHERE status <> 'removed') AS passes,
        count(*) FILTER (WHERE status = 'failed') AS failed
    FROM deliveries GROUP BY platform
    """
)

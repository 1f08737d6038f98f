"""Providers in the database: what all replicas know of each one's health, and its circuit breaker."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from wallet.breaker import Breaker
from wallet.domain import Platform


class Health(NamedTuple):
    """What is known of a provider, by the database's clock."""

    breaker: Breaker
    last_success_at: datetime | None
    last_error: str | None
    last_error_at: datetime | None
    #: Since when it refuses our identity.
    refused_since: datetime | None
    now: datetime


_COLUMNS = (
    "platform, faults, rests, opened_at, open_until, last_success_at, last_error, last_error_at,"
    " refused_since, clock_timestamp() AS now"
)
_HEALTH = text(f"SELECT {_COLUMNS} FROM providers")  # noqa: S608 - names of ours only
_LOCK = text(f"SELECT {_COLUMNS} FROM providers WHERE platform = :platform FOR UPDATE")  # noqa: S608


async def healths(conn: AsyncConnection) -> Mapping[Platform, Health]:
    """Every provider's."""
    return {row.platform: _health(row) for row in await conn.execute(_HEALTH)}


async def lock_provider(conn: AsyncConnection, platform: Platform) -> Health:
    """One provider's; no other replica changes it until this transaction ends."""
    return _health((await conn.execute(_LOCK, {"platform": platform})).one())


async def note_provider(
    conn: AsyncConnection,
    platform: Platform,
    breaker: Breaker,
    refused_since: datetime | None,
    *,
    succeeded: bool,
    error: str | None,
) -> None:
    """Write down what the last outcomes made of it. Hold its row."""
    await conn.execute(
        _NOTE,
        {
            "platform": platform,
            "faults": breaker.faults,
            "rests": breaker.rests,
            "opened_at": breaker.opened_at,
            "open_until": breaker.open_until,
            "refused_since": refused_since,
            "succeeded": succeeded,
            "error": error,
        },
    )


_NOTE = text(
    """
    UPDATE providers SET faults = :faults, rests = :rests, opened_at = :opened_at, open_until = :open_until,
        refused_since = :refused_since, probe_until = NULL,
        last_success_at = CASE WHEN :succeeded THEN clock_timestamp() ELSE last_success_at END,
        last_error = coalesce(CAST(:error AS text), last_error),
        last_error_at = CASE WHEN CAST(:error AS text) IS NULL THEN last_error_at ELSE clock_timestamp() END
    WHERE platform = :platform
    """
)


def _health(row: object) -> Health:
    values = dict(row._mapping)  # type: ignore[attr-defined]
    breaker = Breaker(values["faults"], values["rests"], values["opened_at"], values["open_until"])
    return Health(breaker, *(values[name] for name in Health._fields[1:]))

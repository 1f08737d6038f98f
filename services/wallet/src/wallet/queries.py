"""Reads for screens: what each wallet shows of a pass, and how many passes are behind."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from prometheus_client import Gauge

from kit.telemetry import registry
from kit.work import Work, passes
from wallet import store
from wallet.domain import PLATFORMS, Delivery, Pass, Platform, seen

COUNT_EVERY_S = 10.0

_behind = Gauge(
    "passes_behind", "Handed-out passes that show an older state", ["platform"], registry=registry
)
_age = Gauge(
    "passes_behind_seconds",
    "How long the oldest of them is behind",
    ["platform"],
    registry=registry,
)
_breaker = Gauge(
    "provider_breaker_open",
    "1 while the provider is left alone, 0.5 when its trial is due",
    ["platform"],
    registry=registry,
)
_BREAKER = {"closed": 0.0, "half-open": 0.5, "open": 1.0}


async def shown(work: Work, held: Pass, available: Collection[Platform]) -> list[Delivery]:
    """One row a platform, also where it was never handed out. `available`: those that are configured."""
    async with work.read() as conn:
        rows = await store.deliveries_of(conn, held.card_id)
    return [seen(held, platform, rows.get(platform), platform in available) for platform in PLATFORMS]


async def count_behind(work: Work) -> None:
    """Set the gauges once."""
    async with work.read() as conn:
        rows = await store.count_behind(conn)
        known = await store.healths(conn)
    for platform in PLATFORMS:
        count, seconds = rows.get(platform, (0, 0.0))
        _behind.labels(platform).set(count)
        _age.labels(platform).set(seconds)
        _breaker.labels(platform).set(_BREAKER[known[platform].breaker.state(known[platform].now)])


async def keep_counting(work: Work) -> None:
    """Keep the gauges up; what could not be counted once is counted the next time."""
    while True:
        try:
            await count_behind(work)
        except Exception as error:
            if not passes(error):
                raise
        await asyncio.sleep(COUNT_EVERY_S)

"""Reads for screens and metrics: what each wallet shows of a pass, and how each provider fares."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from typing import NamedTuple

from prometheus_client import Gauge

from kit.telemetry import registry
from kit.work import Work, passes
from wallet import store
from wallet.domain import PLATFORMS, Delivery, Pass, Platform, seen

COUNT_EVERY_S = 10.0
#: Counting all passes reads them all: so often only.
COUNT_ALL_EVERY_S = 120.0

_behind = Gauge(
    "passes_behind", "Handed-out passes that show an older state", ["platform"], registry=registry
)
_age = Gauge(
    "passes_behind_seconds",
    "How long the oldest of them is behind",
    ["platform"],
    registry=registry,
)
_quantiles = Gauge(
    "passes_behind_seconds_quantile",
    "How long they are behind, by quantile",
    ["platform", "quantile"],
    registry=registry,
)
_breaker = Gauge(
    "provider_breaker_open",
    "1 while the provider is left alone, 0.5 when its trial is due",
    ["platform"],
    registry=registry,
)
_refused = Gauge(
    "provider_identity_refused",
    "1 while the provider does not accept our certificate or service account",
    ["platform"],
    registry=registry,
)
_handed_out = Gauge("passes_handed_out", "Passes that wallets hold", ["platform"], registry=registry)
_failed = Gauge("passes_failed", "Passes whose state the platform refused", ["platform"], registry=registry)
_BREAKER = {"closed": 0.0, "half-open": 0.5, "open": 1.0}


class Figures(NamedTuple):
    """Every provider's health, what is behind on it, and what was handed out; and the last sync."""

    health: Mapping[Platform, store.Health]
    behind: Mapping[Platform, store.Behind]
    handed_out: Mapping[Platform, store.HandedOut]
    sync: store.LastSync


async def shown(work: Work, held: Pass, available: Collection[Platform]) -> list[Delivery]:
    """One row a platform, also where it was never handed out. `available`: those that are configured."""
    async with work.read() as conn:
        rows = await store.deliveries_of(conn, held.card_id)
    return [seen(held, platform, rows.get(platform), platform in available) for platform in PLATFORMS]


async def figures(work: Work) -> Figures:
    """As they are now."""
    async with work.read() as conn:
        return Figures(
            await store.healths(conn),
            await store.count_behind(conn),
            await store.count_handed_out(conn),
            await store.last_sync(conn),
        )


async def count_behind(work: Work) -> None:
    """Set the gauges of what is behind once."""
    async with work.read() as conn:
        rows = await store.count_behind(conn)
        known = await store.healths(conn)
    for platform in PLATFORMS:
        found = rows.get(platform, store.NOTHING_BEHIND)
        _behind.labels(platform).set(found.passes)
        _age.labels(platform).set(found.oldest_s)
        for quantile, seconds in (("0.5", found.p50_s), ("0.95", found.p95_s), ("0.99", found.p99_s)):
            _quantiles.labels(platform, quantile).set(seconds)
        _breaker.labels(platform).set(_BREAKER[known[platform].breaker.state(known[platform].now)])
        _refused.labels(platform).set(known[platform].refused_since is not None)


async def count_all(work: Work) -> None:
    """Set the gauges of what was handed out once."""
    async with work.read() as conn:
        rows = await store.count_handed_out(conn)
    for platform in PLATFORMS:
        found = rows.get(platform, store.HandedOut(0, 0))
        _handed_out.labels(platform).set(found.passes)
        _failed.labels(platform).set(found.failed)


async def keep_counting(work: Work) -> None:
    """Keep the gauges up; what could not be counted once is counted the next time."""
    turn, turns = 0, round(COUNT_ALL_EVERY_S / COUNT_EVERY_S)
    while True:
        try:
            await count_behind(work)
            if turn % turns == 0:
                await count_all(work)
        except Exception as error:
            if not passes(error):
                raise
        turn += 1
        await asyncio.sleep(COUNT_EVERY_S)

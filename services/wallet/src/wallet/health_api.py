"""What administrators see of the wallets: how each provider fares, what is behind, the last sync."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from contracts.event import Instant
from contracts.problem import Forbidden, Unauthenticated
from kit.described import problems
from kit.identity import Caller, allow
from kit.work import Work
from wallet import queries, store
from wallet.breaker import State
from wallet.certificates import WARN_DAYS
from wallet.domain import PLATFORMS, Platform
from wallet.queries import Figures
from wallet.telling import plain

Warning_ = Literal[
    "left-alone", "certificate-expires-soon", "certificate-expired", "identity-refused", "passes-refused"
]

_AT = "2026-11-20T10:00:00.000000Z"
_BEHIND: JsonDict = {"passes": 3, "p50_s": 0.4, "p95_s": 1.1, "p99_s": 1.2, "oldest_s": 1.2}
_PROVIDER: JsonDict = {
    "platform": "apple",
    "configured": True,
    "breaker": "closed",
    "left_alone_since": None,
    "passes": 1840,
    "failed": 0,
    "behind": _BEHIND,
    "last_success_at": _AT,
    "last_error": "503 ServiceUnavailable",
    "last_error_at": "2026-11-19T22:14:03.000000Z",
    "certificate_expires_at": "2027-10-01T00:00:00.000000Z",
    "warnings": [],
}
_SYNC: JsonDict = {"finished_at": _AT, "compared": 25000, "healed": 0}


class BehindView(BaseModel):
    """Passes that show an older state, and for how long."""

    model_config = ConfigDict(json_schema_extra={"example": _BEHIND})

    passes: int = Field(description="How many")
    p50_s: float = Field(description="Half of them are behind for at most so many seconds")
    p95_s: float = Field(description="95 of a hundred are")
    p99_s: float = Field(description="99 of a hundred are")
    oldest_s: float = Field(description="The one that waits longest")


class ProviderView(BaseModel):
    """One wallet platform."""

    model_config = ConfigDict(json_schema_extra={"example": _PROVIDER})

    platform: Platform = Field(description="Which wallet")
    configured: bool = Field(description="Whether there is an identity for it; else nothing is delivered")
    breaker: State = Field(
        description="`closed`: it is asked; `open`: it is left alone; `half-open`: its trial is next"
    )
    left_alone_since: Instant | None = Field(description="Since when the breaker is not closed")
    passes: int = Field(description="Passes that this wallet holds")
    failed: int = Field(description="Those of them whose state the platform refused")
    behind: BehindView = Field(description="Those of them that show an older state")
    last_success_at: Instant | None = Field(description="When it last took a state")
    last_error: str | None = Field(description="What it last answered instead, or why there was no answer")
    last_error_at: Instant | None = Field(description="When that was")
    certificate_expires_at: Instant | None = Field(description="Apple only: when the first one expires")
    warnings: list[Warning_] = Field(
        description="What needs somebody: `left-alone`, `identity-refused` (the platform does not accept our"
        " certificate or service account), `passes-refused`, `certificate-expires-soon` (within 30 days),"
        " `certificate-expired`"
    )


class SyncView(BaseModel):
    """The last whole comparison of passes with the ledger."""

    model_config = ConfigDict(json_schema_extra={"example": _SYNC})

    finished_at: Instant = Field(description="When it ended")
    compared: int = Field(description="Passes that were compared")
    healed: int = Field(description="Passes that were wrong, and are right since")


class WalletHealth(BaseModel):
    """How passes are delivered."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"providers": [_PROVIDER], "last_sync": _SYNC, "as_of": _AT}}
    )

    providers: list[ProviderView] = Field(description="One item a platform")
    last_sync: SyncView | None = Field(description="Null before the first one has ended")
    as_of: Instant = Field(description="When this was counted")


def routes(work: Work, available: Collection[Platform], certificate_ends: datetime | None) -> APIRouter:
    router = APIRouter()

    @router.get(
        "/api/v1/admin/loyalty/wallet/health",
        operation_id="readWalletHealth",
        tags=["operations"],
        summary="How passes are delivered",
        description="Each wallet platform: whether it answers, what is behind and how long; the last sync.",
        response_model=WalletHealth,
        responses=problems(Unauthenticated, Forbidden),
    )
    async def read_health(_: Annotated[Caller, Depends(allow("admin"))]) -> WalletHealth:
        found = await queries.figures(work)
        now = found.health["apple"].now
        return WalletHealth(
            providers=[
                _provider(platform, found, platform in available, certificate_ends, now)
                for platform in PLATFORMS
            ],
            last_sync=_sync(found.sync),
            as_of=now,
        )

    return router


def _provider(
    platform: Platform, found: Figures, configured: bool, certificate_ends: datetime | None, now: datetime
) -> ProviderView:
    health = found.health[platform]
    behind = found.behind.get(platform, store.NOTHING_BEHIND)
    handed_out = found.handed_out.get(platform, store.HandedOut(0, 0))
    ends = certificate_ends if platform == "apple" else None
    return ProviderView(
        platform=platform,
        configured=configured,
        breaker=health.breaker.state(now),
        left_alone_since=health.breaker.opened_at,
        passes=handed_out.passes,
        failed=handed_out.failed,
        behind=BehindView(
            passes=behind.passes,
            p50_s=behind.p50_s,
            p95_s=behind.p95_s,
            p99_s=behind.p99_s,
            oldest_s=behind.oldest_s,
        ),
        last_success_at=health.last_success_at,
        last_error=plain(health.last_error),
        last_error_at=health.last_error_at,
        certificate_expires_at=ends,
        warnings=warnings_of(health, handed_out.failed, ends),
    )


def warnings_of(health: store.Health, failed: int, ends: datetime | None) -> list[Warning_]:
    """What needs somebody."""
    now = health.now
    found: list[Warning_] = ["left-alone"] if health.breaker.is_open else []
    if health.refused_since is not None:
        found.append("identity-refused")
    if failed:
        found.append("passes-refused")
    if ends is not None and ends <= now:
        found.append("certificate-expired")
    elif ends is not None and ends - now <= timedelta(days=WARN_DAYS):
        found.append("certificate-expires-soon")
    return found


def _sync(last: store.LastSync) -> SyncView | None:
    if last.finished_at is None:
        return None
    return SyncView(finished_at=last.finished_at, compared=last.compared or 0, healed=last.healed or 0)

"""The rule of the hourly comparison: what a pass holds against what the ledger holds, and what is drift."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID

from wallet import recent

#: What the ledger did within this time may still be on its way here.
ON_ITS_WAY_S = 60.0
#: `missing`: no pass; `late`: it did not hear of rows that are older than that; `ahead`: of more rows than
#: there are; `different`: of the same row, with other balances, another hash or other last transactions.
Drift = Literal["missing", "late", "ahead", "different"]

#: Members that a pass holds of its account, by the names of the ledger's events.
HELD = (
    "program_id",
    "is_active",
    "stamp_count",
    "stamps_redeemed",
    "total_stamps_earned",
    "points_balance",
    "points_redeemed",
    "total_points_earned",
    "total_points_voided",
    "hash",
)


class Held(NamedTuple):
    """What a pass holds of its account: `values` in the order of HELD."""

    card_id: UUID
    sequence: int
    revision: int
    values: tuple[Any, ...]
    #: Its last transactions, as `wallet.recent` writes them.
    recent: Sequence[str]


class Account(NamedTuple):
    """What the ledger holds; `created_at` of its last row where it was asked for by name."""

    card_id: UUID
    merchant_id: UUID
    sequence: int
    values: tuple[Any, ...]
    recent: Sequence[str]
    created_at: datetime | None = None

    @property
    def members(self) -> Mapping[str, Any]:
        return dict(zip(HELD, self.values, strict=True))


def differs(held: Held | None, account: Account) -> bool:
    """Whether it is worth a second look. A pass was read before its account."""
    return held is None or held.sequence != account.sequence or _other(held, account)


def _other(held: Held, account: Account) -> bool:
    return held.values != account.values or not recent.same(held.recent, account.recent)


def drift(held: Held | None, account: Account, now: datetime) -> Drift | None:
    """What is wrong with the pass; None when all is well, or the last rows are still on their way."""
    assert account.created_at is not None, "the time of the last row decides"
    on_its_way = now - account.created_at < timedelta(seconds=ON_ITS_WAY_S)
    if held is None:
        return None if on_its_way else "missing"
    if held.sequence < account.sequence:
        return None if on_its_way else "late"
    if held.sequence > account.sequence:
        return "ahead"
    return "different" if _other(held, account) else None

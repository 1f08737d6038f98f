"""The rules of passes: what each shows, when it is behind, and when a delivery that failed is tried again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

Platform = Literal["apple", "google"]
PLATFORMS: tuple[Platform, ...] = ("apple", "google")
#: `behind` is tried until it is delivered, `failed` waits for a change, `removed` shows nothing any more.
Status = Literal["current", "behind", "failed", "removed"]

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 900.0
NOT_AVAILABLE = "wallet-not-available"


@dataclass(frozen=True)
class Pass:
    """A card as a wallet shows it. `revision` goes up whenever anything that is shown changes."""

    card_id: UUID
    merchant_id: UUID
    program_id: UUID
    serial_number: UUID
    #: What a device proves itself with. It never changes, and is never logged.
    authentication_token: bytes = field(repr=False)
    card_number: str | None
    qr_code: str | None
    locale: str | None
    is_active: bool
    stamp_count: int
    stamps_redeemed: int
    total_stamps_earned: int
    points_balance: int
    points_redeemed: int
    total_points_earned: int
    total_points_voided: int
    sequence_wanted: int
    last_hash: str | None
    last_transaction_at: datetime | None
    revision: int
    changed_at: datetime
    deleted_at: datetime | None
    #: The merchant or the program is deleted. Nothing of the card is touched: a restore shows what was there.
    hidden: bool = False
    #: The last transactions, as `wallet.recent` writes them.
    recent: Sequence[str] = ()

    @property
    def ended(self) -> bool:
        """The card is deleted or erased, or all that is its merchant's or program's is: passes are void."""
        return self.deleted_at is not None or self.hidden


@dataclass(frozen=True)
class Delivery:
    """What one platform shows of a pass."""

    platform: Platform
    status: Status
    sequence_shown: int
    devices: int
    last_delivered_at: datetime | None
    last_error: str | None


@dataclass(frozen=True)
class Attempt:
    """One attempt to deliver a pass, as the log keeps it: what was delivered, and what was answered."""

    id: UUID
    platform: Platform
    at: datetime
    outcome: Literal["delivered", "not-now", "never"]
    answer: str | None
    sequence: int
    revision: int
    devices: int
    took_ms: int


@dataclass(frozen=True)
class Delivered:
    """The platform has the pass as it was given, or as `shown` says; so many devices were told.

    `answer`, here and below, is the platform's status and reason for the log: never a token, never a name.
    """

    devices: int = 0
    answer: str | None = None
    #: What it has, where that is newer than what was given.
    shown: Pass | None = None
    #: Nothing had to be sent: this tells nothing of the platform.
    unasked: bool = False


@dataclass(frozen=True)
class NotNow:
    """A fault that is likely to pass. `wait_s`: what the platform asked us to wait, if it did.

    `of_provider`: many such in a row mean that the platform is down. False where we wait by ourselves (a
    quota) or where only this pass is held up.
    """

    error: str
    wait_s: float = 0.0
    answer: str | None = None
    of_provider: bool = True
    #: The platform refuses our identity, not this pass: somebody has to look at it.
    refuses_us: bool = False


@dataclass(frozen=True)
class Never:
    """The platform will not take this state, however often it is tried."""

    error: str
    answer: str | None = None
    #: As in `NotNow`.
    refuses_us: bool = False


Outcome = Delivered | NotNow | Never


@dataclass(frozen=True)
class Verdict:
    """What becomes of a delivery after an outcome."""

    status: Status
    tries: int
    wait_s: float
    last_error: str | None


def judge(
    outcome: Outcome,
    *,
    delivered: int,
    now: int,
    ended: bool,
    tries: int,
    chance: float,
    resting: bool = False,
) -> Verdict:
    """`delivered` is the revision that was handed over, `now` the one that the pass has: the last wins.

    `resting`: the platform is left alone for a while. A fault of its does not count as a try then, and the
    pass is due as soon as it is back.
    """
    changed = now > delivered
    match outcome:
        case Delivered():
            if changed:
                return Verdict("behind", 0, 0.0, None)
            return Verdict("removed" if ended else "current", 0, 0.0, None)
        case NotNow(error, of_provider=True) if resting:
            return Verdict("behind", max(0, tries - 1), 0.0, error)
        case NotNow(error, wait_s):
            return Verdict("behind", tries, max(wait_s, pause_s(tries, chance)), error)
        case Never(error):
            if changed:
                return Verdict("behind", tries, pause_s(tries, chance), error)
            return Verdict("failed", tries, 0.0, error)


def pause_s(tries: int, chance: float) -> float:
    """The pause after so many tries: it doubles up to 15 minutes; `chance` (0 to 1) spreads it by a half."""
    return min(FIRST_PAUSE_S * 2.0 ** min(tries - 1, 20), LONGEST_PAUSE_S) * (0.5 + 0.5 * chance)


def seen(held: Pass, platform: Platform, delivery: Delivery | None, available: bool) -> Delivery:
    """What is told of a pass on a platform that may never have got it."""
    if delivery is not None:
        return delivery
    error = None if available or held.ended else NOT_AVAILABLE
    return Delivery(platform, "removed" if held.ended else "behind", 0, 0, None, error)

"""The commands: what may be asked of a card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ledger.domain.words import Target


@dataclass(frozen=True, slots=True)
class Stamp:
    """Add one stamp. `sale_at`: when it was sold, if not now; `log`: when others were, if it matters."""

    sale_at: datetime | None = None
    log: tuple[datetime, ...] | None = None


@dataclass(frozen=True, slots=True)
class RedeemStamps:
    """Take the stamp reward."""


@dataclass(frozen=True, slots=True)
class EarnPoints:
    """Give points for a purchase. `order_taken_by`: what has earned for this order reference already."""

    purchase_amount_cents: int
    currency: str
    order_reference: str | None = None
    order_taken_by: UUID | None = None
    sale_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RedeemPoints:
    """Take a reward. `taken`, `taken_by_card`: how often it was taken so far."""

    reward_id: UUID
    taken: int = 0
    taken_by_card: int = 0


@dataclass(frozen=True, slots=True)
class AdjustStamps:
    """Correct the stamps by hand, up or down."""

    stamps_delta: int


@dataclass(frozen=True, slots=True)
class AdjustPoints:
    """Correct the points by hand, up or down."""

    points_delta: int


@dataclass(frozen=True, slots=True)
class VoidStamps:
    """Take back one stamp or stamp reward, or the card's newest stamps.

    `targets` are what was found of it, newest first; `stamp_before_at` is when the newest stamp was given
    that is neither voided nor among them.
    """

    transaction_id: UUID | None = None
    stamps: int = 1
    targets: tuple[Target, ...] = ()
    stamp_before_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class VoidPoints:
    """Take back an earning, whole or in part, or the redemption of a reward."""

    transaction_id: UUID | None = None
    order_reference: str | None = None
    amount_cents: int | None = None
    targets: tuple[Target, ...] = ()


Void = VoidStamps | VoidPoints


@dataclass(frozen=True, slots=True)
class SwitchCard:
    """Deactivate or reactivate a card."""

    active: bool


@dataclass(frozen=True, slots=True)
class Expire:
    """Take all points of a card that nobody moved for too long, counted from its opening at the earliest."""

    opened_at: datetime


Correction = AdjustStamps | AdjustPoints | Void | SwitchCard | Expire
Command = Stamp | RedeemStamps | EarnPoints | RedeemPoints | Correction

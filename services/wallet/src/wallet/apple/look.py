"""How the passes of a program look: what is shown beside card and account, as it is known now."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from contracts.programs import MerchantChanged, ProgramChanged, RewardChanged, StoreChanged

PLACES_LIMIT = 10
DEFAULT_LANGUAGE = "en"


@dataclass(frozen=True)
class Pictures:
    """SHA-256 of the pictures that a program has, as they are stored here; None where there is none."""

    logo: str | None = None
    hero: str | None = None


@dataclass(frozen=True)
class Look:
    """One state of it; `version` differs whenever anything of it does."""

    merchant: MerchantChanged
    program: ProgramChanged
    #: Live, oldest first.
    stores: tuple[StoreChanged, ...]
    #: To be had now, cheapest first.
    rewards: tuple[RewardChanged, ...]
    pictures: Pictures
    version: str

    @property
    def ended(self) -> bool:
        """Merchant or program is deleted: its passes are void until it is restored."""
        return self.merchant.deleted_at is not None or self.program.deleted_at is not None

    @property
    def places(self) -> tuple[tuple[str, float, float], ...]:
        """Name, latitude and longitude of the stores near which a phone shows the card."""
        known = [
            (one.name, one.latitude, one.longitude)
            for one in self.stores
            if one.latitude is not None and one.longitude is not None
        ]
        return tuple(known[:PLACES_LIMIT])


def look_of(
    merchant: MerchantChanged,
    program: ProgramChanged,
    stores: Iterable[StoreChanged],
    rewards: Iterable[RewardChanged],
    pictures: Pictures,
    now: datetime,
) -> Look:
    """What of these is to be seen now."""
    live = tuple(sorted((one for one in stores if one.deleted_at is None), key=lambda one: one.id))
    had = (one for one in rewards if _is_had(one, now))
    cheapest = tuple(sorted(had, key=lambda one: (one.points_required, one.sort_order, one.id)))
    states = [(one.id, one.version) for one in (merchant, program, *live, *cheapest)]
    version = hashlib.sha256(repr((states, pictures)).encode()).hexdigest()[:32]
    return Look(merchant, program, live, cheapest, pictures, version)


def _is_had(reward: RewardChanged, now: datetime) -> bool:
    began = reward.valid_from is None or reward.valid_from <= now
    ends = reward.valid_until is not None and reward.valid_until <= now
    return reward.is_active and reward.deleted_at is None and began and not ends

"""Merchants, stores and settings as the programs service tells them; one never heard of is asked for."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from auth_pins.domain import Limits
from contracts.programs import MerchantChanged, SettingsChanged, StoreChanged
from kit.projection import Fetch, Projection
from kit.work import Work

KINDS = (MerchantChanged, StoreChanged, SettingsChanged)


class Places:
    """UpstreamUnavailable where programs would have to be asked and does not answer."""

    def __init__(self, work: Work, fetch: Fetch) -> None:
        self.projection = Projection(work, KINDS, fetch)

    async def merchant(self, merchant_id: UUID) -> MerchantChanged | None:
        """The merchant; None when there is none, or it is deleted."""
        found = await self.projection.load(MerchantChanged, merchant_id)
        return found if found and found.deleted_at is None else None

    async def store(self, store_id: UUID, merchant_id: UUID | None = None) -> StoreChanged | None:
        """The store; None when there is none (of this merchant), or it or its merchant is deleted."""
        found = await self.projection.load(StoreChanged, store_id)
        if found is None or found.deleted_at is not None or merchant_id not in (None, found.merchant_id):
            return None
        return found if await self.merchant(found.merchant_id) else None

    async def limits(self, merchant_id: UUID) -> Limits:
        """When wrong PINs lock at this merchant."""
        found = await self.projection.load(SettingsChanged, merchant_id)
        if found is None:
            return Limits()
        return Limits(found.pin_lockout_attempts, timedelta(minutes=found.pin_lockout_minutes))

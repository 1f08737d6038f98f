"""What every change has in common: the thing is saved and told when it changed, and only then."""

from __future__ import annotations

from uuid import UUID

from contracts.problem import MerchantNotFound
from kit.work import Tx
from programs import store
from programs.commands.facts import tell
from programs.domain import AnyThing, Merchant


async def keep(tx: Tx, before: AnyThing, after: AnyThing) -> AnyThing:
    """Save and tell what came of `before`; nothing when nothing did."""
    if after is not before:
        await store.save(tx.conn, after)
        tell(tx, after)
    return after


async def live_merchant(tx: Tx, merchant_id: UUID) -> Merchant:
    """The merchant beneath which something changes, kept as it is; MerchantNotFound when deleted."""
    merchant = await store.merchant_staying(tx.conn, merchant_id)
    if merchant is None or merchant.deleted_at:
        raise MerchantNotFound
    return merchant

"""Merchants and their settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from contracts.problem import MerchantNotFound
from kit.ids import now, uuid7
from kit.work import Tx
from programs import domain, store
from programs.commands.keeping import begin, keep, live_merchant
from programs.domain import Merchant, Seen, Settings


async def create_merchant(tx: Tx, fields: Mapping[str, Any]) -> Merchant:
    """A merchant, with the settings it begins with."""
    moment = now()
    merchant = Merchant(id=uuid7(), created_at=moment, updated_at=moment, **fields)
    settings = Settings(id=merchant.id, created_at=moment, updated_at=moment)
    await begin(tx, merchant, settings)
    return merchant


async def change_merchant(tx: Tx, merchant_id: UUID, seen: Seen, changes: Mapping[str, Any]) -> Merchant:
    merchant = await _held(tx, merchant_id)
    domain.check_seen(merchant, seen)
    activated = await store.was_activated(tx.conn, merchant_id)
    return await keep(tx, merchant, domain.change_merchant(merchant, changes, activated=activated, now=now()))


async def delete_merchant(tx: Tx, merchant_id: UUID, seen: Seen, by: UUID | None) -> Merchant:
    """Hide it, and by that all that is its."""
    merchant = await _held(tx, merchant_id)
    domain.check_seen(merchant, seen)
    return await keep(tx, merchant, domain.delete(merchant, by, uuid7(), now()))


async def restore_merchant(tx: Tx, merchant_id: UUID) -> Merchant:
    """AlreadyExists when its slug was taken meanwhile."""
    merchant = await store.hold(tx.conn, Merchant, merchant_id)
    if merchant is None:
        raise MerchantNotFound
    return await keep(tx, merchant, domain.restore(merchant, now()))


async def change_settings(tx: Tx, merchant_id: UUID, seen: Seen, changes: Mapping[str, Any]) -> Settings:
    await live_merchant(tx, merchant_id)
    settings = await store.hold(tx.conn, Settings, merchant_id)
    assert settings is not None, "a merchant has its settings from its first moment"
    domain.check_seen(settings, seen)
    return await keep(tx, settings, domain.change(settings, changes, now()))


async def _held(tx: Tx, merchant_id: UUID) -> Merchant:
    merchant = await store.hold(tx.conn, Merchant, merchant_id)
    if merchant is None or merchant.deleted_at:
        raise MerchantNotFound
    return merchant

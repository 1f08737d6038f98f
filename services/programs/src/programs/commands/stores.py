"""Stores of a merchant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from contracts.problem import MerchantNotFound, StoreNotFound
from kit.ids import now, uuid7
from kit.work import Tx
from programs import domain, store
from programs.commands.keeping import begin, keep, live_merchant
from programs.domain import Seen, Store


async def create_store(tx: Tx, merchant_id: UUID, fields: Mapping[str, Any]) -> Store:
    await live_merchant(tx, merchant_id)
    moment = now()
    made = Store(id=uuid7(), merchant_id=merchant_id, created_at=moment, updated_at=moment, **fields)
    domain.check(made)
    await begin(tx, made)
    return made


async def change_store(tx: Tx, store_id: UUID, seen: Seen, changes: Mapping[str, Any]) -> Store:
    held = await _held(tx, store_id)
    domain.check_seen(held, seen)
    return await keep(tx, held, domain.change(held, changes, now()))


async def delete_store(tx: Tx, store_id: UUID, seen: Seen, by: UUID | None) -> Store:
    held = await _held(tx, store_id)
    domain.check_seen(held, seen)
    return await keep(tx, held, domain.delete(held, by, uuid7(), now()))


async def restore_store(tx: Tx, store_id: UUID) -> Store:
    """AlreadyExists when its code was taken meanwhile."""
    held = await _held(tx, store_id, deleted=True)
    return await keep(tx, held, domain.restore(held, now()))


async def _held(tx: Tx, store_id: UUID, *, deleted: bool = False) -> Store:
    """The store of a live merchant, held; StoreNotFound for a deleted one, unless asked."""
    found = await store.load(tx.conn, Store, store_id)
    if found is None:
        raise StoreNotFound
    try:
        await live_merchant(tx, found.merchant_id)
    except MerchantNotFound:
        raise StoreNotFound from None
    held = await store.hold(tx.conn, Store, store_id)
    if held is None or (held.deleted_at and not deleted):
        raise StoreNotFound
    return held

"""Stores, for admins."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request, Response

from contracts.problem import (
    AlreadyExists,
    MerchantNotFound,
    PreconditionFailed,
    PreconditionRequired,
    StoreNotFound,
)
from kit.idempotency import Key, Made, OptionalKey
from kit.work import Tx
from programs import queries
from programs.api.answers import StoreAnswer, StoreList, gone, listed, made, shown, switched
from programs.api.asked import (
    PLATFORM,
    Admin,
    AdminListing,
    IfMatch,
    Including,
    OfMerchant,
    TheService,
    switch,
)
from programs.api.bodies import NewStore, NoBody, StoreChanges, given, whole
from programs.api.described import KEYED, OPTIONALLY_KEYED, problems
from programs.commands import stores as commands
from programs.domain import Store

router = APIRouter(prefix="/api/v1/admin/loyalty/stores", tags=["stores"])

MATCHED = (PreconditionRequired, PreconditionFailed, StoreNotFound)


@router.post(
    "",
    operation_id="createStore",
    summary="A new store",
    status_code=201,
    response_model=StoreAnswer,
    responses=problems(*KEYED, MerchantNotFound, AlreadyExists, body=True),
)
async def create(request: Request, caller: Admin, key: Key, body: NewStore, service: TheService) -> Response:
    """Makes a store of the merchant that is named; its code is unique among the merchant's stores."""

    async def effect(tx: Tx) -> Made:
        store = await commands.create_store(tx, body.merchant_id, whole(body, "merchant_id"))
        return made(store, StoreAnswer, f"{router.prefix}/{store.id}")

    return await service.idempotency.once(request, key, PLATFORM, body, effect)


@router.get(
    "",
    operation_id="listStores",
    summary="Stores",
    response_model=StoreList,
    responses=problems(),
)
async def list_all(
    caller: Admin, listing: AdminListing, service: TheService, merchant_id: OfMerchant = None
) -> Response:
    """Newest first; `search` takes the start of words of the name, or the whole code."""
    async with service.work.read() as conn:
        return listed(await queries.page(conn, Store, listing, merchant_id=merchant_id), StoreAnswer)


@router.get(
    "/{store_id}",
    operation_id="getStore",
    summary="A store",
    response_model=StoreAnswer,
    responses=problems(StoreNotFound),
)
async def read(
    caller: Admin, store_id: UUID, service: TheService, include_deleted: Including = False
) -> Response:
    """A deleted one, or one of a deleted merchant, is shown with `include_deleted` only."""
    async with service.work.read() as conn:
        store = await queries.find(conn, Store, store_id, deleted=include_deleted)
    if store is None:
        raise StoreNotFound
    return shown(store, StoreAnswer)


@router.patch(
    "/{store_id}",
    operation_id="changeStore",
    summary="Change a store",
    response_model=StoreAnswer,
    responses=problems(*MATCHED, AlreadyExists, body=True),
)
async def change(
    caller: Admin, store_id: UUID, seen: IfMatch, body: StoreChanges, service: TheService
) -> Response:
    """Only what is sent changes."""
    async with service.work() as tx:
        store = await commands.change_store(tx, store_id, seen, given(body))
    return shown(store, StoreAnswer)


@router.delete(
    "/{store_id}",
    operation_id="deleteStore",
    summary="Delete a store",
    status_code=204,
    response_class=Response,
    responses=problems(*MATCHED),
)
async def delete(caller: Admin, store_id: UUID, seen: IfMatch, service: TheService) -> Response:
    """Its code is free again; what happened there stays in the ledger."""
    async with service.work() as tx:
        await commands.delete_store(tx, store_id, seen, caller.user_id)
    return gone()


@router.post(
    "/{store_id}/restore",
    operation_id="restoreStore",
    summary="Restore a store",
    response_model=StoreAnswer,
    responses=problems(*OPTIONALLY_KEYED, StoreNotFound, AlreadyExists, body=True),
)
async def restore(
    request: Request,
    caller: Admin,
    store_id: UUID,
    key: OptionalKey,
    service: TheService,
    body: NoBody | None = None,
) -> Response:
    """What is not deleted stays as it is. Refused when another store has the code by now."""

    async def effect(tx: Tx) -> Made:
        return switched(await commands.restore_store(tx, store_id), StoreAnswer)

    return await switch(service, request, key, PLATFORM, body, effect)

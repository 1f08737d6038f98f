"""Merchants and their settings, for admins."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request, Response

from contracts.problem import (
    AlreadyExists,
    ChangeNotAllowed,
    MerchantNotFound,
    PreconditionFailed,
    PreconditionRequired,
)
from kit.idempotency import Key, Made, OptionalKey
from kit.work import Tx
from programs import queries
from programs.api.answers import (
    MerchantAnswer,
    MerchantList,
    SettingsAnswer,
    gone,
    listed,
    made,
    shown,
    switched,
)
from programs.api.asked import (
    PLATFORM,
    Admin,
    AdminListing,
    IfMatch,
    Including,
    TheService,
    switch,
)
from programs.api.bodies import MerchantChanges, NewMerchant, NoBody, SettingsChanges, given, whole
from programs.api.described import KEYED, OPTIONALLY_KEYED, problems
from programs.commands import merchants as commands
from programs.domain import Merchant, Settings

router = APIRouter(prefix="/api/v1/admin/loyalty/merchants", tags=["merchants"])

MATCHED = (PreconditionRequired, PreconditionFailed, MerchantNotFound)


@router.post(
    "",
    operation_id="createMerchant",
    summary="A new merchant",
    status_code=201,
    response_model=MerchantAnswer,
    responses=problems(*KEYED, AlreadyExists, body=True),
)
async def create(
    request: Request, caller: Admin, key: Key, body: NewMerchant, service: TheService
) -> Response:
    """Makes a merchant and its settings, with their defaults."""

    async def effect(tx: Tx) -> Made:
        merchant = await commands.create_merchant(tx, whole(body))
        return made(merchant, MerchantAnswer, f"{router.prefix}/{merchant.id}")

    return await service.idempotency.once(request, key, PLATFORM, body, effect)


@router.get(
    "",
    operation_id="listMerchants",
    summary="Merchants",
    response_model=MerchantList,
    responses=problems(),
)
async def list_all(caller: Admin, listing: AdminListing, service: TheService) -> Response:
    """Newest first; `search` takes the start of words of the name, or the whole slug or contact address."""
    async with service.work.read() as conn:
        return listed(await queries.page(conn, Merchant, listing), MerchantAnswer)


@router.get(
    "/{merchant_id}",
    operation_id="getMerchant",
    summary="A merchant",
    response_model=MerchantAnswer,
    responses=problems(MerchantNotFound),
)
async def read(
    caller: Admin, merchant_id: UUID, service: TheService, include_deleted: Including = False
) -> Response:
    """A deleted one is shown with `include_deleted` only."""
    async with service.work.read() as conn:
        merchant = await queries.find(conn, Merchant, merchant_id, deleted=include_deleted)
    if merchant is None:
        raise MerchantNotFound
    return shown(merchant, MerchantAnswer)


@router.patch(
    "/{merchant_id}",
    operation_id="changeMerchant",
    summary="Change a merchant",
    response_model=MerchantAnswer,
    responses=problems(*MATCHED, AlreadyExists, ChangeNotAllowed, body=True),
)
async def change(
    caller: Admin, merchant_id: UUID, seen: IfMatch, body: MerchantChanges, service: TheService
) -> Response:
    """Currency and time zone stay as they are once the merchant's program has been activated."""
    async with service.work() as tx:
        merchant = await commands.change_merchant(tx, merchant_id, seen, given(body))
    return shown(merchant, MerchantAnswer)


@router.delete(
    "/{merchant_id}",
    operation_id="deleteMerchant",
    summary="Delete a merchant",
    status_code=204,
    response_class=Response,
    responses=problems(*MATCHED),
)
async def delete(caller: Admin, merchant_id: UUID, seen: IfMatch, service: TheService) -> Response:
    """Hides all that is its, and touches none of it: a restore brings back exactly what was there."""
    async with service.work() as tx:
        await commands.delete_merchant(tx, merchant_id, seen, caller.user_id)
    return gone()


@router.post(
    "/{merchant_id}/restore",
    operation_id="restoreMerchant",
    summary="Restore a merchant",
    response_model=MerchantAnswer,
    responses=problems(*OPTIONALLY_KEYED, MerchantNotFound, AlreadyExists, body=True),
)
async def restore(
    request: Request,
    caller: Admin,
    merchant_id: UUID,
    key: OptionalKey,
    service: TheService,
    body: NoBody | None = None,
) -> Response:
    """What is not deleted stays as it is. Refused when another merchant has the slug by now."""

    async def effect(tx: Tx) -> Made:
        return switched(await commands.restore_merchant(tx, merchant_id), MerchantAnswer)

    return await switch(service, request, key, PLATFORM, body, effect)


@router.get(
    "/{merchant_id}/settings",
    operation_id="getMerchantSettings",
    summary="A merchant's settings",
    response_model=SettingsAnswer,
    responses=problems(MerchantNotFound),
)
async def read_settings(caller: Admin, merchant_id: UUID, service: TheService) -> Response:
    """What admins decide for this merchant."""
    async with service.work.read() as conn:
        settings = await queries.find(conn, Settings, merchant_id)
    if settings is None:
        raise MerchantNotFound
    return shown(settings, SettingsAnswer)


@router.patch(
    "/{merchant_id}/settings",
    operation_id="changeMerchantSettings",
    summary="Change a merchant's settings",
    response_model=SettingsAnswer,
    responses=problems(*MATCHED, body=True),
)
async def change_settings(
    caller: Admin, merchant_id: UUID, seen: IfMatch, body: SettingsChanges, service: TheService
) -> Response:
    """Holds everywhere within two seconds."""
    async with service.work() as tx:
        settings = await commands.change_settings(tx, merchant_id, seen, given(body))
    return shown(settings, SettingsAnswer)

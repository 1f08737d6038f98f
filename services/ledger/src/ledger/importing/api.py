"""HTTP in: chunks of a file's rows, for admins; a dry run answers the same and keeps nothing."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from contracts.problem import (
    IdempotencyKeyExpired,
    IdempotencyKeyInUse,
    IdempotencyKeyInvalid,
    IdempotencyKeyMissing,
    IdempotencyKeyReused,
    MerchantNotFound,
    Refusal,
    UpstreamUnavailable,
)
from kit.described import problems
from kit.idempotency import Key
from kit.identity import Caller, allow
from ledger.importing.answers import ImportAnswer, ImportBody
from ledger.importing.commands import Desk

PREFIX = "/api/v1/admin/loyalty/imports"
_REFUSALS: tuple[type[Refusal], ...] = (
    *(IdempotencyKeyMissing, IdempotencyKeyInvalid, MerchantNotFound, IdempotencyKeyInUse),
    *(IdempotencyKeyExpired, IdempotencyKeyReused, UpstreamUnavailable),
)
_RESPONSES = problems(*_REFUSALS)


def routes(desk: Desk) -> APIRouter:
    """`history` and `balances`: what moves accounts."""
    router = APIRouter(tags=["imports"])
    described = (
        "Rows are taken in their order, all that are good in one transaction; a row that is not good is"
        " answered by its line and stops no other. A row that was taken before is known by its reference:"
        " a file may be sent again."
    )

    @router.post(
        PREFIX + "/history",
        operation_id="importHistory",
        summary="Import transactions of the past",
        description=f"{described} They keep their type and time, and are marked as imported.",
        response_model=ImportAnswer,
        responses=_RESPONSES,
    )
    async def history(
        request: Request,
        body: ImportBody,
        caller: Annotated[Caller, Depends(allow("admin"))],
        key: Key,
    ) -> Response:
        return await desk.take("history", request, body, caller, key)

    @router.post(
        PREFIX + "/balances",
        operation_id="importBalances",
        summary="Import opening balances",
        description=f"{described} Each is an adjustment, once per card where it has no reference.",
        response_model=ImportAnswer,
        responses=_RESPONSES,
    )
    async def balances(
        request: Request,
        body: ImportBody,
        caller: Annotated[Caller, Depends(allow("admin"))],
        key: Key,
    ) -> Response:
        return await desk.take("balances", request, body, caller, key)

    return router

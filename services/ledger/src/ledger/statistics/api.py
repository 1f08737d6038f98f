"""HTTP in: figures for owners and managers of their own program, for admins of any and of the platform."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from contracts.problem import MerchantNotFound, ProgramNotFound, StoreNotFound
from kit.identity import Caller, allow
from ledger.statistics.answers import Overview, PlatformFigures, ProgramFigures, problems
from ledger.statistics.showing import Showing

VENDOR, ADMIN = "/api/v1/vendor/loyalty", "/api/v1/admin/loyalty"

Reader = Annotated[Caller, Depends(allow("owner", "manager"))]
Admin = Annotated[Caller, Depends(allow("admin"))]
OfStore = Annotated[UUID | None, Query(description="Only what belongs to this store")]


def routes(showing: Showing) -> APIRouter:
    router = APIRouter(tags=["statistics"])

    @router.get(
        f"{VENDOR}/stats",
        operation_id="getStatistics",
        summary="Figures of the merchant's program",
        responses=problems(ProgramNotFound, StoreNotFound),
    )
    async def stats(caller: Reader, response: Response, store_id: OfStore = None) -> ProgramFigures:
        """Of the live program, and per store. The last 30 days are 30 × 24 whole hours of UTC."""
        _not_kept(response)
        return await showing.of_merchants_program(caller.merchant, store_id)

    @router.get(
        f"{ADMIN}/programs/{{program_id}}/stats",
        operation_id="getStatisticsOfProgram",
        summary="Figures of a program",
        responses=problems(ProgramNotFound, StoreNotFound),
    )
    async def program_stats(
        program_id: UUID, _: Admin, response: Response, store_id: OfStore = None
    ) -> ProgramFigures:
        """Of any program, and per store."""
        _not_kept(response)
        return await showing.of_program(program_id, store_id)

    @router.get(
        f"{ADMIN}/stats",
        operation_id="getStatisticsOfPlatform",
        summary="Figures of the platform",
        responses=problems(),
    )
    async def platform_stats(_: Admin, response: Response) -> PlatformFigures:
        """Of all programs together; the redemption rate is that of points."""
        _not_kept(response)
        return await showing.platform()

    @router.get(
        f"{ADMIN}/merchants/{{merchant_id}}/overview",
        operation_id="getOverviewOfMerchant",
        summary="Figures of a merchant",
        responses=problems(MerchantNotFound),
    )
    async def overview(merchant_id: UUID, _: Admin, response: Response) -> Overview:
        """What the merchant's page shows first."""
        _not_kept(response)
        return await showing.overview(merchant_id)

    return router


def _not_kept(response: Response) -> None:
    response.headers["cache-control"] = "no-store"

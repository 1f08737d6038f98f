"""HTTP in: figures for owners and managers of their own program, for admins of any and of the platform."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import Field

from contracts.event import instant_text
from contracts.problem import MerchantNotFound, NotFound, ProgramNotFound, StoreNotFound
from kit.fields import Body
from kit.identity import Caller, allow
from kit.sheet import DESCRIBED, MEDIA_TYPE, sheet
from kit.sheet import headers as beside
from ledger.statistics.answers import (
    Overview,
    PlatformFigures,
    ProgramFigures,
    ProgramTotals,
    ReportAnswer,
    problems,
)
from ledger.statistics.reports import COLUMNS, Report, Reports, Request
from ledger.statistics.showing import Showing

VENDOR, ADMIN = "/api/v1/vendor/loyalty", "/api/v1/admin/loyalty"

Reader = Annotated[Caller, Depends(allow("owner", "manager"))]
Admin = Annotated[Caller, Depends(allow("admin"))]
OfStore = Annotated[UUID | None, Query(description="Only what belongs to this store")]


First = Annotated[date | None, Query(alias="from", description="The first day, the merchant's")]
Last = Annotated[date | None, Query(alias="to", description="The last day, included; at most 400 days")]
Form = Annotated[Literal["json", "csv"], Query(alias="format", description="JSON, or CSV with a header")]
Name = Annotated[str, Path(description="Which report", json_schema_extra={"enum": list(COLUMNS)})]


def reports_routes(reports: Reports) -> APIRouter:
    """`activity` per day and store, `liability` by age, `rewards`, `staff`, `cohorts`."""
    router = APIRouter(tags=["statistics"])

    @router.get(
        f"{VENDOR}/reports/{{name}}",
        operation_id="getReport",
        summary="A report",
        response_model=ReportAnswer,
        responses={**DESCRIBED, **problems(NotFound, StoreNotFound)},
    )
    async def report(
        name: Name,
        caller: Reader,
        first: First = None,
        last: Last = None,
        store_id: OfStore = None,
        form: Form = "json",
    ) -> Response:
        """Of the merchant's days, the last 30 by default. `liability` is as it is now; `cohorts` are of the
        months in which the days are. What a service did not answer is named under `missing`."""
        asked = Request(name, caller.merchant, store_id, first, last)
        return _shown(await reports.make(asked), form)

    @router.get(
        f"{ADMIN}/reports/{{name}}",
        operation_id="getReportOfMerchant",
        summary="A report of a merchant",
        response_model=ReportAnswer,
        responses={**DESCRIBED, **problems(NotFound, MerchantNotFound, StoreNotFound)},
    )
    async def report_of_merchant(
        name: Name,
        _: Admin,
        merchant_id: Annotated[UUID, Query(description="Whose report")],
        first: First = None,
        last: Last = None,
        store_id: OfStore = None,
        form: Form = "json",
    ) -> Response:
        """The same as owners and managers read it; `merchant_id` is required."""
        return _shown(await reports.make(Request(name, merchant_id, store_id, first, last)), form)

    return router


def _shown(report: Report, form: str) -> Response:
    if form == "csv":
        name = f"{report.name}-{report.period.first}-{report.period.last}.csv"
        headers = {"cache-control": "no-store", **beside(name, instant_text(report.as_of), report.missing)}
        return Response(
            sheet(COLUMNS[report.name], map(msgspec.to_builtins, report.rows)), 200, headers, MEDIA_TYPE
        )
    body = {
        "report": report.name,
        "from": report.period.first,
        "to": report.period.last,
        "as_of": instant_text(report.as_of),
        "missing": report.missing,
        "rows": report.rows,
    }
    return Response(msgspec.json.encode(body), 200, {"cache-control": "no-store"}, "application/json")


PROGRAMS_LIMIT = 100


class AskedPrograms(Body):
    """Whose figures the gateway shows in a list."""

    program_ids: Annotated[list[UUID], Field(max_length=PROGRAMS_LIMIT)]


def routes(showing: Showing) -> APIRouter:
    router = APIRouter(tags=["statistics"])

    @router.post("/internal/program-statistics", include_in_schema=False)
    async def program_statistics(
        asked: AskedPrograms, _: Annotated[Caller, Depends(allow("service"))]
    ) -> dict[Literal["statistics"], dict[UUID, ProgramTotals]]:
        return {"statistics": await showing.of_programs(asked.program_ids)}

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

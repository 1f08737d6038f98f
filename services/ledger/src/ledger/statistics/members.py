"""The members' report, page by page: the gateway asks in the caller's name, and makes one stream of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query

from contracts.event import instant_text
from contracts.problem import UpstreamUnavailable
from contracts.programs import ProgramChanged
from kit.ids import now
from kit.projection import Projection
from kit.work import Work
from ledger import store
from ledger.statistics.api import ADMIN, VENDOR, Admin, First, Last, OfStore, Reader
from ledger.statistics.period import period
from ledger.statistics.reports import Request
from ledger.statistics.showing import Showing
from ledger.store.members import members

PAGE_ROWS = 500
_START = UUID(int=0)
_UNKNOWN: Mapping[str, Any] = {"first_name": None, "last_name": None, "enrolled_at": None}

#: First and last names of cards' holders and when they enrolled, by card. UpstreamUnavailable.
AskHolders = Callable[[Sequence[UUID]], Awaitable[Mapping[str, Mapping[str, Any]]]]
After = Annotated[UUID | None, Query()]


class Members:
    """As they are now; as with `liability`, the days that are asked for do not narrow it."""

    def __init__(self, work: Work, states: Projection, showing: Showing, holders: AskHolders) -> None:
        self._work = work
        self._states = states
        self._showing = showing
        self._holders = holders

    async def page(self, request: Request, after: UUID | None) -> dict[str, Any]:
        """MerchantNotFound, StoreNotFound, ValidationFailed."""
        merchant = await self._showing.merchant(request.merchant_id)
        at = now()
        days = period(request.first, request.last, at.astimezone(ZoneInfo(merchant.timezone)).date())
        store_id = await self._showing.store(request.merchant_id, request.store_id)
        rows = await self._accounts(request.merchant_id, store_id, after or _START)
        more, rows = len(rows) > PAGE_ROWS, rows[:PAGE_ROWS]
        holders, missing = await self._names([row["card_id"] for row in rows])
        return {
            "from": days.first,
            "to": days.last,
            "as_of": instant_text(at),
            "missing": missing,
            "rows": [_shown(row, holders.get(str(row["card_id"]), _UNKNOWN)) for row in rows],
            "after": rows[-1]["card_id"] if more else None,
        }

    async def _accounts(self, merchant_id: UUID, store_id: UUID | None, after: UUID) -> list[dict[str, Any]]:
        programs = self._states.of(ProgramChanged, merchant_id)
        live = next((program.id for program in programs if program.deleted_at is None), None)
        if live is None:
            return []
        async with self._work.read() as conn:
            raw = await store.raw(conn)
            return await members(raw, merchant_id, live, store_id, after, PAGE_ROWS + 1)

    async def _names(
        self, card_ids: Sequence[UUID]
    ) -> tuple[Mapping[str, Mapping[str, Any]], list[dict[str, str]]]:
        try:
            return (await self._holders(card_ids) if card_ids else {}), []
        except UpstreamUnavailable as error:
            return {}, [{"part": "names", "reason": error.code}]


def _shown(row: Mapping[str, Any], holder: Mapping[str, Any]) -> dict[str, Any]:
    number, last = f"{row['card_number']:012d}", row["last_activity_at"]
    return {
        "card_number": "-".join((number[:4], number[4:8], number[8:])),
        **{name: holder[name] for name in _UNKNOWN},
        "status": "active" if row["is_active"] else "inactive",
        "stamp_count": row["stamp_count"],
        "points_balance": row["points_balance"],
        "last_activity_at": instant_text(last) if last else None,
    }


def members_routes(report: Members) -> APIRouter:
    """At the report's own paths, which the gateway answers itself from these pages."""
    router = APIRouter(include_in_schema=False)

    @router.get(f"{VENDOR}/reports/members")
    async def page(
        caller: Reader,
        first: First = None,
        last: Last = None,
        store_id: OfStore = None,
        after: After = None,
    ) -> dict[str, Any]:
        return await report.page(Request("members", caller.merchant, store_id, first, last), after)

    @router.get(f"{ADMIN}/reports/members")
    async def page_of_merchant(
        _: Admin,
        merchant_id: UUID,
        first: First = None,
        last: Last = None,
        store_id: OfStore = None,
        after: After = None,
    ) -> dict[str, Any]:
        return await report.page(Request("members", merchant_id, store_id, first, last), after)

    return router

"""The members' report: pages of the ledger as one stream, and what is said when one does not come."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import ADMIN, VENDOR

REPORT = f"{VENDOR}/reports/members"
House = Any


def member(number: int, **more: Any) -> dict[str, Any]:
    return {
        "card_number": f"4821-0077-{number:04}",
        "first_name": "Ana",
        "last_name": "Weber",
        "enrolled_at": "2026-11-20T10:00:00.000000Z",
        "status": "active",
        "stamp_count": number,
        "points_balance": 0,
        "last_activity_at": None,
        **more,
    }


def page(*rows: dict[str, Any], after: str | None = None, missing: Any = ()) -> tuple[int, Any, Any]:
    days = {"from": "2026-10-22", "to": "2026-11-20", "as_of": "2026-11-20T10:00:00.000000Z"}
    return 200, {**days, "missing": list(missing), "rows": list(rows), "after": after}, {}


async def test_pages_become_one_report(house: House):
    names = {"part": "names", "reason": "upstream-unavailable"}
    unnamed = member(3, first_name=None, last_name=None, enrolled_at=None)
    house.ledger.answer(
        "GET",
        REPORT,
        page(member(1), member(2), after="a2"),
        page(unnamed, after="a3", missing=[names]),
        page(),
    )

    async with house.as_owner() as owner:
        answer = await owner.get(REPORT, params={"from": "2026-10-22"})

    assert answer.json() == {
        "report": "members",
        "from": "2026-10-22",
        "to": "2026-11-20",
        "as_of": "2026-11-20T10:00:00.000000Z",
        "rows": [member(1), member(2), unnamed],
        "missing": [names],
    }
    assert "content-length" not in answer.headers
    assert [seen.path.partition("?")[2] for seen in house.ledger.asked] == [
        "from=2026-10-22", "from=2026-10-22&after=a2", "from=2026-10-22&after=a3",
    ]  # fmt: skip
    assert {house.caller_of(seen).role for seen in house.ledger.asked} == {"owner"}


async def test_a_sheet_has_its_header_once_and_no_formula(house: House):
    house.ledger.answer("GET", REPORT, page(member(1, last_name="=1+1"), after="a1"), page(member(2)))

    async with house.as_owner() as owner:
        answer = await owner.get(REPORT, params={"format": "csv"})

    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="members-2026-10-22-2026-11-20.csv"'
    assert answer.headers["report-as-of"] == "2026-11-20T10:00:00.000000Z"
    assert "report-missing" not in answer.headers
    assert answer.text.splitlines() == [
        "card_number,first_name,last_name,enrolled_at,status,stamp_count,points_balance,last_activity_at",
        "4821-0077-0001,Ana,'=1+1,2026-11-20T10:00:00.000000Z,active,1,0,",
        "4821-0077-0002,Ana,Weber,2026-11-20T10:00:00.000000Z,active,2,0,",
    ]


async def test_a_report_whose_rows_do_not_all_come_says_so(house: House):
    house.ledger.answer("GET", REPORT, page(member(1), after="a1"), (500, {}, {}))

    async with house.as_owner() as owner:
        answer = await owner.get(REPORT)

    assert [row["stamp_count"] for row in answer.json()["rows"]] == [1]
    assert answer.json()["missing"] == [{"part": "rows", "reason": "upstream-unavailable"}]


async def test_a_sheet_whose_rows_do_not_all_come_is_broken_off(house: House):
    house.ledger.answer("GET", REPORT, page(member(1), after="a1"), (500, {}, {}))

    async with house.as_owner() as owner:
        with pytest.raises(AssertionError):  # so the transport of tests tells an answer without an end
            await owner.get(REPORT, params={"format": "csv"})


async def test_what_the_ledger_refuses_is_refused_before_the_report_begins(house: House):
    path = f"{ADMIN}/reports/members"
    house.ledger.answer("GET", path, (404, {"code": "merchant-not-found"}, {}))

    async with house.calls(authorization=f"Bearer {house.token(house.admin)}") as admin:
        answer = await admin.get(path, params={"merchant_id": str(house.merchant.id)})

    assert (answer.status_code, answer.json()["code"]) == (404, "merchant-not-found")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_tills_and_strangers_get_no_members(house: House):
    async with house.as_till() as till, house.calls() as stranger:
        answers = [await till.get(REPORT), await stranger.get(REPORT)]

    assert [answer.status_code for answer in answers] == [403, 401]
    assert house.ledger.asked == []

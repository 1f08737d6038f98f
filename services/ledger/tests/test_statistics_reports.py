"""Reports: their rows, their days, what is missing, and CSV."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from contracts.problem import UpstreamUnavailable, ValidationFailed
from kit.identity import Caller
from kit.ids import instant_text, now, uuid7
from ledger.statistics.asking import Asked, snapshot
from ledger.statistics.cells import DAYS, STAFF
from ledger.statistics.period import period
from ledger.statistics.reports import COLUMNS, _with_outliers

VENDOR, ADMIN = "/api/v1/vendor/loyalty/reports", "/api/v1/admin/loyalty/reports"
ADMINISTRATOR = Caller("admin", user_id=uuid7())
TODAY = date(2026, 11, 20)


def today() -> str:
    return now().astimezone(ZoneInfo("Europe/Luxembourg")).date().isoformat()


async def rows(counting: Any, name: str, query: str = "") -> list[dict[str, Any]]:
    answer = await counting.get(f"{VENDOR}/{name}{query}")
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["report"], body["missing"], body["to"]) == (name, [], today())
    assert all(tuple(row) == tuple(COLUMNS[name]) for row in body["rows"])
    found: list[dict[str, Any]] = body["rows"]
    return found


async def test_activity_is_per_day_and_store(counting: Any) -> None:
    await counting.a_busy_day()
    await counting.count()

    found = {row["store_name"]: row for row in await rows(counting, "activity")}
    only = await rows(counting, "activity", f"?store_id={counting.world.other_store_id}")

    assert set(found) == {"a", "b", None}
    assert {row["date"] for row in found.values()} == {today()}
    assert found["a"] | {"date": 0, "store_id": 0} == {
        "date": 0, "store_id": 0, "store_name": "a", "enrolments": 2, "stamps_issued": 16,
        "stamps_redeemed": 0, "points_issued": 1349, "points_redeemed": 0, "points_voided": 49,
        "transactions": 34, "active_cards": 4,
    }  # fmt: skip
    assert (found["b"]["stamps_redeemed"], found["b"]["active_cards"]) == (3, 1)
    assert only == [found["b"]]


async def test_what_is_owed_is_told_by_the_age_of_the_last_activity(counting: Any) -> None:
    await counting.a_busy_day()
    await counting.count()
    first = counting.cards[0]
    day = date.fromisoformat(today()) - timedelta(days=31)
    moved = "UPDATE statistics_ages SET day = %s WHERE store_id = %s RETURNING cards, points, stamps"
    ((cards, points, stamps),) = counting.world.rows(moved, day, first.enrolled_at_store_id)

    found = await rows(counting, "liability")

    assert [row["age"] for row in found] == ["0-30", "31-90", "91-180", "181-365", "366+"]
    assert [row["cards"] for row in found] == [4 - cards, cards, 0, 0, 0]
    assert (found[1]["points"], found[1]["stamps"]) == (points, stamps)
    assert sum(row["points"] for row in found) == 1210
    assert found[1]["liability_cents"] == (points * 9 * 3 + stamps * 350) // 3
    assert found[4]["liability_cents"] == 0


async def test_rewards_are_told_with_what_was_voided_and_what_is_left(counting: Any) -> None:
    await counting.a_busy_day()
    await counting.count()
    await counting.world.reward(name="Cake", points_required=500, stock=7)

    found = await rows(counting, "rewards")

    counts = ("name", "redeemed", "voided", "points_spent", "value_cents")
    assert [tuple(row[name] for name in counts) for row in found] == [
        ("Free item", 2, 1, 0, 350), ("Mug", 2, 1, 100, 900), ("Cake", 0, 0, 0, 0),
    ]  # fmt: skip
    assert [(row["reward_id"] is None, row["stock_left"]) for row in found] == [
        (True, None), (False, None), (False, 7),
    ]  # fmt: skip


async def test_what_points_bought_before_an_import_stands_in_a_row_of_its_own(
    counting: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nobody(*_: Any) -> dict[str, Any]:
        return {}

    monkeypatch.setattr("kit.http.Peer.post", nobody)
    world = counting.world
    await world.program(stamps_reward_value_cents=350)
    card = await world.card()
    of_card = {"card": card.card_number, "at": instant_text(now())}
    past = {"points_earned": 300, "points_redeemed": -120, "stamp_earned": 3, "stamp_redeemed": -3}
    given = [
        {**of_card, "type": kind, "reference": f"r-{kind}", "points" if "points" in kind else "stamps": much}
        for kind, much in past.items()
    ]
    async with world.http(ADMINISTRATOR) as http:
        body = {"merchant_id": str(world.merchant_id), "rows": given}
        path = "/api/v1/admin/loyalty/imports/history"
        brought = await http.post(path, json=body, headers={"idempotency-key": str(uuid7())})
    assert brought.json()["taken"] == len(given), brought.text
    await counting.count()

    found = await rows(counting, "rewards")

    counts = ("reward_id", "name", "redeemed", "points_spent")
    assert [tuple(row[name] for name in counts) for row in found] == [
        (None, None, 1, 120), (None, "Free item", 1, 0),
    ]  # fmt: skip


async def test_cohorts_tell_the_share_that_was_active(counting: Any) -> None:
    world = counting.world
    active = [await world.card() for _ in range(2)]
    counting.cards = [*active, await world.card()]
    for card in active:
        await world.stamp(card)
    await counting.count()

    (row,) = await rows(counting, "cohorts")

    assert (row["month"], row["enrolled"], row["m0"]) == (today()[:7], 3, 0.6667)
    assert {row[f"m{nth}"] for nth in range(1, 13)} == {None}


async def test_staff_are_named_and_when_they_cannot_be_that_is_told(counting: Any) -> None:
    world = counting.world
    staff_id = uuid7()
    world.rows(
        "INSERT INTO statistics_staff (generation, program_id, staff_id, store_id, day, stamps, earnings,"
        " redemptions, voids, adjusts, offline) VALUES (1, %s, %s, %s, %s, 5, 3, 1, 2, 0, 1) RETURNING 1",
        *(world.program_id, staff_id, world.store_id, date.fromisoformat(today())),
    )
    reports = world.service.http.state.reports

    async def names(merchant_id: Any) -> dict[str, str]:
        assert merchant_id == world.merchant_id
        return {str(staff_id): "=Ana"}

    async def away(_: Any) -> dict[str, str]:
        raise UpstreamUnavailable("auth-pins does not answer")

    reports._names = names
    (row,) = await rows(counting, "staff")
    sheet = (await counting.get(f"{VENDOR}/staff?format=csv")).text
    reports._names = away
    nameless = (await counting.get(f"{VENDOR}/staff")).json()
    nameless_sheet = await counting.get(f"{VENDOR}/staff?format=csv")

    assert nameless_sheet.headers["report-missing"] == "names;reason=upstream-unavailable"
    assert row == {
        "staff_id": str(staff_id), "name": "=Ana", "store_id": str(world.store_id), "operations": 11,
        "stamps": 5, "earnings": 3, "redemptions": 1, "voids": 2, "adjusts": 0, "offline": 1, "outlier": True,
        "reason": "many-voids",
    }  # fmt: skip
    assert sheet.splitlines()[1].startswith(f"{staff_id},'=Ana,{world.store_id},11,5,")
    assert nameless["missing"] == [{"part": "names", "reason": "upstream-unavailable"}]
    assert nameless["rows"] == [{**row, "name": None}]


async def test_what_a_program_and_its_successor_did_on_one_day_is_told_together(counting: Any) -> None:
    world, first = counting.world, counting.world.program_id
    await world.program(deleted_at=now())
    world.program_id = second = uuid7()
    await world.program()
    day, staff_id = date.fromisoformat(today()), uuid7()
    for program_id, stamps in ((first, 5), (second, 3)):
        for table, key in ((DAYS, ()), (STAFF, (staff_id,))):
            counts = {name: stamps if "stamps" in name else 0 for name in table.counts}
            given = (1, program_id, world.store_id, *key, day, *counts.values())
            marks = ", ".join(["%s"] * len(given))
            columns = ", ".join(["generation", *table.keys, *counts])
            world.rows(f"INSERT INTO {table.name} ({columns}) VALUES ({marks}) RETURNING 1", *given)

    (of_day,) = await rows(counting, "activity")
    async with snapshot(world.service.work) as counted:
        (of_staff,) = await counted.staff(Asked([first, second], None, day, day))

    assert (of_day["date"], of_day["store_name"]) == (today(), "a")
    assert (of_day["stamps_issued"], of_day["transactions"]) == (8, 0)
    assert (of_staff.stamps, of_staff.days) == (8, 1)


async def test_activity_is_the_same_as_a_sheet(counting: Any) -> None:
    await counting.a_busy_day()
    await counting.count()

    told = await rows(counting, "activity")
    sheet = (await counting.get(f"{VENDOR}/activity?format=csv")).text

    assert [list(row.values()) for row in csv.DictReader(sheet.splitlines())] == [
        ["" if value is None else str(value) for value in row.values()] for row in told
    ]


def test_who_does_much_more_than_the_others_is_an_outlier() -> None:
    rows = [
        {"operations": many, "voids": 0, "days": days} for many, days in ((10, 1), (20, 2), (31, 1), (90, 3))
    ]
    assert [row["reason"] for row in _with_outliers(rows)] == [None, None, None, None]
    rows = [{"operations": many, "voids": 0, "days": 1} for many in (10, 10, 31)]
    assert [row["reason"] for row in _with_outliers(rows)] == [None, None, "many-operations"]
    assert _with_outliers([]) == []


async def test_csv_has_a_header_and_a_name(counting: Any) -> None:
    await counting.a_busy_day()
    await counting.count()

    answer = await counting.get(f"{VENDOR}/liability?format=csv&from={today()}")

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert (
        answer.headers["content-disposition"] == f'attachment; filename="liability-{today()}-{today()}.csv"'
    )
    as_json = (await counting.get(f"{VENDOR}/liability")).json()
    assert (answer.headers["report-as-of"], "report-missing" in answer.headers) == (as_json["as_of"], False)
    assert answer.text.splitlines()[0] == "age,cards,stamps,points,liability_cents"
    assert len(answer.text.splitlines()) == 6


async def test_admins_name_the_merchant_and_others_have_only_their_own(counting: Any) -> None:
    await counting.a_busy_day()
    await counting.count()
    world = counting.world

    theirs = await counting.get(f"{ADMIN}/activity?merchant_id={world.merchant_id}", ADMINISTRATOR)
    nameless = await counting.get(f"{ADMIN}/activity", ADMINISTRATOR)
    till = await counting.get(f"{VENDOR}/activity", world.caller)
    unknown = await counting.get(f"{VENDOR}/secrets")

    assert theirs.json()["rows"] == (await counting.get(f"{VENDOR}/activity")).json()["rows"]
    assert (nameless.status_code, nameless.json()["errors"][0]["field"]) == (422, "merchant_id")
    assert till.status_code == 403
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not-found")


@pytest.mark.parametrize(
    ("query", "field"),
    [("from=2026-02-30", "from"), ("from=2026-02-02&to=2026-02-01", "from"), ("format=xml", "format")],
)
async def test_a_report_that_cannot_be_says_why(counting: Any, query: str, field: str) -> None:
    answer = await counting.get(f"{VENDOR}/activity?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "validation-failed")
    assert answer.json()["errors"][0]["field"] == field


def test_the_last_thirty_days_unless_others_are_named_and_at_most_four_hundred() -> None:
    assert period(None, None, TODAY) == (date(2026, 10, 22), TODAY)
    assert period(None, date(2026, 3, 1), TODAY) == (date(2026, 1, 31), date(2026, 3, 1))
    assert period(TODAY - timedelta(days=399), TODAY, TODAY).first == date(2025, 10, 17)
    assert period(None, date.min, TODAY).last == date.min
    with pytest.raises(ValidationFailed):
        period(TODAY - timedelta(days=400), TODAY, TODAY)
    with pytest.raises(ValidationFailed):
        period(TODAY + timedelta(days=1), None, TODAY)

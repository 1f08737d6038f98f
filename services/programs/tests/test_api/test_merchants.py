"""Merchants and settings over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

MERCHANTS = "/api/v1/admin/loyalty/merchants"
BODY = {"name": "Schmit", "country": "LU", "contact_email": "hello@schmit.example"}


async def test_a_new_merchant_has_its_defaults_an_address_and_an_etag(shop: Any):
    answer = await shop.admin.post(MERCHANTS, {**BODY, "slug": "schmit-defaults"})

    merchant = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"{MERCHANTS}/{merchant['id']}"
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["cache-control"] == "no-store"
    assert UUID(merchant["id"]).version == 7
    assert {name: merchant[name] for name in ("currency", "timezone", "default_locale", "deleted_at")} == {
        "currency": "EUR",
        "timezone": "Europe/Luxembourg",
        "default_locale": "en",
        "deleted_at": None,
    }
    read = await shop.admin.get(answer.headers["location"])
    assert (read.status_code, read.json(), read.headers["etag"]) == (200, merchant, '"1"')


async def test_lu_means_lb_and_names_are_kept_in_nfc(shop: Any):
    merchant = await shop.merchant(default_locale="lu", name="  Cafe\u0301 ")

    assert (merchant["default_locale"], merchant["name"]) == ("lb", "Caf\u00e9")


async def test_a_slug_is_taken_once_among_the_live_ones(shop: Any):
    first = await shop.merchant(slug="only-once")

    twice = await shop.admin.post(MERCHANTS, {**BODY, "slug": "only-once"})
    assert (twice.status_code, twice.json()["code"], twice.json()["field"]) == (409, "already-exists", "slug")

    await shop.admin.delete(f"{MERCHANTS}/{first['id']}", '"1"')
    again = await shop.admin.post(MERCHANTS, {**BODY, "slug": "only-once"})
    restored = await shop.admin.post(f"{MERCHANTS}/{first['id']}/restore", key=None)
    assert again.status_code == 201
    assert (restored.status_code, restored.json()["code"]) == (409, "already-exists")


async def test_a_change_answers_with_the_new_thing_and_its_etag(shop: Any):
    merchant = await shop.merchant()
    path = f"{MERCHANTS}/{merchant['id']}"

    changed = await shop.admin.patch(path, {"name": "Nouveau", "currency": "CHF"}, '"1"')

    assert changed.status_code == 200
    assert changed.headers["etag"] == '"2"'
    assert (changed.json()["name"], changed.json()["currency"]) == ("Nouveau", "CHF")
    assert changed.json()["updated_at"] > merchant["updated_at"]


@pytest.mark.parametrize(
    ("seen", "status", "code"),
    [
        (None, 428, "precondition-required"),
        ('"2"', 412, "precondition-failed"),
        ('W/"1"', 412, "precondition-failed"),
        ("1", 412, "precondition-failed"),
        ('"' + "9" * 400 + '"', 412, "precondition-failed"),
        ('""', 412, "precondition-failed"),
    ],
)
async def test_a_change_needs_the_etag_that_was_read(shop: Any, seen: str | None, status: int, code: str):
    merchant = await shop.merchant()
    path = f"{MERCHANTS}/{merchant['id']}"

    for answer in (
        await shop.admin.patch(path, {"name": "X"}, seen),
        await shop.admin.delete(path, seen),
    ):
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await shop.admin.get(path)).headers["etag"] == '"1"'


@pytest.mark.parametrize("seen", ["*", '"7", "1"', '  "1"  '])
async def test_if_match_may_name_several_or_any(shop: Any, seen: str):
    merchant = await shop.merchant()

    changed = await shop.admin.patch(f"{MERCHANTS}/{merchant['id']}", {"name": "X"}, seen)

    assert changed.status_code == 200


async def test_currency_and_time_zone_stay_once_the_program_was_activated(shop: Any):
    merchant = await shop.merchant()
    await shop.program(merchant["id"])
    await shop.owner(merchant["id"]).post("/api/v1/vendor/loyalty/program/activate", key=None)

    for change in ({"currency": "CHF"}, {"timezone": "Europe/Paris"}):
        answer = await shop.admin.patch(f"{MERCHANTS}/{merchant['id']}", change, '"1"')
        assert (answer.status_code, answer.json()["code"]) == (409, "change-not-allowed")


async def test_a_deleted_merchant_is_seen_only_when_asked_for(shop: Any):
    merchant = await shop.merchant()
    path = f"{MERCHANTS}/{merchant['id']}"

    gone = await shop.admin.delete(path, '"1"')

    assert (gone.status_code, gone.content) == (204, b"")
    assert (await shop.admin.get(path)).json()["code"] == "merchant-not-found"
    assert (await shop.admin.get(f"{path}/settings")).json()["code"] == "merchant-not-found"
    shown = (await shop.admin.get(path, include_deleted=True)).json()
    assert shown["deleted_by"] == "0197c1c2-0000-7000-8000-000000000001"

    back = await shop.admin.post(f"{path}/restore", key=None)
    again = await shop.admin.post(f"{path}/restore", key=None)
    assert (back.status_code, back.json()["deleted_at"], back.headers["etag"]) == (200, None, '"3"')
    assert (again.status_code, again.headers["etag"]) == (200, '"3"')


async def test_lists_show_what_is_deleted_only_when_asked(shop: Any):
    kept, gone = await shop.merchant(name="Zwei Brücken"), await shop.merchant(name="Zwei Brücken")
    await shop.admin.delete(f"{MERCHANTS}/{gone['id']}", "*")

    async def listed(**query: Any) -> list[str]:
        answer = await shop.admin.get(MERCHANTS, search="zwei", **query)
        return [one["id"] for one in answer.json()["items"]]

    assert await listed() == [kept["id"]]
    assert await listed(include_deleted=True) == [gone["id"], kept["id"]]
    assert await listed(only_deleted=True) == [gone["id"]]


async def test_a_list_goes_on_without_showing_anything_twice(shop: Any):
    made = [(await shop.merchant(name=f"Quai {number}"))["id"] for number in range(5)]

    first = (await shop.admin.get(MERCHANTS, search="quai", limit=2, count=True)).json()
    await shop.merchant(name="Quai neuf")
    second = (await shop.admin.get(MERCHANTS, search="quai", limit=2, cursor=first["next_cursor"])).json()
    third = (await shop.admin.get(MERCHANTS, search="quai", limit=2, cursor=second["next_cursor"])).json()

    pages = [[one["id"] for one in page["items"]] for page in (first, second, third)]
    assert pages == [made[4:2:-1], made[2:0:-1], made[:1]]
    assert (first["total"], "total" in second, third["next_cursor"]) == (5, False, None)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("mouli", True),
        ("ROUGE", True),
        ("moul rou", True),
        ("oulin", False),
        ("moulin-rouge-1", True),
        ("moulin-rouge", True),
        ("rouge-1", False),
        ("Contact@Moulin.example", True),
        ("contact", False),
        ("%", False),
        ("_", False),
        ("", True),
    ],
)
async def test_search_takes_the_start_of_words_or_the_whole_slug_or_address(
    shop: Any, search: str, found: bool
):
    there = (await shop.admin.get(MERCHANTS, search="moulin-rouge-1")).json()["items"]
    if not there:
        await shop.merchant(
            name="Le Moulin (Rouge)", slug="moulin-rouge-1", contact_email="contact@moulin.example"
        )

    names = {
        one["slug"] for one in (await shop.admin.get(MERCHANTS, search=search, limit=100)).json()["items"]
    }

    assert ("moulin-rouge-1" in names) is found


async def test_pages_and_totals_of_what_is_deleted_are_of_that_alone(shop: Any):
    merchants = [(await shop.merchant(name="Vergangen"))["id"] for _ in range(4)]
    for merchant_id in merchants[:3]:
        await shop.admin.delete(f"{MERCHANTS}/{merchant_id}", "*")
    asked = {"search": "vergangen", "limit": 2, "count": True}

    first = (await shop.admin.get(MERCHANTS, **asked, only_deleted=True)).json()
    on = {**asked, "cursor": first["next_cursor"]}
    second = (await shop.admin.get(MERCHANTS, **on, only_deleted=True)).json()
    both = (await shop.admin.get(MERCHANTS, **asked, include_deleted=True)).json()

    pages = [[one["id"] for one in page["items"]] for page in (first, second)]
    assert pages == [merchants[2:0:-1], merchants[:1]]
    assert (first["total"], second["total"], second["next_cursor"], both["total"]) == (3, 3, None, 4)


@pytest.mark.parametrize("path", ["merchants", "stores", "programs"])
async def test_a_list_shows_a_hundred_at_most_and_counts_only_when_asked(shop: Any, path: str):
    where = f"/api/v1/admin/loyalty/{path}"

    whole, too_many = await shop.admin.get(where, limit=100), await shop.admin.get(where, limit=101)

    assert whole.status_code == 200
    assert "total" not in whole.json()
    assert (too_many.status_code, too_many.json()["errors"][0]["field"]) == (422, "limit")


async def test_a_list_shows_fifty_unless_told_otherwise(shop: Any):
    merchant = await shop.merchant()
    for _ in range(51):
        await shop.store(merchant["id"])

    listed = (await shop.admin.get("/api/v1/admin/loyalty/stores", merchant_id=merchant["id"])).json()

    assert (len(listed["items"]), listed["next_cursor"] is None) == (50, False)


@pytest.mark.parametrize(
    "query",
    [{"limit": 0}, {"limit": 101}, {"limit": "x"}, {"cursor": "x"}, {"cursor": "é"}, {"search": "a\x00"}],
)
async def test_a_list_that_cannot_be_is_refused(shop: Any, query: dict[str, Any]):
    answer = await shop.admin.get(MERCHANTS, **query)

    assert (answer.status_code, answer.json()["code"]) == (422, "validation-failed")
    assert answer.json()["errors"][0]["field"] in query


async def test_settings_change_only_in_what_is_sent(shop: Any):
    merchant = await shop.merchant()
    path = f"{MERCHANTS}/{merchant['id']}/settings"

    before = await shop.admin.get(path)
    changed = await shop.admin.patch(path, {"staff_pin_policy": "optional"}, before.headers["etag"])

    assert before.json()["staff_pin_policy"] == "required"
    assert changed.status_code == 200
    without = ("staff_pin_policy", "updated_at")
    assert {**changed.json(), **dict.fromkeys(without)} == {**before.json(), **dict.fromkeys(without)}
    assert (await shop.admin.patch(path, {"allow_void": False}, None)).status_code == 428
    assert (await shop.admin.patch(path, {"allow_void": False}, '"1"')).status_code == 412


async def test_who_is_not_there_is_not_found(shop: Any):
    path = f"{MERCHANTS}/{uuid4()}"

    for answer in (
        await shop.admin.get(path),
        await shop.admin.patch(path, {"name": "X"}, "*"),
        await shop.admin.delete(path, "*"),
        await shop.admin.post(f"{path}/restore", key=None),
        await shop.admin.get(f"{path}/settings"),
        await shop.admin.patch(f"{path}/settings", {"allow_void": True}, "*"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "merchant-not-found")

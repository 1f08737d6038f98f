"""Rewards over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

REWARDS = "/api/v1/vendor/loyalty/rewards"


@pytest.fixture
async def merchant(shop: Any) -> dict[str, Any]:
    made: dict[str, Any] = await shop.merchant()
    await shop.program(made["id"])
    return made


async def test_a_new_reward_belongs_to_the_live_program(shop: Any, merchant: dict[str, Any]):
    owner = shop.owner(merchant["id"])
    body = {
        "name": "Free coffee",
        "description": "Any size.\nTo go, too.",
        "points_required": 100,
        "stock": 500,
        "valid_from": "2026-11-20T11:00:00+01:00",
    }

    answer = await owner.post(REWARDS, body)

    reward = answer.json()
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    assert answer.headers["location"] == f"{REWARDS}/{reward['id']}"
    assert reward["program_id"] == (await owner.get("/api/v1/vendor/loyalty/program")).json()["id"]
    assert (reward["description"], reward["stock"], reward["is_active"]) == (body["description"], 500, True)
    assert reward["valid_from"] == "2026-11-20T10:00:00.000000Z"
    assert (await shop.terminal(merchant["id"]).get(answer.headers["location"])).json() == reward


async def test_a_reward_changes_and_goes(shop: Any, merchant: dict[str, Any]):
    reward = await shop.reward(merchant["id"], stock=10)
    owner, path = shop.owner(merchant["id"]), f"{REWARDS}/{reward['id']}"

    changed = await owner.patch(path, {"stock": None, "is_active": False}, '"1"')
    stale = await owner.patch(path, {"stock": 5}, '"1"')
    without = await owner.delete(path, None)
    gone = await owner.delete(path, '"2"')

    assert (changed.json()["stock"], changed.json()["is_active"], changed.headers["etag"]) == (
        None,
        False,
        '"2"',
    )
    assert [one.status_code for one in (stale, without, gone)] == [412, 428, 204]
    assert (await owner.get(path)).json()["code"] == "reward-not-found"
    assert (await owner.get(REWARDS)).json() == {"items": [], "next_cursor": None}


async def test_a_reward_cannot_end_before_it_begins(shop: Any, merchant: dict[str, Any]):
    reward = await shop.reward(merchant["id"], valid_from="2027-01-01T00:00:00Z")
    owner = shop.owner(merchant["id"])
    ends = {"valid_until": "2027-01-01T00:00:00Z"}

    new = await owner.post(
        REWARDS, {"name": "X", "points_required": 1, "valid_from": ends["valid_until"], **ends}
    )
    changed = await owner.patch(f"{REWARDS}/{reward['id']}", ends, '"1"')

    for answer in (new, changed):
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "valid_until")


async def test_another_merchants_reward_does_not_exist(shop: Any, merchant: dict[str, Any]):
    theirs = await shop.merchant()
    await shop.program(theirs["id"])
    reward = await shop.reward(theirs["id"])
    owner = shop.owner(merchant["id"])

    async def problems(path: str) -> list[dict[str, Any]]:
        answers = [
            await owner.get(path),
            await owner.patch(path, {"stock": 1}, "*"),
            await owner.delete(path, "*"),
            await owner.patch(path, {"stock": 1}, None),
        ]
        return [{**one.json(), "request_id": "", "instance": ""} for one in answers]

    assert await problems(f"{REWARDS}/{reward['id']}") == await problems(f"{REWARDS}/{uuid4()}")
    assert (await owner.get(REWARDS)).json()["items"] == []
    assert (await shop.owner(theirs["id"]).get(f"{REWARDS}/{reward['id']}")).json() == reward


async def test_a_till_reads_rewards_and_changes_none(shop: Any, merchant: dict[str, Any]):
    reward = await shop.reward(merchant["id"])
    till, path = shop.terminal(merchant["id"]), f"{REWARDS}/{reward['id']}"

    assert [one["id"] for one in (await till.get(REWARDS)).json()["items"]] == [reward["id"]]
    for answer in (
        await till.post(REWARDS, {"name": "X", "points_required": 1}),
        await till.patch(path, {"stock": 1}, "*"),
        await till.delete(path, "*"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize("query", [{"include_deleted": True}, {"only_deleted": True}])
async def test_only_admins_see_what_is_deleted(shop: Any, merchant: dict[str, Any], query: dict[str, Any]):
    answer = await shop.owner(merchant["id"]).get(REWARDS, **query)

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_rewards_are_listed_newest_first_page_by_page(shop: Any, merchant: dict[str, Any]):
    made = [(await shop.reward(merchant["id"], name=f"Cake {number}"))["id"] for number in range(3)]
    owner = shop.owner(merchant["id"])

    first = (await owner.get(REWARDS, limit=2, count=True)).json()
    rest = (await owner.get(REWARDS, limit=2, cursor=first["next_cursor"])).json()

    assert [one["id"] for one in (*first["items"], *rest["items"])] == made[::-1]
    assert (first["total"], rest["next_cursor"]) == (3, None)
    assert len((await owner.get(REWARDS, search="cake 1")).json()["items"]) == 1


async def test_the_rewards_of_a_deleted_program_or_merchant_are_hidden(shop: Any, merchant: dict[str, Any]):
    reward = await shop.reward(merchant["id"])
    owner = shop.owner(merchant["id"])

    await owner.delete("/api/v1/vendor/loyalty/program", "*")

    assert (await owner.get(f"{REWARDS}/{reward['id']}")).json()["code"] == "reward-not-found"
    assert (await owner.get(REWARDS)).json()["items"] == []

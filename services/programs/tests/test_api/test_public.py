"""What anyone may see of a program."""

from __future__ import annotations

from typing import Any

import pytest

from kit.identity import Caller

PUBLIC = "/api/v1/loyalty/programs"
ADMIN, VENDOR = "/api/v1/admin/loyalty", "/api/v1/vendor/loyalty"


@pytest.fixture
async def open_one(shop: Any) -> Any:
    merchant = await shop.merchant(name="Café Grund")
    await shop.store(merchant["id"], code="G", name="Grund", city="Luxembourg")
    await shop.store(merchant["id"], code="B", name="Belair")
    fields = {"loyalty_type": "hybrid", "card_color": "#112233", "terms_text": "One\ncard each."}
    await shop.program(merchant["id"], **fields, welcome_bonus_points=50)
    await shop.reward(merchant["id"], name="Mug", points_required=120)
    await shop.reward(merchant["id"], name="Gone", is_active=False)
    assert (await shop.owner(merchant["id"]).post(f"{VENDOR}/program/activate")).status_code == 200
    return merchant


def anyone(shop: Any) -> Any:
    return shop.someone(Caller("public"))


async def test_the_page_for_joining_gets_what_it_needs_and_no_internal_id(shop: Any, open_one: Any):
    answer = await anyone(shop).get(f"{PUBLIC}/{open_one['slug']}")

    assert answer.status_code == 200
    body = answer.json()
    assert (
        body.items()
        >= {
            "merchant_slug": open_one["slug"],
            "merchant_name": "Café Grund",
            "card_name": "Loyalty Card",
            "card_color": "#112233",
            "terms_text": "One\ncard each.",
            "stamps_target": 10,
            "points_per_euro": 1,
            "welcome_bonus_points": 50,
            "enrollment_open": True,
            "store_required": False,
        }.items()
    )
    assert [store["name"] for store in body["stores"]] == ["Belair", "Grund"]
    assert body["rewards"] == [{"name": "Mug", "description": "", "points_required": 120, "image_url": None}]
    assert open_one["id"] not in answer.text
    assert '"id"' not in answer.text
    assert "us@shop.example" not in answer.text


async def test_it_says_when_nobody_can_join(shop: Any, open_one: Any):
    await shop.owner(open_one["id"]).post(f"{VENDOR}/program/deactivate", {})

    answer = await anyone(shop).get(f"{PUBLIC}/{open_one['slug']}")

    assert answer.json()["enrollment_open"] is False


async def test_all_that_is_unknown_is_answered_alike(shop: Any, open_one: Any):
    bare, never = await shop.merchant(), await shop.merchant()
    await shop.program(never["id"])
    etag = (await shop.admin.get(f"{ADMIN}/merchants/{open_one['id']}")).headers["etag"]
    assert (await shop.admin.delete(f"{ADMIN}/merchants/{open_one['id']}", etag)).status_code == 204
    answers = []

    for slug in ("no-such-shop", bare["slug"], never["slug"], open_one["slug"], "Ünknown"):
        answer = await anyone(shop).get(f"{PUBLIC}/{slug}")
        answers.append((answer.status_code, answer.json()["code"], answer.json()["detail"]))

    assert set(answers) == {(404, "program-not-found", "No program here")}

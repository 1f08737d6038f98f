"""The program over HTTP, by the merchant and by admins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

PROGRAM = "/api/v1/vendor/loyalty/program"
PROGRAMS = "/api/v1/admin/loyalty/programs"
TIERS = {
    "tiers": [
        {"name": "Bronze", "from_points": 0, "multiplier_percent": 100},
        {"name": "Silver", "from_points": 1000, "multiplier_percent": 125},
    ]
}


async def test_a_new_program_has_the_defaults_and_is_off(shop: Any):
    merchant = await shop.merchant()
    owner = shop.owner(merchant["id"])

    answer = await owner.post(PROGRAM, {})

    program = answer.json()
    assert (answer.status_code, answer.headers["location"], answer.headers["etag"]) == (201, PROGRAM, '"1"')
    del program["id"], program["created_at"], program["updated_at"]
    assert program == {
        "merchant_id": merchant["id"],
        "loyalty_type": "points",
        "stamps_target": 10,
        "stamps_reward_description": "Free item",
        "stamps_reward_value_cents": None,
        "points_per_euro": 1,
        "points_expiration_days": None,
        "welcome_bonus_points": 0,
        "minimum_redemption_points": 100,
        "minimum_purchase_cents": 0,
        "tier_config": None,
        "cooldown_minutes": 15,
        "max_daily_stamps": 5,
        "require_staff_pin": True,
        "card_name": None,
        "card_color": "#4F46E5",
        "card_secondary_color": None,
        "logo_url": None,
        "hero_image_url": None,
        "google_issuer_id": None,
        "google_class_id": None,
        "apple_pass_type_id": None,
        "terms_text": None,
        "privacy_url": None,
        "is_active": False,
        "activated_at": None,
        "redeem_until": None,
        "version": 1,
    }


async def test_a_merchant_has_one_live_program(shop: Any):
    merchant = await shop.merchant()
    first = await shop.program(merchant["id"])
    owner = shop.owner(merchant["id"])

    twice = await owner.post(PROGRAM, {})
    by_admin = await shop.admin.post(PROGRAMS, {"merchant_id": merchant["id"]})
    for answer in (twice, by_admin):
        assert (answer.status_code, answer.json()["code"]) == (409, "program-already-exists")

    assert (await owner.delete(PROGRAM, '"1"')).status_code == 204
    assert (await owner.get(PROGRAM)).json()["code"] == "program-not-found"
    assert (await shop.program(merchant["id"]))["id"] != first["id"]


async def test_tiers_are_written_and_read_as_tier_config(shop: Any):
    merchant = await shop.merchant()
    owner = shop.owner(merchant["id"])

    made = await shop.program(merchant["id"], tier_config=TIERS)
    changed = await owner.patch(PROGRAM, {"tier_config": None}, '"1"')
    wrong = {"tiers": [{**TIERS["tiers"][0], "from_points": 5}]}
    refused = await owner.patch(PROGRAM, {"tier_config": wrong}, '"2"')
    refused_new = await shop.admin.post(PROGRAMS, {"merchant_id": merchant["id"], "tier_config": wrong})

    assert made["tier_config"] == TIERS
    assert (changed.json()["tier_config"], changed.json()["version"]) == (None, 2)
    for answer in (refused, refused_new):
        assert (answer.status_code, answer.json()["code"]) == (422, "validation-failed")
        assert answer.json()["errors"][0]["field"] == "tier_config.tiers.0.from_points"


async def test_a_change_keeps_what_was_not_sent_and_null_clears(shop: Any):
    merchant = await shop.merchant()
    made = await shop.program(
        merchant["id"], card_name="Kaart", terms_text="One.\r\nTwo.", max_daily_stamps=3
    )
    manager = shop.manager(merchant["id"])

    changed = await manager.patch(PROGRAM, {"max_daily_stamps": None, "card_name": ""}, '"1"')

    assert made["terms_text"] == "One.\nTwo."
    assert changed.json() == {
        **made,
        "max_daily_stamps": None,
        "card_name": None,
        "version": 2,
        "updated_at": changed.json()["updated_at"],
    }
    assert (await manager.patch(PROGRAM, {}, '"2"')).headers["etag"] == '"2"'
    assert (await manager.patch(PROGRAM, {"stamps_target": 9}, None)).status_code == 428
    assert (await manager.patch(PROGRAM, {"stamps_target": 9}, '"1"')).status_code == 412


async def test_a_program_is_switched_on_and_off(shop: Any):
    merchant = await shop.merchant()
    await shop.program(merchant["id"])
    owner = shop.owner(merchant["id"])
    until = (datetime.now(UTC) + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    on = await owner.post(f"{PROGRAM}/activate", key=None)
    on_again = await owner.post(f"{PROGRAM}/activate", {}, key=None)
    off = await owner.post(f"{PROGRAM}/deactivate", {"redeem_until": until}, key=None)
    off_again = await owner.post(f"{PROGRAM}/deactivate", key=None)

    assert [one.status_code for one in (on, on_again, off, off_again)] == [200] * 4
    assert [one.headers["etag"] for one in (on, on_again, off, off_again)] == ['"2"', '"2"', '"3"', '"3"']
    assert (on.json()["is_active"], off.json()["is_active"]) == (True, False)
    assert off.json()["redeem_until"] == off_again.json()["redeem_until"] == until
    assert off.json()["activated_at"] == on.json()["activated_at"]


async def test_redeem_until_lies_in_the_future(shop: Any):
    merchant = await shop.merchant()
    await shop.program(merchant["id"])

    answer = await shop.owner(merchant["id"]).post(
        f"{PROGRAM}/deactivate", {"redeem_until": "2020-01-01T00:00:00Z"}, key=None
    )

    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"field": "redeem_until", "code": "too-small", "message": "must be in the future"}
    ]


async def test_without_a_program_there_is_none(shop: Any):
    owner = shop.owner((await shop.merchant())["id"])
    nobody = shop.owner(str(uuid4()))

    for who in (owner, nobody):
        for answer in (
            await who.get(PROGRAM),
            await who.patch(PROGRAM, {"stamps_target": 3}, "*"),
            await who.delete(PROGRAM, "*"),
            await who.post(f"{PROGRAM}/activate", key=None),
            await who.post(f"{PROGRAM}/deactivate", key=None),
            await who.post("/api/v1/vendor/loyalty/rewards", {"name": "X", "points_required": 1}),
        )[: 6 if who is owner else 5]:
            assert (answer.status_code, answer.json()["code"]) == (404, "program-not-found")
    assert (await nobody.post(PROGRAM, {})).json()["code"] == "merchant-not-found"


async def test_a_till_reads_and_changes_nothing(shop: Any):
    merchant = await shop.merchant()
    await shop.program(merchant["id"])
    till = shop.terminal(merchant["id"])

    assert (await till.get(PROGRAM)).status_code == 200
    assert (await till.get("/api/v1/vendor/loyalty/settings")).status_code == 200
    for answer in (
        await till.post(PROGRAM, {}),
        await till.patch(PROGRAM, {"stamps_target": 1}, "*"),
        await till.delete(PROGRAM, "*"),
        await till.post(f"{PROGRAM}/activate", key=None),
        await till.post(f"{PROGRAM}/deactivate", key=None),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_vendors_and_admins_keep_to_their_own_addresses(shop: Any):
    merchant = await shop.merchant()
    program = await shop.program(merchant["id"])

    assert (await shop.admin.get(PROGRAM)).status_code == 403
    for path in ("merchants", f"merchants/{merchant['id']}/settings", "stores", f"programs/{program['id']}"):
        answer = await shop.owner(merchant["id"]).get(f"/api/v1/admin/loyalty/{path}")
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_settings_are_read_by_the_merchant(shop: Any):
    merchant = await shop.merchant()

    answer = await shop.owner(merchant["id"]).get("/api/v1/vendor/loyalty/settings")
    elsewhere = await shop.owner(str(uuid4())).get("/api/v1/vendor/loyalty/settings")

    assert (answer.status_code, answer.json()["pin_lockout_minutes"]) == (200, 30)
    assert answer.headers["etag"] == '"1"'
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (404, "merchant-not-found")


async def test_an_admin_keeps_programs_of_all_merchants(shop: Any):
    merchant = await shop.merchant(name="Huit Fleurs")

    made = await shop.admin.post(PROGRAMS, {"merchant_id": merchant["id"], "loyalty_type": "stamps"})
    path = made.headers["location"]
    changed = await shop.admin.patch(path, {"stamps_target": 6}, '"1"')
    found = (await shop.admin.get(PROGRAMS, search="huit")).json()["items"]

    assert (made.status_code, path) == (201, f"{PROGRAMS}/{made.json()['id']}")
    assert changed.json()["stamps_target"] == 6
    assert found == [changed.json()] == [(await shop.admin.get(path)).json()]
    assert (await shop.admin.delete(path, '"2"')).status_code == 204
    assert (await shop.admin.get(path)).json()["code"] == "program-not-found"
    back = await shop.admin.post(f"{path}/restore", key=None)
    assert (back.status_code, back.json()["deleted_at"], back.json()["version"]) == (200, None, 4)
    assert (await shop.owner(merchant["id"]).get(PROGRAM)).status_code == 200


async def test_an_admin_cannot_make_a_program_for_nobody(shop: Any):
    answer = await shop.admin.post(PROGRAMS, {"merchant_id": str(uuid4())})

    assert (answer.status_code, answer.json()["code"]) == (404, "merchant-not-found")
    for path in (f"{PROGRAMS}/{uuid4()}", f"{PROGRAMS}/{uuid4()}/restore"):
        method = shop.admin.post if path.endswith("restore") else shop.admin.get
        assert (await method(path)).json()["code"] == "program-not-found"

"""What other services read."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from contracts.programs import MerchantChanged, ProgramChanged, RewardChanged, SettingsChanged, StoreChanged

STATES = {
    "merchant": MerchantChanged,
    "settings": SettingsChanged,
    "store": StoreChanged,
    "program": ProgramChanged,
    "reward": RewardChanged,
}


async def test_each_state_is_answered_as_its_last_event_told_it(shop: Any):
    merchant = await shop.merchant()
    tiers = {"tiers": [{"name": "Bronze", "from_points": 0, "multiplier_percent": 100}]}
    ids = {
        "merchant": merchant["id"],
        "settings": merchant["id"],
        "store": (await shop.store(merchant["id"]))["id"],
        "program": (await shop.program(merchant["id"], tier_config=tiers))["id"],
        "reward": (await shop.reward(merchant["id"]))["id"],
    }
    await shop.owner(merchant["id"]).post("/api/v1/vendor/loyalty/program/activate")
    peer = shop.peer()

    for kind, thing_id in ids.items():
        answer = await peer.get(f"/internal/states/{kind}/{thing_id}")
        assert answer.status_code == 200
        assert answer.json() == (await shop.told(f"{kind}:{thing_id}"))[-1]["data"]
        assert STATES[kind](**answer.json()).model_dump(mode="json") == answer.json()

    everything = (await peer.get(f"/internal/merchants/{merchant['id']}/states")).json()
    assert {one["kind"]: one["data"]["id"] for one in everything} == ids
    by_slug = await peer.get(f"/internal/merchants/by-slug/{merchant['slug']}/states")
    assert by_slug.json() == everything


async def test_a_slug_names_a_live_merchant_only(shop: Any):
    merchant = await shop.merchant()
    await shop.admin.delete(f"/api/v1/admin/loyalty/merchants/{merchant['id']}", "*")

    answer = await shop.peer().get(f"/internal/merchants/by-slug/{merchant['slug']}/states")

    assert (answer.status_code, answer.json()["code"]) == (404, "merchant-not-found")


async def test_deletion_is_a_state_that_is_answered(shop: Any):
    merchant = await shop.merchant()
    store = await shop.store(merchant["id"])
    await shop.admin.delete(f"/api/v1/admin/loyalty/stores/{store['id']}", "*")
    peer = shop.peer()

    assert (await peer.get(f"/internal/states/store/{store['id']}")).json()["deleted_at"] is not None
    kinds = [one["kind"] for one in (await peer.get(f"/internal/merchants/{merchant['id']}/states")).json()]
    assert kinds == ["merchant", "settings"]


@pytest.mark.parametrize("kind", list(STATES))
async def test_what_is_not_there_is_not_found(shop: Any, kind: str):
    answer = await shop.peer().get(f"/internal/states/{kind}/{uuid4()}")

    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    merchant = await shop.peer().get(f"/internal/merchants/{uuid4()}/states")
    assert (merchant.status_code, merchant.json()["code"]) == (404, "merchant-not-found")


async def test_only_services_read_states(shop: Any):
    merchant = await shop.merchant()

    for who in (shop.admin, shop.owner(merchant["id"]), shop.terminal(merchant["id"])):
        for path in (f"states/merchant/{merchant['id']}", f"merchants/{merchant['id']}/states"):
            assert (await who.get(f"/internal/{path}")).status_code == 403

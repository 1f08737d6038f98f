"""Stores over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

STORES = "/api/v1/admin/loyalty/stores"


async def test_a_new_store_belongs_to_the_merchant_that_was_named(shop: Any):
    merchant = await shop.merchant()

    answer = await shop.admin.post(STORES, {"merchant_id": merchant["id"], "code": "GARE", "name": "Gare"})

    assert answer.status_code == 201
    assert answer.headers["location"] == f"{STORES}/{answer.json()['id']}"
    assert (answer.json()["merchant_id"], answer.json()["city"]) == (merchant["id"], None)


async def test_a_store_of_nobody_is_refused(shop: Any):
    answer = await shop.admin.post(STORES, {"merchant_id": str(uuid4()), "code": "GARE", "name": "Gare"})

    assert (answer.status_code, answer.json()["code"]) == (404, "merchant-not-found")


async def test_a_code_is_taken_once_per_merchant(shop: Any):
    one, other = await shop.merchant(), await shop.merchant()
    await shop.store(one["id"], code="GARE")
    second = await shop.store(one["id"], code="KIRCHBERG")

    twice = await shop.admin.post(STORES, {"merchant_id": one["id"], "code": "GARE", "name": "Gare"})
    renamed = await shop.admin.patch(f"{STORES}/{second['id']}", {"code": "GARE"}, '"1"')

    for answer in (twice, renamed):
        assert (answer.status_code, answer.json()["code"]) == (409, "already-exists")
    await shop.store(other["id"], code="GARE")


async def test_a_place_is_set_and_cleared_whole(shop: Any):
    store = await shop.store((await shop.merchant())["id"])
    path = f"{STORES}/{store['id']}"

    half = await shop.admin.patch(path, {"latitude": 49.6}, '"1"')
    whole = await shop.admin.patch(path, {"latitude": 49.6, "longitude": 6}, '"1"')
    cleared = await shop.admin.patch(path, {"latitude": None, "longitude": None}, '"2"')

    assert (half.status_code, half.json()["errors"][0]["field"]) == (422, "longitude")
    assert (whole.json()["latitude"], whole.json()["longitude"]) == (49.6, 6.0)
    assert (cleared.status_code, cleared.json()["latitude"]) == (200, None)


async def test_a_deleted_store_comes_back_as_it_was(shop: Any):
    store = await shop.store((await shop.merchant())["id"], city="Luxembourg")
    path = f"{STORES}/{store['id']}"

    assert (await shop.admin.delete(path, '"1"')).status_code == 204
    assert (await shop.admin.delete(path, "*")).json()["code"] == "store-not-found"
    assert (await shop.admin.patch(path, {"name": "X"}, "*")).json()["code"] == "store-not-found"
    back = await shop.admin.post(f"{path}/restore")

    assert {**back.json(), "updated_at": None} == {**store, "updated_at": None}
    assert (await shop.admin.post(f"{STORES}/{uuid4()}/restore")).json()["code"] == "store-not-found"


async def test_a_deleted_merchant_hides_its_stores_and_a_restore_shows_them(shop: Any):
    merchant = await shop.merchant()
    store = await shop.store(merchant["id"])
    home = f"/api/v1/admin/loyalty/merchants/{merchant['id']}"

    async def listed(**query: Any) -> list[str]:
        answer = await shop.admin.get(STORES, merchant_id=merchant["id"], **query)
        return [one["id"] for one in answer.json()["items"]]

    await shop.admin.delete(home, "*")
    assert (await shop.admin.get(f"{STORES}/{store['id']}")).json()["code"] == "store-not-found"
    assert await listed() == []
    assert await listed(include_deleted=True) == [store["id"]]
    assert await listed(only_deleted=True) == []

    await shop.admin.post(f"{home}/restore")
    assert (await shop.admin.get(f"{STORES}/{store['id']}")).json() == store


async def test_stores_are_listed_by_merchant_and_found_by_code_or_name(shop: Any):
    merchant = await shop.merchant()
    gare = await shop.store(merchant["id"], code="GARE", name="Am Bahnhof")
    await shop.store(merchant["id"], code="KB", name="Kirchberg")
    await shop.store((await shop.merchant())["id"], code="GARE", name="Am Bahnhof")

    for search in ("GARE", "bahn"):
        answer = await shop.admin.get(STORES, merchant_id=merchant["id"], search=search)
        assert [one["id"] for one in answer.json()["items"]] == [gare["id"]]
    everything = (await shop.admin.get(STORES, merchant_id=merchant["id"], count=True)).json()
    assert ([one["code"] for one in everything["items"]], everything["total"]) == (["KB", "GARE"], 2)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("cafe", True),
        ("CAFÉ", True),
        ("cafe\u0301", True),
        ("fé", False),
        ("öko caf", True),
        ("oko", True),
        ("straße", True),
        ("36b", True),
        ("36c", False),
        ("' & | ! :* (", False),
        ("d'ecole", True),
        ("\\", False),
    ],
)
async def test_names_are_found_without_case_and_accents(shop: Any, search: str, found: bool):
    merchant = await shop.merchant()
    store = await shop.store(merchant["id"], name="Öko-Café d'École, Neue Straße 36b")

    answer = await shop.admin.get(STORES, merchant_id=merchant["id"], search=search)

    assert answer.status_code == 200, answer.text
    assert [one["id"] for one in answer.json()["items"]] == ([store["id"]] if found else [])


@pytest.mark.parametrize(
    "wanted",
    [
        "name_words(name) @@ CAST('bahn:*' AS tsquery) OR code = 'KB-777'",
        "deleted_at IS NOT NULL",
        "merchant_id = '0197c1c2-0000-7000-8000-00000000000a' AND deleted_at IS NULL",
    ],
)
async def test_among_very_many_stores_none_is_looked_at_in_vain(shop: Any, wanted: str):
    merchant = await shop.merchant()
    async with shop.service.engine.connect() as conn:
        await conn.execute(
            text(
                "INSERT INTO stores (id, merchant_id, code, name, version, created_at, updated_at)"
                " SELECT gen_random_uuid(), :merchant, 'KB-' || n, 'Kirchberg ' || n, 1, now(), now()"
                " FROM generate_series(1, 20000) n"
            ),
            {"merchant": merchant["id"]},
        )
        await conn.execute(text("ANALYZE stores"))
        asked = f"EXPLAIN SELECT * FROM stores WHERE {wanted} ORDER BY id DESC LIMIT 51"
        plan = "\n".join((await conn.execute(text(asked))).scalars())
        await conn.rollback()

    assert "Seq Scan" not in plan, plan
    assert "Index Scan" in plan, plan

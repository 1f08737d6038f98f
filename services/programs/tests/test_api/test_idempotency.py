"""A key runs its effect once, whatever happens around it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

MERCHANTS = "/api/v1/admin/loyalty/merchants"
PROGRAM = "/api/v1/vendor/loyalty/program"
KEY = "a-key-of-24-characters!!"


def _body(slug: str, **more: Any) -> dict[str, Any]:
    return {"name": "Schmit", "slug": slug, "country": "LU", "contact_email": "a@b.example", **more}


async def _count(shop: Any, slug: str) -> int:
    return len(await shop.rows("SELECT 1 FROM merchants WHERE slug = :slug", slug=slug))


async def test_a_repeat_is_answered_byte_for_byte_and_says_so(shop: Any):
    first = await shop.admin.post(MERCHANTS, _body("replayed"), key=KEY)
    again = await shop.admin.post(MERCHANTS, _body("replayed", currency="EUR"), key=KEY)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    for name in ("location", "etag", "content-type"):
        assert again.headers[name] == first.headers[name]
    assert await _count(shop, "replayed") == 1
    assert len(await shop.told(f"merchant:{first.json()['id']}")) == 1


async def test_a_key_belongs_to_its_request(shop: Any):
    key = "the-same-key-for-two-things"
    await shop.admin.post(MERCHANTS, _body("first-use"), key=key)

    other = await shop.admin.post(MERCHANTS, _body("second-use"), key=key)

    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    assert await _count(shop, "second-use") == 0


async def test_parallel_twins_make_one_row(shop: Any):
    key = "twins-at-the-same-moment"

    answers = await asyncio.gather(*(shop.admin.post(MERCHANTS, _body("twins"), key=key) for _ in range(12)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotency-replayed" in answer.headers for answer in answers) == 11
    assert await _count(shop, "twins") == 1


async def test_a_refusal_that_is_a_conflict_is_kept(shop: Any):
    taken = await shop.merchant(slug="taken-once")
    key = "a-key-that-met-a-conflict"

    first = await shop.admin.post(MERCHANTS, _body("taken-once"), key=key)
    await shop.admin.delete(f"{MERCHANTS}/{taken['id']}", "*")
    again = await shop.admin.post(MERCHANTS, _body("taken-once"), key=key)

    assert (first.status_code, again.status_code) == (409, 409)
    assert again.content == first.content
    assert again.headers["idempotency-replayed"] == "true"


async def test_other_refusals_leave_the_key_free(shop: Any):
    key = "a-key-that-met-a-mistake"

    wrong = await shop.admin.post(MERCHANTS, _body("free-again", country="??"), key=key)
    right = await shop.admin.post(MERCHANTS, _body("free-again"), key=key)

    assert (wrong.status_code, right.status_code) == (422, 201)


async def test_two_merchants_may_use_the_same_key(shop: Any):
    key = "merchants-know-not-each-other"
    one, other = await shop.merchant(), await shop.merchant()

    answers = [await shop.owner(who["id"]).post(PROGRAM, {}, key=key) for who in (one, other)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["id"] != answers[1].json()["id"]


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (None, "idempotency-key-missing"),
        ("too-short", "idempotency-key-invalid"),
        ("x" * 256, "idempotency-key-invalid"),
        ("with-a-tab-in\t-the-middle", "idempotency-key-invalid"),
    ],
)
async def test_what_creates_needs_a_good_key_before_its_body_is_looked_at(
    shop: Any, key: str | None, code: str
):
    merchant = await shop.merchant()
    owner = shop.owner(merchant["id"])

    for answer in (
        await shop.admin.post(MERCHANTS, {}, key=key),
        await shop.admin.post("/api/v1/admin/loyalty/stores", {}, key=key),
        await shop.admin.post("/api/v1/admin/loyalty/programs", {}, key=key),
        await owner.post(PROGRAM, {"no": 1}, key=key),
        await owner.post("/api/v1/vendor/loyalty/rewards", {}, key=key),
    ):
        assert (answer.status_code, answer.json()["code"]) == (400, code)


async def test_a_switch_takes_a_key_and_replays_its_first_answer(shop: Any):
    merchant = await shop.merchant()
    await shop.program(merchant["id"])
    owner = shop.owner(merchant["id"])

    first = await owner.post(f"{PROGRAM}/activate", key="switching-on-with-a-key")
    await owner.post(f"{PROGRAM}/deactivate", key=None)
    again = await owner.post(f"{PROGRAM}/activate", key="switching-on-with-a-key")
    bad = await owner.post(f"{PROGRAM}/activate", key="short")

    assert again.content == first.content
    assert again.headers["idempotency-replayed"] == "true"
    assert (await owner.get(PROGRAM)).json()["is_active"] is False
    assert (bad.status_code, bad.json()["code"]) == (400, "idempotency-key-invalid")

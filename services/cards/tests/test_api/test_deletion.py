"""Cards deleted and restored over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from kit.identity import Caller
from kit.ids import now, uuid7

from .problems import CARDS, refused

Shop = Any
Call = Callable[..., Any]
ADMIN = "/api/v1/admin/loyalty/cards"


async def restore(shop: Shop, card_id: str, **headers: str) -> Any:
    asked = {name.replace("_", "-"): value for name, value in headers.items()}
    bearer = shop.keys.bearer(Caller("admin", user_id=uuid7()))
    return await shop.owner().post(f"{ADMIN}/{card_id}/restore", headers={**bearer, **asked})


async def test_a_deleted_card_is_not_found_by_anyone_and_its_link_shows_nothing(
    shop: Shop, ana: Any, enrol: Call
):
    owner, till, path = shop.owner(), shop.till(), f"{CARDS}/{ana['id']}"

    answer = await owner.delete(path)

    assert (answer.status_code, answer.content) == (204, b"")
    for asked in (
        till.get(path),
        owner.get(path),
        owner.get(f"{path}/customer"),
        till.post(f"{CARDS}/lookup", json={"qr": ana["qr_code"]}),
        till.post(f"{CARDS}/lookup", json={"number": ana["card_number"]}),
        till.post(f"{CARDS}/lookup", json={"email": "ana@example.com"}),
        owner.delete(path),
    ):
        assert refused(await asked) == (404, "card-not-found")
    assert (await owner.get(CARDS)).json()["items"] == []


async def test_the_deletion_is_told_whole_with_its_version_and_kept_with_who_did_it(
    shop: Shop, ana: Any, told: Call, rows: Call
):
    await shop.manager().delete(f"{CARDS}/{ana['id']}")

    first, second = await told(ana["id"])
    assert second == {**first, "version": 2, "deleted_at": second["deleted_at"]}
    assert second["deleted_at"] is not None
    (kept,) = await rows("SELECT * FROM cards WHERE id = CAST(:id AS uuid)", id=ana["id"])
    assert None not in (kept.deleted_at, kept.deleted_by, kept.deletion_id)
    assert kept.is_active


async def test_a_till_an_admin_and_another_merchant_delete_no_card(shop: Shop, open_shop: Call, ana: Any):
    path = f"{CARDS}/{ana['id']}"

    assert refused(await shop.till().delete(path)) == (403, "forbidden")
    bearer = shop.keys.bearer(Caller("admin", user_id=uuid7()))
    assert refused(await shop.till().delete(path, headers=bearer)) == (403, "forbidden")
    assert refused(await open_shop().owner().delete(path)) == (404, "card-not-found")
    assert (await shop.till().get(path)).status_code == 200


async def test_of_ten_parallel_deletions_one_is_done_and_told(shop: Shop, ana: Any, told: Call):
    owner = shop.owner()

    answers = await asyncio.gather(*(owner.delete(f"{CARDS}/{ana['id']}") for _ in range(10)))

    assert sorted(answer.status_code for answer in answers) == [204] + [404] * 9
    assert [state["version"] for state in await told(ana["id"])] == [1, 2]


async def test_a_restore_brings_back_exactly_what_was_there(shop: Shop, enrol: Call, rows: Call, told: Call):
    card = (await enrol(shop.till(), email="ana@example.com")).json()["card"]
    before = (await shop.owner().get(f"{CARDS}/{card['id']}")).json()
    await shop.owner().delete(f"{CARDS}/{card['id']}")

    answer = await restore(shop, card["id"])

    assert answer.status_code == 200
    assert (
        answer.json().items()
        >= {
            "id": card["id"],
            "merchant_id": str(shop.id),
            "card_number": card["card_number"],
            "status": "active",
            "deleted_at": None,
            "deleted_by": None,
        }.items()
    )
    assert (await shop.owner().get(f"{CARDS}/{card['id']}")).json() == before
    (links,) = await rows(
        "SELECT count(*) FROM card_links WHERE card_id = CAST(:id AS uuid) AND ended_at IS NULL",
        id=card["id"],
    )
    assert links.count == 1
    first, _, third = await told(card["id"])
    assert third == {**first, "version": 3}


async def test_restoring_a_live_card_changes_nothing(shop: Shop, ana: Any, told: Call):
    answer = await restore(shop, ana["id"])

    assert answer.status_code == 200
    assert len(await told(ana["id"])) == 1


async def test_a_restore_with_a_key_is_replayed(shop: Shop, ana: Any, told: Call):
    key = str(uuid7())
    await shop.owner().delete(f"{CARDS}/{ana['id']}")
    first = await restore(shop, ana["id"], idempotency_key=key)
    await shop.owner().delete(f"{CARDS}/{ana['id']}")

    again = await restore(shop, ana["id"], idempotency_key=key)

    assert again.content == first.content
    assert again.headers["idempotency-replayed"] == "true"
    assert len(await told(ana["id"])) == 4
    assert refused(await restore(shop, ana["id"], idempotency_key="short")) == (
        400,
        "idempotency-key-invalid",
    )


async def test_a_customer_who_joined_again_keeps_the_new_card_and_gets_no_second_bonus(
    shop: Shop, ana: Any, enrol: Call, told: Call
):
    await shop.owner().delete(f"{CARDS}/{ana['id']}")
    new = (await enrol(shop.till(), email="ana@example.com")).json()

    assert new["already_enrolled"] is False
    assert new["card"]["id"] != ana["id"]
    assert (await told(new["card"]["id"]))[0]["first_of_customer"] is False
    assert refused(await restore(shop, ana["id"])) == (409, "already-exists")
    await shop.owner().delete(f"{CARDS}/{new['card']['id']}")
    assert (await restore(shop, ana["id"])).status_code == 200


async def test_enrolling_beside_a_deletion_and_a_restore_ends_with_one_live_card(
    shop: Shop, ana: Any, enrol: Call, rows: Call
):
    till, owner = shop.till(), shop.owner()
    for _ in range(5):
        answers = await asyncio.gather(
            owner.delete(f"{CARDS}/{ana['id']}"),
            *(enrol(till, email="ana@example.com") for _ in range(3)),
            restore(shop, ana["id"]),
            *(enrol(till, email="ana@example.com") for _ in range(3)),
        )

        assert {answer.status_code for answer in answers} <= {200, 201, 204, 404, 409}
        live = await rows("SELECT id FROM cards WHERE merchant_id = :m AND deleted_at IS NULL", m=shop.id)
        assert len(live) == 1
        for answer in answers[1:4] + answers[5:]:
            assert answer.json()["card"]["status"] == "active"


async def test_nobody_but_an_admin_restores_and_what_is_no_card_is_not_found(
    shop: Shop, ana: Any, rows: Call
):
    path = f"{ADMIN}/{ana['id']}/restore"

    for caller in (shop.till(), shop.owner(), shop.manager()):
        assert refused(await caller.post(path)) == (403, "forbidden")
    assert refused(await restore(shop, str(uuid7()))) == (404, "card-not-found")
    await rows("UPDATE customers SET erased_at = now() WHERE merchant_id = :m", m=shop.id)
    assert refused(await restore(shop, ana["id"])) == (404, "card-not-found")


async def test_a_deleted_merchants_card_is_not_restored(shop: Shop, ana: Any):
    await shop.owner().delete(f"{CARDS}/{ana['id']}")
    await shop.change(shop.merchant, deleted_at=now())

    assert refused(await restore(shop, ana["id"])) == (404, "card-not-found")

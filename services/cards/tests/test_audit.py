"""What users change leaves an audit row: every route, and nothing of a person in any."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kit.app import openapi_of
from kit.identity import Caller
from kit.ids import uuid7

Call = Callable[..., Any]
Shop = Any
CARDS = "/api/v1/vendor/loyalty/cards"
MUTATING = ("post", "patch", "put", "delete")
#: Move nothing and keep nothing.
ONLY_READ = {"lookUpCard"}
#: Nobody's change: no user calls them.
NOT_BY_USERS = {"terminal", "public"}
PERSON = ("walked@", "621 555", "621555", "Planted")


async def _answer(shop: Shop, template: str, method: str, fresh_key: Call, card_id: str) -> Any:
    path = template.format(card_id=card_id)
    caller = shop.peer(Caller("admin", user_id=uuid7())) if "/admin/" in path else shop.owner()
    if path.endswith("/restore"):
        await shop.owner().delete(f"{CARDS}/{card_id}")
    body = {}
    if path == CARDS:
        body = {"first_name": "Planted", "last_name": "Name", "email": f"walked@{uuid7()}.example"}
    if path.endswith("/imports/customers"):
        person = {"first_name": "Planted", "last_name": "Name", "email": f"walked@{uuid7()}.example"}
        body = {"merchant_id": str(shop.id), "rows": [person]}
    if method == "patch":
        body = {"last_name": "PlantedToo"}
    return await caller.request(method, path, json=body, headers={**fresh_key(), "if-match": "*"})


async def test_every_operation_that_changes_something_leaves_a_row_of_the_user(
    shop: Shop, enrol: Call, rows: Call, fresh_key: Call
):
    document = openapi_of(shop.service)
    walked = []

    for template, item in document["paths"].items():
        for method in (method for method in MUTATING if method in item):
            operation, place = item[method], f"{method.upper()} {template}"
            if operation["operationId"] in ONLY_READ or set(operation["x-callers"]) <= NOT_BY_USERS:
                continue
            known = await enrol(shop.till(0), email=f"walked@{uuid7()}.example")
            before = len(await rows("SELECT 1 FROM audit WHERE merchant_id = :id", id=shop.id))

            answer = await _answer(shop, template, method, fresh_key, known.json()["card"]["id"])

            assert answer.is_success, f"{place}: {answer.text}"
            left = await rows("SELECT * FROM audit WHERE merchant_id = :id ORDER BY id", id=shop.id)
            assert len(left) > before, f"{place} left no audit row"
            assert {row.actor_role for row in left[before:]} <= {"admin", "owner"}, place
            walked.append(operation["operationId"])

    assert {"enrol", "changeCustomer", "eraseCustomer", "deleteCard", "restoreCard"} <= set(walked)


async def test_rows_of_a_customer_name_fields_and_hold_no_value(
    shop: Shop, enrol: Call, rows: Call, fresh_key: Call
):
    owner = shop.owner()
    answer = await enrol(owner, email="walked@example.com", phone="621 555 111", first_name="Planted")
    card = answer.json()["card"]

    path = f"{CARDS}/{card['id']}/customer"
    await owner.patch(path, json={"email": "walked@x.example"}, headers={"if-match": '"1"'})
    await owner.post(f"{path}/erase", headers=fresh_key())

    audit = "SELECT * FROM audit WHERE merchant_id = :id AND kind = :kind ORDER BY id"
    created, changed, erased = await rows(audit, id=shop.id, kind="customer")
    assert [row.action for row in (created, changed, erased)] == ["created", "changed", "erased"]
    assert changed.changed == ["email"]
    assert {"email", "phone", "first_name", "last_name", "erased_at"} <= set(erased.changed)
    assert all(row.before is None and row.after is None for row in (created, changed, erased))
    everything = str(await rows("SELECT to_jsonb(audit) FROM audit WHERE merchant_id = :id", id=shop.id))
    assert not [value for value in PERSON if value in everything]


async def test_a_deleted_and_a_restored_card_are_seen_before_and_after(
    shop: Shop, ana: Any, rows: Call, fresh_key: Call
):
    await shop.owner().delete(f"{CARDS}/{ana['id']}")
    admin = shop.peer(Caller("admin", user_id=uuid7()))
    restored_answer = await admin.post(f"/api/v1/admin/loyalty/cards/{ana['id']}/restore")

    assert restored_answer.status_code == 200
    deleted, restored = await rows("SELECT * FROM audit WHERE thing_id = :id ORDER BY id", id=ana["id"])
    assert (deleted.action, deleted.actor_role) == ("deleted", "owner")
    assert (restored.action, restored.actor_role) == ("restored", "admin")
    assert deleted.before == restored.after == {"deleted_at": None, "deleted_by": None}
    assert deleted.after == restored.before
    assert deleted.after["deleted_by"] == str(deleted.actor_id)


async def test_what_a_till_does_and_what_changes_nothing_leave_no_row(
    shop: Shop, ana: Any, rows: Call, enrol: Call
):
    again = await enrol(shop.owner(), email="ana@example.com", store_id=str(shop.stores[0].id))
    path = f"{CARDS}/{ana['id']}/customer"
    same = await shop.owner().patch(path, json={"first_name": "Ana"}, headers={"if-match": '"1"'})

    assert (again.status_code, same.status_code) == (200, 200)
    assert await rows("SELECT 1 FROM audit WHERE merchant_id = :id", id=shop.id) == []

"""What users change leaves an audit row: every route, with what was there before and after."""

from __future__ import annotations

from typing import Any

from kit.app import openapi_of
from kit.ids import uuid7

from .conftest import ADMIN, ADMIN_ID, OWNER_ID, VENDOR

Shop = Any
MUTATING = ("post", "patch", "put", "delete")


class World:
    """A merchant with one of everything, each operation in one of its own."""

    def __init__(self, shop: Shop, ids: dict[str, str]) -> None:
        self.shop = shop
        self.ids = ids

    @classmethod
    async def made(cls, shop: Shop, *, has_program: bool) -> World:
        merchant = await shop.merchant()
        ids = {"merchant_id": merchant["id"], "store_id": (await shop.store(merchant["id"]))["id"]}
        if has_program:
            ids["program_id"] = (await shop.program(merchant["id"]))["id"]
            ids["reward_id"] = (await shop.reward(merchant["id"]))["id"]
        return cls(shop, ids)

    def caller(self, path: str) -> Any:
        return self.shop.admin if "/admin/" in path else self.shop.owner(self.ids["merchant_id"])

    async def prepare(self, path: str) -> None:
        """What is restored was deleted, what is switched off was on."""
        if path.endswith("/restore"):
            await self.caller(path).delete(path.removesuffix("/restore"), "*")
        if path.endswith("/deactivate"):
            await self.caller(path).post(path.removesuffix("/deactivate") + "/activate", {})

    async def rows(self) -> list[Any]:
        statement = "SELECT * FROM audit WHERE merchant_id = :id OR after ->> 'slug' = :slug ORDER BY id"
        return await self.shop.rows(statement, id=self.ids["merchant_id"], slug=self.ids.get("slug", ""))


def _body(document: Any, operation: Any, world: World) -> dict[str, Any] | None:
    schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    if schema is None:
        return None
    if "anyOf" in schema:
        schema = schema["anyOf"][0]
    schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    body = dict(next(iter(schema.get("examples", ())), {}))
    if "merchant_id" in body:
        body["merchant_id"] = world.ids["merchant_id"]
    if "slug" in body:
        body["slug"] = world.ids["slug"] = f"walked-{uuid7().hex[-12:]}"
    return body


async def test_every_operation_that_changes_something_leaves_a_row_of_the_user(shop: Shop):
    document = openapi_of(shop.service)
    walked = 0

    for template, item in document["paths"].items():
        for method in (method for method in MUTATING if method in item):
            begins_a_program = method == "post" and template.rpartition("/")[2] in ("program", "programs")
            world = await World.made(shop, has_program=not begins_a_program)
            path, place = template.format(**world.ids), f"{method.upper()} {template}"
            await world.prepare(path)
            before = len(await world.rows())

            answer = await world.caller(path).http.request(
                method,
                path,
                json=_body(document, item[method], world),
                headers={"if-match": "*", "idempotency-key": str(uuid7())},
            )

            assert answer.is_success, f"{place}: {answer.text}"
            left = (await world.rows())[before:]
            assert left, f"{place} left no audit row"
            actor = ADMIN_ID if "/admin/" in path else OWNER_ID
            assert {row.actor_id for row in left} == {actor}, place
            assert all(row.changed for row in left), place
            walked += 1

    assert walked > 15


async def test_a_row_holds_what_was_there_before_and_after(shop: Shop):
    merchant = await shop.merchant(name="Chez Nous")
    path = f"{ADMIN}/merchants/{merchant['id']}"

    await shop.admin.patch(path, {"name": "Chez Vous", "contact_email": "you@shop.example"}, '"1"')
    await shop.admin.delete(path, '"2"')
    await shop.admin.post(f"{path}/restore")

    rows = await shop.rows(
        "SELECT * FROM audit WHERE thing_id = :id AND kind = 'merchant' ORDER BY id", **merchant
    )
    created, changed, deleted, restored = rows
    assert [row.action for row in rows] == ["created", "changed", "deleted", "restored"]
    assert created.before is None
    assert created.after["contact_email"] == "us@shop.example"
    assert changed.changed == ["contact_email", "name"]
    assert changed.before == {"name": "Chez Nous", "contact_email": "us@shop.example"}
    assert changed.after == {"name": "Chez Vous", "contact_email": "you@shop.example"}
    assert deleted.before == restored.after == {"deleted_at": None, "deleted_by": None}
    assert deleted.after == restored.before
    assert deleted.after["deleted_by"] == str(ADMIN_ID)


async def test_switching_a_program_is_named_as_such(shop: Shop):
    merchant = await shop.merchant()
    owner, program = shop.owner(merchant["id"]), await shop.program(merchant["id"])

    await owner.post(f"{VENDOR}/program/activate")
    await owner.post(f"{VENDOR}/program/deactivate")

    rows = await shop.rows("SELECT action FROM audit WHERE thing_id = :id ORDER BY id", **program)
    assert [row.action for row in rows] == ["created", "activated", "deactivated"]


async def test_what_changes_nothing_and_what_is_refused_leave_no_row(shop: Shop):
    merchant = await shop.merchant()
    path = f"{ADMIN}/merchants/{merchant['id']}"

    await shop.admin.patch(path, {"name": merchant["name"]}, '"1"')
    refused = await shop.admin.patch(path, {"name": "Later"}, '"7"')
    await shop.admin.post(f"{path}/restore")

    assert refused.status_code == 412
    rows = await shop.rows("SELECT kind FROM audit WHERE merchant_id = :id", **merchant)
    assert sorted(row.kind for row in rows) == ["merchant", "settings"]


async def test_a_replay_leaves_no_second_row(shop: Shop):
    merchant, key = await shop.merchant(), str(uuid7())
    body = {"merchant_id": merchant["id"], "code": "TWICE", "name": "Gare"}

    answers = [await shop.admin.post(f"{ADMIN}/stores", body, key=key) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    rows = await shop.rows("SELECT 1 FROM audit WHERE thing_id = :id", **answers[0].json())
    assert len(rows) == 1

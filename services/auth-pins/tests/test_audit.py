"""What users change leaves an audit row: every route, with what was there before and after, and no secret."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from kit.app import openapi_of
from kit.identity import Caller
from kit.ids import uuid7

from .conftest import ADMIN, AUTH, PASSWORD, PIN, VENDOR, WRONG_PIN, House, post

#: Routes that nobody signed in calls: they change sign-ins only, or are asked for by letter.
NOBODYS = {f"{AUTH}/{name}" for name in ("token", "refresh", "logout", "password/forgot", "password/reset")}
#: It makes a token and changes nothing.
APPROVALS = f"{VENDOR}/staff-sessions"
NEW_PASSWORD, NEW_PIN = "eleven loud herons", "975310"


class World:
    """A merchant's house with one of everything, and who may call what."""

    def __init__(self, house: House, ids: dict[str, str]) -> None:
        self.house = house
        self.ids = ids
        user_id = UUID(ids["user_id"])
        self.owner_id, self.admin_id = user_id, uuid7()
        self.owner = house.as_(Caller("owner", house.merchant.id, user_id=user_id))
        self.admin = house.as_(Caller("admin", user_id=self.admin_id))

    @classmethod
    async def made(cls, house: House) -> World:
        name = uuid7().hex
        user = await house.new_user(f"{name}@example.com")
        till, member = await house.new_till(), await house.new_staff(name[-8:])
        for _ in range(5):
            await till.enter(name[-8:], WRONG_PIN)
        ids = {"user_id": user["id"], "terminal_id": str(till.id), "staff_id": member["id"]}
        return cls(house, ids)

    def body(self, template: str, method: str) -> dict[str, Any] | None:
        """What makes this operation change something."""
        new = uuid7().hex
        bodies: dict[tuple[str, str], dict[str, Any]] = {
            ("post", f"{ADMIN}/users"): {"email": f"{new}@b.lu", "password": PASSWORD, "role": "admin"},
            ("patch", f"{ADMIN}/users/{{user_id}}"): {"email": f"{new}@c.lu", "role": "manager"},
            ("post", f"{ADMIN}/terminals"): {"store_id": str(self.house.stores[0].id), "name": "Two"},
            ("post", f"{VENDOR}/terminals"): {"store_id": str(self.house.stores[0].id), "name": "Two"},
            ("post", f"{VENDOR}/pins"): {"code": new[-8:], "name": "Bo", "pin": PIN},
            ("patch", f"{VENDOR}/pins/{{staff_id}}"): {"name": "Bo", "role": "manager"},
            ("post", f"{VENDOR}/pins/{{staff_id}}/reset"): {"pin": NEW_PIN},
            ("post", f"{AUTH}/password"): {"current": PASSWORD, "new": NEW_PASSWORD},
        }
        return bodies.get((method, template))


async def audit(house: House) -> list[Any]:
    return await house.rows("SELECT * FROM audit ORDER BY id")


async def test_every_operation_that_changes_something_leaves_a_row_of_the_user(house):
    document, walked = openapi_of(house.service), 0

    for template, item in document["paths"].items():
        for method in item.keys() & {"post", "patch", "put", "delete"}:
            if template in NOBODYS or template == APPROVALS:
                continue
            world = await World.made(house)
            is_admins = template.startswith(ADMIN)
            before = len(await audit(house))

            answer = await (world.admin if is_admins else world.owner).request(
                method.upper(),
                template.format(**world.ids),
                json=world.body(template, method),
                headers={"if-match": "*", "idempotency-key": str(uuid7())},
            )

            assert answer.is_success, f"{method} {template}: {answer.text}"
            (row,) = (await audit(house))[before:]
            assert row.actor_id == (world.admin_id if is_admins else world.owner_id), template
            assert row.merchant_id in (house.merchant.id, None)
            if row.action != "password-changed":
                assert row.changed, template
                assert row.after.keys() == set(row.changed), template
                assert (row.before is None) == (row.action == "created"), template
            walked += 1

    assert walked >= 14


async def test_no_row_holds_a_secret_or_its_hash(house):
    world = await World.made(house)
    made = await post(world.owner, f"{VENDOR}/terminals", world.body(f"{VENDOR}/terminals", "post"))
    turned = await post(world.owner, f"{VENDOR}/terminals/{world.ids['terminal_id']}/rotate")
    await post(world.owner, f"{VENDOR}/pins/{world.ids['staff_id']}/reset", {"pin": NEW_PIN})
    await world.owner.post(f"{AUTH}/password", json={"current": PASSWORD, "new": NEW_PASSWORD})
    hashes = [
        row[0]
        for column, table in (("password_hash", "users"), ("pin_hash", "staff"), ("sha256", "terminal_keys"))
        for row in await house.rows(f"SELECT {column} FROM {table}")
    ]
    secrets = [PASSWORD, NEW_PASSWORD, PIN, NEW_PIN]
    secrets += [answer.json()["api_key"].rpartition("_")[2] for answer in (made, turned)]

    kept = "".join(row.line for row in await house.rows("SELECT audit::text AS line FROM audit"))

    assert len(hashes) >= 5
    assert [text for text in (*hashes, *secrets) if text in kept] == []
    assert not re.search(r"\$2b\$|pk_live", kept)


async def test_a_row_tells_what_was_there_before_and_after(house):
    user = await house.new_user()
    path = f"{ADMIN}/users/{user['id']}"
    await house.admin.patch(path, json={"email": "new@b.lu", "locale": "de"}, headers={"if-match": '"1"'})
    await house.admin.delete(path, headers={"if-match": '"2"'})

    created, changed, deleted = await audit(house)

    assert [row.action for row in (created, changed, deleted)] == ["created", "changed", "deleted"]
    assert created.after["email"] == "anna@example.com"
    assert (changed.before, changed.after) == (
        {"email": "anna@example.com", "locale": "fr"},
        {"email": "new@b.lu", "locale": "de"},
    )
    assert deleted.changed == ["deleted_at", "deleted_by", "sessions_revoked_at"]


async def test_a_rotation_and_an_unlock_say_what_they_did(house):
    world = await World.made(house)
    await post(world.owner, f"{VENDOR}/terminals/{world.ids['terminal_id']}/rotate")
    for _ in range(2):
        await world.owner.post(f"{VENDOR}/pins/{world.ids['staff_id']}/unlock")

    rotated, unlocked = (await audit(house))[-2:]

    assert (rotated.action, unlocked.action) == ("key-rotated", "unlocked")
    assert [key["ends_at"] is None for key in rotated.before["keys"]] == [True]
    assert [key["ends_at"] is None for key in rotated.after["keys"]] == [False, True]
    assert unlocked.before["attempts"] == 5
    assert unlocked.before["locked_until"].endswith("Z")
    assert unlocked.after == {"attempts": 0, "locked_until": None}


async def test_a_replay_a_refusal_and_what_changes_nothing_leave_no_row(house):
    key, body = str(uuid7()), {"code": "07", "name": "Anna", "pin": PIN}
    made = [await post(house.owner, f"{VENDOR}/pins", body, key) for _ in range(2)]
    path = f"{VENDOR}/pins/{made[0].json()['id']}"

    await house.owner.patch(path, json={"name": "Anna"}, headers={"if-match": '"1"'})
    await house.owner.patch(path, json={"name": "Bo"}, headers={"if-match": '"7"'})
    await post(house.owner, f"{VENDOR}/pins", body)

    assert [row.action for row in await audit(house)] == ["created"]


async def test_the_gateway_reads_the_rows(house):
    await house.new_staff()

    (row,) = (await house.peer("gateway").get("/internal/audit")).json()

    assert (row["action"], row["kind"], row["actor"]["role"]) == ("created", "staff", "owner")

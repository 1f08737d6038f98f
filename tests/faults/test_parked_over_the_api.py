"""Parked events as an admin sees and decides them, through the public door."""

from __future__ import annotations

from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer

ADMIN = "/api/v1/admin/loyalty"
PARKED = f"{ADMIN}/events/parked"


async def park(stack):
    """Send what nobody can read; its key."""
    key = str(uuid4())
    producer = AIOKafkaProducer(bootstrap_servers=stack.bootstrap, acks="all")
    await producer.start()
    try:
        await producer.send_and_wait("ledger-events", b'{"specversion": "1.0", "data": ', key=key.encode())
    finally:
        await producer.stop()
    return key


@pytest.fixture
def parked(platform):
    """`parked(key)`: the rows about this key, by service; done with or not."""

    def read(key):
        asked = f"{PARKED}?limit=100&state=parked&state=retry&state=done&state=discarded"
        rows = platform.made(platform.get(platform.admin, asked))["items"]
        return {row["service"]: row for row in rows if row["key"] == key}

    return read


async def test_an_admin_sees_retries_and_discards_what_was_parked(platform, parked, until):
    key = await park(platform.stack)
    until(lambda: parked(key).keys() == {"cards", "gateway", "wallet"}, within_s=40)
    row = parked(key)["wallet"]
    assert (row["state"], row["tries"], row["type"], row["event"]) == ("parked", 0, None, None)
    assert row["reason"].startswith("unreadable")

    retried = platform.made(platform.post(platform.admin, f"{PARKED}/{row['id']}/retry"))
    assert (retried["id"], retried["service"], retried["state"]) == (row["id"], "wallet", "retry")
    until(
        lambda: (parked(key)["wallet"]["tries"], parked(key)["wallet"]["state"]) == (1, "parked"), within_s=20
    )

    for one in parked(key).values():
        assert (
            platform.made(platform.post(platform.admin, f"{PARKED}/{one['id']}/discard"))["state"]
            == "discarded"
        )
    too_late = platform.post(platform.admin, f"{PARKED}/{row['id']}/retry")
    assert (too_late.status_code, too_late.json()["code"]) == (409, "change-not-allowed")

    audit = platform.made(platform.get(platform.admin, f"{ADMIN}/audit?thing_id={row['id']}"))["items"]
    assert [(one["service"], one["action"]) for one in audit] == [
        ("wallet", "discarded"),
        ("wallet", "retried"),
    ]
    assert {one["actor"]["role"] for one in audit} == {"admin"}


def test_what_was_never_parked_is_not_found(platform):
    refused = platform.post(platform.admin, f"{PARKED}/{uuid4()}/retry")

    assert (refused.status_code, refused.json()["code"]) == (404, "not-found")


def test_the_audit_of_a_merchant_is_what_its_people_and_the_admins_did(platform, shop):
    everything = platform.made(
        platform.get(platform.admin, f"{ADMIN}/audit?merchant_id={shop.merchant['id']}&limit=100")
    )["items"]

    done = {(row["service"], row["kind"], row["action"], row["actor"]["role"]) for row in everything}
    assert {
        ("programs", "merchant", "created", "admin"),
        ("auth-pins", "terminal", "created", "admin"),
        ("programs", "store", "created", "admin"),
        ("programs", "settings", "changed", "admin"),
        ("programs", "program", "created", "owner"),
        ("programs", "program", "activated", "owner"),
        ("programs", "reward", "created", "owner"),
    } <= done
    assert [row["id"] for row in everything] == sorted((row["id"] for row in everything), reverse=True)
    assert platform.get(shop.owner, f"{ADMIN}/audit").status_code == 403
    assert platform.get(shop.key, f"{ADMIN}/audit").status_code == 403

"""A customer is exported and erased, on real processes: no table, topic or log still holds the person."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import psycopg
import yaml
from aiokafka import AIOKafkaConsumer
from psycopg import sql
from typer.testing import CliRunner

from punchcard.main import app

ROOT = Path(__file__).parents[2]
VENDOR = "/api/v1/vendor/loyalty"
SERVICES = ("programs", "cards", "ledger", "auth-pins", "wallet", "gateway")
MEMBER = {
    "first_name": "Zenzefiliya",
    "last_name": "Quarchmuller",
    "phone": "+352621987123",
    "birthday": "1977-07-17",
    "locale": "de",
}
NOTES, CORRECTED = "asked for oat milk, vexlomir", "Umbrellane"
TABLES = """
SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
"""


def _text(value):
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).decode("latin-1")
    return json.dumps(value, default=str, ensure_ascii=False)


def _tables_with(stack, planted):
    """(service, table, what) for every row of every table that holds something planted."""
    found, seen = set(), 0
    for service in SERVICES:
        with psycopg.connect(stack.urls(service).superuser) as conn:
            for (table,) in conn.execute(TABLES).fetchall():
                for row in conn.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))):
                    seen += 1
                    words = " ".join(map(_text, row)).lower()
                    found |= {(service, table, what) for what in planted if what.lower() in words}
    assert seen > 100, "nothing was looked at"
    return found


async def _records_with(stack, planted):
    """(topic, what) for every record of every topic of ours."""
    named = yaml.safe_load((ROOT / "contracts" / "topics.yaml").read_text())["topics"]
    topics = [topic for name in named for topic in (name, f"{name}-dlq")]
    consumer = AIOKafkaConsumer(
        *topics, bootstrap_servers=stack.bootstrap, group_id=None, auto_offset_reset="earliest"
    )
    await consumer.start()
    found, seen = set(), set()
    try:
        places = sorted(consumer.assignment())
        ends = await consumer.end_offsets(places)
        while any([await consumer.position(place) < ends[place] for place in places]):
            for place, batch in (await consumer.getmany(timeout_ms=200)).items():
                for record in batch:
                    seen.add(place.topic)
                    words = record.value.decode("latin-1").lower()
                    found |= {(place.topic, what) for what in planted if what.lower() in words}
    finally:
        await consumer.stop()
    assert {"cards-events", "ledger-events"} <= seen
    return found


def _patch(platform, shop, card_id, body):
    path = f"{VENDOR}/cards/{card_id}/customer"
    etag = platform.get(shop.owner, path).headers["etag"]
    headers = {"authorization": f"Bearer {shop.owner}", "if-match": etag}
    platform.made(platform.http.patch(path, json=body, headers=headers))


def test_a_person_is_exported_and_erased_everywhere_and_joins_anew(platform, until):
    shop = platform.open_shop(welcome_bonus_points=50)
    member = {**MEMBER, "email": f"zenzefiliya-{shop.slug}@punchcard.example"}
    enrolling = "enrol-" + shop.slug
    made = platform.post(shop.key, f"{VENDOR}/cards", member, enrolling).json()
    card_id, token = made["card"]["id"], made["card_url"].rpartition("/")[2]
    shop.move("stamp", {"card_id": card_id, "notes": NOTES})
    shop.move("points/earn", {"card_id": card_id, "purchase_amount_cents": 900, "currency": "EUR"})
    _patch(platform, shop, card_id, {"last_name": CORRECTED})
    planted = {*MEMBER.values(), member["email"], NOTES, CORRECTED, token, "621987123"} - {"de"}
    assert _tables_with(platform.stack, planted)

    archive = platform.made(platform.get(shop.owner, f"{VENDOR}/cards/{card_id}/customer/export"))
    erased = platform.post(shop.owner, f"{VENDOR}/cards/{card_id}/customer/erase")

    assert archive["missing"] == []
    assert archive["customer"]["email"] == member["email"]
    rows = archive["transactions"]
    types = ["card_created", "welcome_bonus", "stamp_earned", "points_earned"]
    assert [row["type"] for row in rows] == types
    assert rows[2]["notes"] == NOTES
    assert {one["platform"] for one in archive["passes"]} == {"apple", "google"}
    assert erased.status_code == 202
    gone = shop.ask("cards/lookup", {"email": member["email"]})
    assert gone.json()["code"] == "card-not-found"
    again = platform.post(shop.key, f"{VENDOR}/cards", member, enrolling)
    assert again.json()["code"] == "idempotency-key-expired"
    until(lambda: shop.ask("stamp", {"card_id": card_id, "dry_run": True}).status_code == 404, within_s=2.5)

    until(lambda: not _tables_with(platform.stack, planted), within_s=20)
    assert asyncio.run(_records_with(platform.stack, planted)) == set()
    logs = {
        log.stem: log.read_text(errors="replace").lower() for log in platform.stack.home.logs.glob("*.log")
    }
    assert {
        (name, what) for name, words in logs.items() for what in planted if what.lower() in words
    } == set()
    assert len(shop.transactions(card_id)) == 4
    environment = {"PUNCHCARD_HOME": str(platform.stack.home.path)}
    verified = CliRunner().invoke(app, ["verify"], env=environment)
    assert verified.exit_code == 0, verified.output

    new = shop.enrol(**member)
    assert new["id"] != card_id
    assert new["points_balance"] == 50

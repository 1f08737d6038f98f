"""A customer is exported and erased, on real processes: no table, topic or log still holds the person."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from pathlib import Path
from uuid import uuid4

import httpx
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


class Nowhere(set):
    """True while it is empty; a failure shows where something is."""

    def __bool__(self):
        return len(self) == 0


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

    until(lambda: Nowhere(_tables_with(platform.stack, planted)), within_s=40)
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


def _left_after(stack, planted, within_s):
    """What tables still hold when they have had so long; nothing as soon as there is nothing."""
    ends = time.monotonic() + within_s
    while (found := _tables_with(stack, planted)) and time.monotonic() < ends:
        time.sleep(0.2)
    return found


def _traces(stack, planted):
    """(file or service, what) for every log and every page of metrics that holds something planted."""
    time.sleep(0.6)  # lines are written twice a second
    pages = {
        f"{name}'s metrics": httpx.get(f"{handle.url}/metrics").text
        for name, handle in stack.services.items()
    }
    logs = {log.name: log.read_text(errors="replace") for log in stack.home.logs.rglob("*") if log.is_file()}
    assert {"gateway.log", "ledger.log", "postgres.log"} <= logs.keys()
    assert all("# HELP" in page for page in pages.values()), pages
    return {
        (name, what)
        for name, words in (pages | logs).items()
        for what in planted
        if what.lower() in words.lower()
    }


class Visitor:
    """All that a customer's data goes through, by every route that takes it, from an address of its own."""

    def __init__(self, platform, shop):
        self.platform, self.shop = platform, shop
        mark = secrets.token_hex(4)
        digits = f"{int(mark, 16) % 10**7:07d}"
        self.address = (
            f"127.{digits[:2].lstrip('0') or '9'}.{int(digits[2:4]) + 100}.{int(digits[4:6]) + 100}"
        )
        self.member = {
            "first_name": f"Zenze{mark}",
            "last_name": f"Quarch{mark}",
            "email": f"zenze-{mark}@punchcard.example",
            "phone": f"+35262{digits}",
            "birthday": f"{int(mark[:2], 16) % 90 + 1910}-07-{int(mark[2:4], 16) % 28 + 1:02}",
            "locale": "de",
        }
        self.corrected, self.notes, self.agent = f"Umbrellane{mark}", f"oat milk {mark}", f"Till-{mark}/7"
        self.staff = {
            "code": f"S{mark[:5]}",
            "pin": "730155",
            "name": f"Bartholomew{mark}",
            "role": "manager",
        }
        shop.hire(**self.staff)
        self.tokens = []
        self.http = httpx.Client(
            base_url=platform.stack.gateway_url,
            transport=httpx.HTTPTransport(local_address=self.address),
            headers={"user-agent": self.agent},
            timeout=30,
        )

    def ask(self, method, path, token, body=None, **more):
        headers = {"idempotency-key": str(uuid4()), **({"authorization": f"Bearer {token}"} if token else {})}
        return self.http.request(method, path, json=body, headers=headers | more.pop("headers", {}), **more)

    def enrol(self):
        made = self.platform.made(self.ask("POST", f"{VENDOR}/cards", self.shop.key, self.member))
        self.tokens.append(made["card_url"].rpartition("/")[2])
        return made["card"]

    def live(self, card):
        """Every route that takes or shows the person's data is used, and some are used wrongly."""
        member, shop, at = self.member, self.shop, f"{VENDOR}/cards/{card['id']}"
        store = {"store_id": shop.store["id"]}
        public = {key: value for key, value in member.items() if key != "birthday"}
        page = {**public, "merchant_slug": shop.slug, "marketing_consent": True}
        asked = [
            self.ask("POST", "/api/v1/loyalty/enroll", "", page),
            self.ask("POST", f"{VENDOR}/cards", shop.owner, {**member, **store}),
            *(
                self.ask("POST", f"{VENDOR}/cards/lookup", shop.key, {name: member[name]})
                for name in ("email", "phone")
            ),
            *(
                self.ask("GET", f"{VENDOR}/cards", shop.key, params={"search": member[name]})
                for name in ("first_name", "last_name", "email", "phone")
            ),
            *(
                self.ask("GET", f"{at}{what}", shop.owner)
                for what in ("", "/customer", "/transactions", "/passes")
            ),
            *self._moves(card),
        ]
        # The report of members is there once the cards service tells it.
        report = self.ask("GET", f"{VENDOR}/reports/members", shop.owner, params={"format": "csv"})
        assert report.status_code in (200, 404)
        odd = [f"{one.request.url}: {one.text}" for one in asked if one.status_code not in (200, 202)]
        assert not odd, odd
        link = self.platform.made(self.ask("POST", f"{at}/link", shop.owner))["card_url"]
        self.tokens.append(link.rpartition("/")[2])
        for what in ("", "/transactions"):
            self.platform.made(self.ask("GET", f"/api/v1/loyalty/cards/{self.tokens[-1]}{what}", ""))
        etag = self.ask("GET", f"{at}/customer", shop.owner).headers["etag"]
        changed = {"last_name": self.corrected}
        self.platform.made(
            self.ask("PATCH", f"{at}/customer", shop.owner, changed, headers={"if-match": etag})
        )
        wrong = [
            self.ask("POST", f"{VENDOR}/cards", shop.key, {**member, "birthday": member["phone"]}),
            self.ask("POST", f"{VENDOR}/cards", shop.key, {**member, "hat": member["email"]}),
            self.ask("GET", f"{VENDOR}/cards/{member['email']}", shop.key),
            self.ask("GET", f"/{member['email']}", shop.key),
        ]
        assert {answer.status_code for answer in wrong} == {404, 422}

    def _moves(self, card):
        at = {"card_id": card["id"], "notes": self.notes}
        staff = {"staff": {name: self.staff[name] for name in ("code", "pin")}}
        euro = {"purchase_amount_cents": 9000, "currency": "EUR", "order_reference": str(uuid4())}

        def move(name, **more):
            return self.ask("POST", f"{VENDOR}/{name}", self.shop.key, {**at, **staff, **more})

        yield move("stamp")
        yield move("stamp/adjust", stamps_delta=5)
        yield move("stamp/redeem")
        yield move("stamp/void", stamps=1)
        yield (earned := move("points/earn", **euro))
        yield move("points/redeem", reward_id=self.shop.reward["id"])
        yield move("points/adjust", points_delta=10)
        yield move("points/void", transaction_id=earned.json()["transaction_id"], amount_cents=100)
        for name in ("deactivate", "reactivate"):
            yield self.ask("POST", f"{VENDOR}/cards/{card['id']}/{name}", self.shop.owner)

    @property
    def planted(self):
        """What must not be anywhere once the person is erased."""
        own = {value for name, value in self.member.items() if name != "locale"}
        return {*own, self.member["phone"][4:], self.corrected, self.notes, self.address, *self.tokens}


def test_whatever_route_a_person_came_by_no_trace_is_left_and_they_may_come_again(platform):
    shop = platform.open_shop()
    visitor = Visitor(platform, shop)
    card = visitor.enrol()
    visitor.live(card)
    planted = visitor.planted
    known = {what for _, _, what in _tables_with(platform.stack, planted)}
    replaced = {*visitor.tokens, visitor.member["last_name"]}
    assert known >= planted - replaced, "they were nowhere to begin with"

    erased = visitor.ask("POST", f"{VENDOR}/cards/{card['id']}/customer/erase", shop.owner)

    assert erased.status_code == 202
    assert _left_after(platform.stack, planted, 60) == set()
    staff = {visitor.staff["name"], visitor.agent}
    assert asyncio.run(_records_with(platform.stack, planted | staff)) == set()
    assert _traces(platform.stack, planted | staff) == set()
    environment = {"PUNCHCARD_HOME": str(platform.stack.home.path)}
    verified = CliRunner().invoke(app, ["verify"], env=environment)
    assert verified.exit_code == 0, verified.output
    again = visitor.enrol()
    assert again["id"] != card["id"]
    assert platform.made(visitor.ask("GET", f"{VENDOR}/cards/{again['id']}", shop.key))["stamp_count"] == 0

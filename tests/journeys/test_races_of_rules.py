"""Rules under races: the last reward, void and redemption, expiry and earning, one person at three doors.

More rounds of the last reward with RACE_ROUNDS.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import time
from collections import Counter
from typing import Any, NamedTuple
from uuid import uuid4

import aiohttp
import psycopg
import pytest

VENDOR, PUBLIC = "/api/v1/vendor/loyalty", "/api/v1/loyalty"
#: So many rounds, or as many as there is time for.
ROUNDS, ROUNDS_S = int(os.environ.get("RACE_ROUNDS", "0")), 10
EURO = {"purchase_amount_cents": 1000, "currency": "EUR"}


class Told(NamedTuple):
    status: int
    body: dict[str, Any]

    @property
    def outcome(self) -> Any:
        """The code of a problem, else the status."""
        return self.body.get("code", self.status)


class Caller:
    """Asks many things at once, each with a key of its own."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self._http = http

    async def ask(self, token: str, path: str, body: Any, key: str | None = None) -> Told:
        headers = {"idempotency-key": key or str(uuid4())}
        if token:
            headers["authorization"] = f"Bearer {token}"
        async with self._http.post(path, json=body, headers=headers) as answer:
            return Told(answer.status, json.loads(await answer.read() or b"{}"))

    async def ask_until_answered(self, token: str, path: str, body: Any) -> Told:
        """As a till does while the platform is away: the same key again until there is an answer."""
        key, ends = str(uuid4()), time.monotonic() + 30
        while True:
            told = await self.ask(token, path, body, key)
            if told.status < 500 or time.monotonic() > ends:
                return told
            await asyncio.sleep(0.05)

    async def all(self, token: str, move: str, bodies: list[Any]) -> list[Told]:
        return await asyncio.gather(*(self.ask(token, f"{VENDOR}/{move}", body) for body in bodies))


@pytest.fixture
async def caller(platform):
    connector = aiohttp.TCPConnector(limit=64)
    async with aiohttp.ClientSession(platform.stack.gateway_url, connector=connector) as http:
        yield Caller(http)


@pytest.fixture(scope="module")
def shop(platform):
    return platform.open_shop()


def rows(platform, card_id, *columns):
    """Those columns of the card's rows in the ledger, oldest first."""
    query = f"SELECT {', '.join(columns)} FROM transactions WHERE card_id = %s ORDER BY sequence"
    return platform.rows("ledger", query, card_id)


@pytest.mark.timeout(180 + 2 * ROUNDS)
async def test_twenty_callers_and_one_last_reward_again_and_again(platform, shop, caller):
    cards = shop.enrol_many(20)
    for card in cards:
        shop.move("points/earn", {"card_id": card, "purchase_amount_cents": 10_000_000, "currency": "EUR"})
    ends, played = time.monotonic() + ROUNDS_S, 0

    for played in itertools.count(1):
        last = {"name": f"Last {played}", "points_required": 100, "stock": 1}
        reward = platform.create(shop.owner, f"{VENDOR}/rewards", last)["id"]

        told = await caller.all(
            shop.key, "points/redeem", [{"card_id": card, "reward_id": reward} for card in cards]
        )

        assert Counter(one.outcome for one in told) == {200: 1, "reward-out-of-stock": 19}
        if played == ROUNDS or (not ROUNDS and time.monotonic() > ends):
            break

    assert played >= 10
    query = (
        "SELECT count(*), -sum(points_delta) FROM transactions"
        " WHERE card_id = ANY(%s::uuid[]) AND points_delta < 0"
    )
    assert platform.rows("ledger", query, cards) == [(played, 100 * played)]


async def test_a_void_beside_a_redemption_takes_what_is_left(platform, shop, caller):
    """Both move the same 100 points: whichever comes second finds none."""
    seen = Counter()
    for _ in range(25):
        card = shop.enrol()["id"]
        earned = shop.move("points/earn", {"card_id": card, **EURO})["transaction_id"]

        redeemed, voided = await asyncio.gather(
            caller.ask(
                shop.key, f"{VENDOR}/points/redeem", {"card_id": card, "reward_id": shop.reward["id"]}
            ),
            caller.ask(shop.key, f"{VENDOR}/points/void", {"transaction_id": earned}),
        )

        assert voided.status == 200
        seen[redeemed.outcome] += 1
        if redeemed.status == 200:
            assert (voided.body["points_voided"], voided.body["shortfall"]) == (0, 100)
        else:
            assert redeemed.outcome == "insufficient-points"
            assert (voided.body["points_voided"], voided.body["shortfall"]) == (100, 0)
        deltas = [delta for (delta,) in rows(platform, card, "points_delta")]
        assert sum(deltas) == 0
        assert all(left >= 0 for left in itertools.accumulate(deltas))
    assert seen.keys() <= {200, "insufficient-points"}


async def test_one_person_at_three_doors_is_one_card(platform, shop, caller):
    """The till, the owner and the customer's own page, twice each, with the same address in other letters."""
    for round_ in range(5):
        address = f"eve{round_}-{shop.slug}@punchcard.example"
        person = {"first_name": "Eve", "last_name": "Klein"}
        at_store = {"store_id": shop.store["id"]}
        page = {**person, "merchant_slug": shop.slug, "locale": "fr", "marketing_consent": False}
        doors = [
            (shop.key, f"{VENDOR}/cards", {**person, "email": address}),
            (shop.owner, f"{VENDOR}/cards", {**person, "email": address.upper(), **at_store}),
            ("", f"{PUBLIC}/enroll", {**page, "email": address.title()}),
        ]

        told = await asyncio.gather(*(caller.ask(*door) for door in doors * 2))

        assert {one.status for one in told} <= {200, 201, 202}
        made = [one for one in told if one.status == 201]
        assert len(made) == 1, told
        ids = {one.body["card"]["id"] for one in told if "card" in one.body}
        found = platform.made(platform.post(shop.key, f"{VENDOR}/cards/lookup", {"email": address}))
        assert ids == {found["id"]}
        assert platform.one("cards", "SELECT count(*) FROM customers WHERE lower(email) = %s", address) == 1
        opened = "SELECT count(*) FROM transactions WHERE card_id = %s AND sequence = 1"
        assert platform.one("ledger", opened, found["id"]) == 1


async def test_a_program_changed_in_the_middle_of_stamps_decides_by_one_version_each(platform, caller):
    shop = platform.open_shop(stamps_target=3)
    cards = shop.enrol_many(4)
    targets = {shop.program["version"]: 3}
    stop = asyncio.Event()

    async def stamp(card: str) -> list[Told]:
        told = []
        while not stop.is_set():
            told.append(await caller.ask(shop.key, f"{VENDOR}/stamp", {"card_id": card}))
        return told

    async def change() -> None:
        for target in (5, 7, 9):
            await asyncio.sleep(0.8)
            program = await asyncio.to_thread(_retarget, platform, shop, target)
            targets[program["version"]] = target
        await asyncio.sleep(2)
        stop.set()

    *told, _ = await asyncio.gather(*(stamp(card) for card in cards), change())

    used = set()
    for card, answers in zip(cards, told, strict=True):
        assert {one.status for one in answers} == {200}
        shown = {one.body["transaction_id"]: one.body["stamps_target"] for one in answers}
        kept = dict(rows(platform, card, "id::text", "program_version"))
        versions = [kept[one.body["transaction_id"]] for one in answers]
        assert versions == sorted(versions), "no card goes back to older rules"
        assert {name: targets[kept[name]] for name in shown} == shown
        used |= set(versions)
    assert used == targets.keys(), "all four were in force"


def _retarget(platform, shop, target):
    path = f"{VENDOR}/program"
    etag = platform.get(shop.owner, path).headers["etag"]
    headers = {"authorization": f"Bearer {shop.owner}", "if-match": etag}
    return platform.made(platform.http.patch(path, json={"stamps_target": target}, headers=headers))


async def test_an_earning_beside_the_expiry_comes_before_or_after_it(platform, caller, until):
    """The ledger starts anew, so that the day's job and tills that ask again come at the same moment."""
    shop = platform.open_shop(points_expiration_days=30)
    cards = shop.enrol_many(20)
    for card in cards:
        shop.move("points/earn", {"card_id": card, **EURO})
    _grow_old(platform, cards)
    ledger = platform.stack.service("ledger")

    restarted = asyncio.create_task(asyncio.to_thread(ledger.restart))
    await asyncio.sleep(0.2)
    asked = [("points/earn", {"card_id": card, **EURO}) for card in cards[:15]]
    told = await asyncio.gather(
        *(caller.ask_until_answered(shop.key, f"{VENDOR}/{move}", body) for move, body in asked)
    )
    await restarted
    until(lambda: _days_done(platform), within_s=30)

    assert {one.status for one in told} == {200}
    for place, card in enumerate(cards):
        deltas = [delta for (delta,) in rows(platform, card, "points_delta")]
        assert deltas in ([0, 100, -100, 100], [0, 100, 100]) if place < 15 else deltas == [0, 100, -100]


def _grow_old(platform, cards):
    """No activity for 31 days, and today's job not done yet."""
    with psycopg.connect(platform.stack.urls("ledger").superuser) as conn:
        conn.execute(
            "UPDATE accounts SET last_activity_at = last_activity_at - interval '31 days',"
            " created_at = created_at - interval '31 days' WHERE card_id = ANY(%s::uuid[])",
            (cards,),
        )
        conn.execute(
            "UPDATE expiry SET finished_on = (now() AT TIME ZONE 'UTC')::date - 1,"
            " claimed_until = now() - interval '1 s'"
        )


def _days_done(platform):
    return platform.one("ledger", "SELECT finished_on = (now() AT TIME ZONE 'UTC')::date FROM expiry")

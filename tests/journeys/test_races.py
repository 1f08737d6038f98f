"""Many at once: one key has one effect, a cooldown lets one through, and no stamp of a busy card is lost."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple
from uuid import uuid4

import aiohttp
import pytest


@pytest.fixture(scope="module")
def shop(platform):
    return platform.open_shop()


class Told(NamedTuple):
    """An answer, read whole."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes

    def json(self):
        return json.loads(self.content)

    @property
    def outcome(self):
        """The code of a problem, else the status."""
        return self.json().get("code", self.status_code)


async def at_once(shop, move, bodies, keys=None):
    """A move for each body, 64 of them under way together; the answers in the same order."""
    keys = keys or [str(uuid4()) for _ in bodies]
    connector = aiohttp.TCPConnector(limit=64)
    headers = {"authorization": f"Bearer {shop.key}"}
    async with aiohttp.ClientSession(shop.stack.gateway_url, connector=connector, headers=headers) as http:

        async def ask(body, key):
            path = f"/api/v1/vendor/loyalty/{move}"
            async with http.post(path, json=body, headers={"idempotency-key": key}) as answer:
                return Told(answer.status, answer.headers, await answer.read())

        return await asyncio.gather(*map(ask, bodies, keys))


async def test_fifty_submits_of_one_key_are_one_row_and_49_replays(shop):
    card = shop.enrol()["id"]

    answers = await at_once(shop, "stamp", [{"card_id": card}] * 50, [str(uuid4())] * 50)

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    replayed = Counter(answer.headers.get("idempotency-replayed") for answer in answers)
    assert replayed == {"true": 49, None: 1}
    assert [row[2] for row in shop.transactions(card)] == [0, 1]


async def test_a_cooldown_lets_one_of_500_stamps_through(platform):
    slow = platform.open_shop(cooldown_minutes=15)
    card = slow.enrol()["id"]

    answers = await at_once(slow, "stamp", [{"card_id": card}] * 500)

    assert Counter(answer.outcome for answer in answers) == {200: 1, "stamp-cooldown": 499}
    assert [row[2] for row in slow.transactions(card)] == [0, 1]


async def test_64_callers_stamp_one_card_and_every_stamp_counts(shop, platform, until):
    card = shop.enrol()["id"]
    total = 64 * 5

    answers = await at_once(shop, "stamp", [{"card_id": card}] * total)

    assert Counter(answer.status_code for answer in answers) == {200: total}
    counts = sorted(answer.json()["stamp_count"] for answer in answers)
    assert counts == list(range(1, total + 1)), "each answer tells of its own stamp"
    rows = shop.transactions(card)
    assert [row[1] for row in rows] == list(range(1, total + 2))
    assert {row[0] for row in rows[1:]} == {answer.json()["transaction_id"] for answer in answers}
    until(lambda: platform.pass_sequences([card]) == {card: total + 1}, within_s=10)


async def test_a_purchase_made_many_times_at_once_earns_once(shop):
    """Not the key but the order reference says that it is the same purchase."""
    card = shop.enrol()["id"]
    body = {"card_id": card, "purchase_amount_cents": 1000, "currency": "EUR", "order_reference": "A-1001"}

    answers = await at_once(shop, "points/earn", [body] * 20)

    assert Counter(answer.outcome for answer in answers) == {200: 1, "order-already-rewarded": 19}
    assert sum(row[3] for row in shop.transactions(card)) == 100


async def test_the_last_mug_is_given_once(shop, platform):
    cards = shop.enrol_many(8)
    mug = platform.create(
        shop.owner,
        "/api/v1/vendor/loyalty/rewards",
        {"name": "Last mug", "points_required": 100, "stock": 1},
    )
    for card in cards:
        shop.move("points/earn", {"card_id": card, "purchase_amount_cents": 1000, "currency": "EUR"})

    redemptions = [{"card_id": card, "reward_id": mug["id"]} for card in cards]
    answers = await at_once(shop, "points/redeem", redemptions)

    assert Counter(answer.outcome for answer in answers) == {200: 1, "reward-out-of-stock": 7}
    left = platform.one(
        "ledger", "SELECT sum(points_balance) FROM accounts WHERE card_id = ANY(%s::uuid[])", cards
    )
    assert left == 700

"""What accounts hold, for services that compare their copies with the ledger."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from kit.identity import Caller
from kit.ids import now, uuid7

PATH = "/internal/balances"
SERVICE = Caller("service", service="wallet")


async def test_pages_name_each_account_that_has_rows_once_in_the_order_of_ids(world: Any) -> None:
    cards = [await world.card() for _ in range(5)]
    for card in cards[:4]:
        await world.stamp(card)
    await world.stamp(cards[0])

    met, after = [], "00000000-0000-0000-0000-000000000000"
    async with world.http(SERVICE) as http:
        while items := (await http.get(PATH, params={"after": after, "limit": 3})).json()["items"]:
            met += items
            after = items[-1]["card_id"]

    with_rows = [item for item in met if item["stamp_count"]]
    assert [item["card_id"] for item in met] == sorted(item["card_id"] for item in met)
    assert [item["card_id"] for item in with_rows] == [str(card.id) for card in cards[:4]]
    assert [item["stamp_count"] for item in with_rows] == [2, 1, 1, 1]
    assert all(item["sequence"] > 0 and len(item["hash"]) == 64 for item in met)


async def test_accounts_by_name_tell_the_time_of_their_last_row(world: Any) -> None:
    card = await world.card()
    answer = await world.stamp(card)

    async with world.http(SERVICE) as http:
        found = (await http.post(PATH, json={"card_ids": [str(card.id), str(uuid7())]})).json()["items"]

    (item,) = found
    assert (item["card_id"], item["stamp_count"], item["is_active"]) == (str(card.id), 1, True)
    assert item["created_at"].endswith("Z")
    assert answer is not None


async def test_accounts_tell_as_many_of_their_last_rows_as_are_asked_for_newest_first(world: Any) -> None:
    card = await world.card()
    for _ in range(3):
        await world.stamp(card)
    before = str(UUID(int=card.id.int - 1))

    async with world.http(SERVICE) as http:
        named = {"card_ids": [str(card.id)], "recent": 2}
        answers = [
            await http.get(PATH, params={"after": before, "limit": 1, "recent": 2}),
            await http.post(PATH, json=named),
            await http.get(PATH, params={"after": before, "limit": 1}),
        ]

    paged, by_name, none = (answer.json()["items"][0]["recent"] for answer in answers)
    assert paged == by_name
    assert none == []
    assert [one["sequence"] for one in paged] == [4, 3], "the first row is its enrolment"
    newest = paged[0]
    assert (newest["type"], newest["stamps_delta"], newest["points_delta"]) == ("stamp_earned", 1, 0)
    assert abs(datetime.fromisoformat(newest["transaction_at"]) - now()) < timedelta(minutes=1)


@pytest.mark.parametrize("role", ["terminal", "owner", "manager", "admin", "public"])
async def test_nobody_but_services_may_ask(world: Any, role: Any) -> None:
    async with world.http(Caller(role, world.merchant_id, uuid7(), uuid7())) as http:
        assert (await http.get(PATH)).status_code == 403
        assert (await http.post(PATH, json={"card_ids": []})).status_code == 403


async def test_too_many_at_once_are_refused(world: Any) -> None:
    async with world.http(SERVICE) as http:
        assert (await http.get(PATH, params={"limit": 1001})).status_code == 422
        assert (await http.get(PATH, params={"recent": 11})).status_code == 422
        body = {"card_ids": [str(uuid7()) for _ in range(1001)]}
        assert (await http.post(PATH, json=body)).status_code == 422
        assert (await http.post(PATH, json={"card_ids": [], "recent": 11})).status_code == 422

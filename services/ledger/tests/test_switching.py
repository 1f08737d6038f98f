"""A card is switched off and on: it counts from the answer on, leaves one row, and is told of."""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from kit.identity import Caller
from kit.ids import now, uuid7
from ledger.chain import COLUMNS
from ledger.check import check_card

CARDS = "/api/v1/vendor/loyalty/cards"


async def switch(world: Any, card: Any, what: str, caller: Caller | None = None, **headers: str) -> Any:
    async with world.http(caller) as http:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await http.post(f"{CARDS}/{card.id}/{what}", headers=named)


def owner(world: Any) -> Caller:
    return Caller("owner", world.merchant_id, user_id=uuid7())


def types(world: Any, card: Any) -> list[int]:
    return [
        row[0]
        for row in world.rows("SELECT type FROM transactions WHERE card_id = %s ORDER BY sequence", card.id)
    ]


def verified(world: Any, card: Any) -> bool:
    with psycopg.connect(world.owner_url, row_factory=dict_row) as conn:
        rows = conn.execute(
            f"SELECT {COLUMNS} FROM transactions WHERE card_id = %s ORDER BY sequence", (card.id,)
        ).fetchall()
        account = conn.execute("SELECT * FROM accounts WHERE card_id = %s", (card.id,)).fetchone()
    return check_card(card.id, rows, account) is None


async def test_a_card_takes_nothing_from_the_answer_on_and_goes_on_where_it_was(world: Any) -> None:
    card = await world.card()
    stamped = (await world.stamp(card)).json()["transaction_id"]

    off = await switch(world, card, "deactivate")
    refused = [await world.stamp(card), await world.earn(card)]
    voided = await world.ask("/stamp/void", {"transaction_id": stamped})
    on = await switch(world, card, "reactivate", owner(world))

    assert (off.status_code, off.json()["status"], off.json()["can_stamp"]) == (200, "inactive", False)
    assert {(a.status_code, a.json()["code"]) for a in refused} == {(409, "card-inactive")}
    assert voided.status_code == 200
    assert (on.json()["id"], on.json()["status"], on.json()["can_stamp"]) == (str(card.id), "active", True)
    assert (await world.stamp(card)).json()["stamp_count"] == 1
    assert types(world, card) == [1, 3, 12, 5, 13, 3]
    assert verified(world, card)


async def test_the_row_says_who_switched_and_the_event_that_it_is_off(world: Any) -> None:
    card = await world.card()
    person = owner(world)

    await switch(world, card, "deactivate")
    await switch(world, card, "reactivate", person)

    by = "SELECT terminal_id, store_id, user_id FROM transactions WHERE card_id = %s AND sequence > 1"
    assert world.rows(f"{by} ORDER BY sequence", card.id) == [
        (world.terminal_id, world.store_id, None), (None, None, person.user_id)
    ]  # fmt: skip
    told = [event["data"] for event in world.events(card.id)[1:]]
    assert [(data["transaction"]["type"], data["account"]["is_active"]) for data in told] == [
        ("card_deactivated", False), ("card_reactivated", True)
    ]  # fmt: skip


async def test_the_second_time_nothing_happens_also_at_once_by_many(world: Any) -> None:
    card = await world.card()

    answers = await asyncio.gather(*(switch(world, card, "deactivate") for _ in range(10)))

    assert {(a.status_code, a.json()["status"]) for a in answers} == {(200, "inactive")}
    assert types(world, card) == [1, 12]
    assert verified(world, card)


@pytest.mark.parametrize("before", [[], ["deactivate"]])
async def test_a_key_is_optional_and_a_repeat_with_it_gets_the_first_answer(
    world: Any, before: list[str]
) -> None:
    card = await world.card()
    key = str(uuid7())
    for what in before:
        await switch(world, card, what)

    first = await switch(world, card, "deactivate", idempotency_key=key)
    await switch(world, card, "reactivate", owner(world))
    again = await switch(world, card, "deactivate", idempotency_key=key)
    other = await switch(world, card, "reactivate", owner(world), idempotency_key=key)
    bad = await switch(world, card, "deactivate", idempotency_key="short")

    assert (first.status_code, again.content) == (200, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    assert types(world, card)[-1] == 13
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    assert (bad.status_code, bad.json()["code"]) == (400, "idempotency-key-invalid")


async def test_who_may_not_and_what_is_not_there(world: Any) -> None:
    class NoCards:
        async def get(self, path: str) -> None:
            return None

    world.accounts._cards = NoCards()
    card = await world.card()
    stranger = Caller("owner", uuid7(), user_id=uuid7())

    till = await switch(world, card, "reactivate")
    theirs = await switch(world, card, "deactivate", stranger)
    unknown = await switch(world, world.new_card(), "deactivate")
    await world.program(deleted_at=now())
    gone = await switch(world, card, "deactivate")

    assert (till.status_code, till.json()["code"]) == (403, "forbidden")
    assert [(a.status_code, a.json()["code"]) for a in (theirs, unknown, gone)] == [
        (404, "card-not-found"), (404, "card-not-found"), (404, "program-not-found")
    ]  # fmt: skip
    assert types(world, card) == [1]


async def test_without_cross_location_a_till_switches_its_own_stores_cards(world: Any) -> None:
    await world.settings(allow_cross_location_redemption=False)
    card = await world.card(scope_store_id=world.other_store_id)

    at_till = await switch(world, card, "deactivate")
    by_owner = await switch(world, card, "deactivate", owner(world))

    assert (at_till.status_code, at_till.json()["code"]) == (409, "store-not-allowed")
    assert by_owner.json()["status"] == "inactive"


async def test_stamps_and_a_switch_at_once_end_in_one_order(world: Any) -> None:
    card = await world.card()

    asked = [world.stamp(card) for _ in range(20)]
    asked.insert(10, switch(world, card, "deactivate"))
    answers = await asyncio.gather(*asked)

    good = sum(answer.status_code == 200 for answer in answers) - 1
    found = types(world, card)
    assert found == [1, *[3] * good, 12]
    assert verified(world, card)

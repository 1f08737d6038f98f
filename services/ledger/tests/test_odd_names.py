"""Names that are no card's, keys known whatever is gone by now, rewards in their turn, odd addresses."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest

from kit.identity import Caller
from kit.ids import uuid7
from ledger.batches.batch import address_of


@pytest.fixture
def asked(world: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the ledger asks cards for; cards answers with a card of another merchant, whatever it is asked."""
    places: list[str] = []
    foreign = world.new_card(merchant_id=uuid7())

    async def get(place: str) -> dict[str, Any]:
        places.append(place)
        return foreign.model_dump(mode="json")

    monkeypatch.setattr(world.accounts._cards, "get", get)
    return places


@pytest.mark.parametrize(
    "qr",
    [
        "../by-number/893898271406",
        "../../states/card/0197c1c2-0000-7000-8000-000000000000",
        "../../../health/live",
        "..",
        "abcdef?x",
        "abcdef#y",
        "a%2e%2e%2fb",
        "añb",
    ],
)
async def test_what_cannot_be_a_qr_code_is_asked_of_nobody(world: Any, asked: list[str], qr: str) -> None:
    answer = await world.ask("/stamp", {"qr": qr})

    assert (answer.status_code, answer.json()["code"]) == (404, "card-not-found")
    assert asked == []


async def test_a_card_of_another_name_than_was_asked_for_is_none(world: Any, asked: list[str]) -> None:
    answer = await world.ask("/stamp", {"qr": "a-name-of-nobody"})

    assert (answer.status_code, answer.json()["code"]) == (404, "card-not-found")
    assert len(asked) == 1


async def test_a_known_key_is_answered_though_the_store_is_gone_by_now(world: Any) -> None:
    card, user, key = await world.card(), Caller("owner", world.merchant_id, user_id=uuid7()), str(uuid7())
    body = {"card_id": str(card.id), "store_id": str(world.store_id)}
    async with world.http(user) as http:
        first = await http.post("/api/v1/vendor/loyalty/stamp", json=body, headers={"idempotency-key": key})
        await world.close_store(world.store_id)
        again = await http.post("/api/v1/vendor/loyalty/stamp", json=body, headers={"idempotency-key": key})
        other = await http.post(
            "/api/v1/vendor/loyalty/stamp", json=body, headers={"idempotency-key": str(uuid7())}
        )

    assert (again.status_code, again.content) == (200, first.content)
    assert (other.status_code, other.json()["code"]) == (404, "store-not-found")
    assert len(world.transactions(card.id)) == 2


async def test_rewards_of_others_unknown_ones_and_own_ones_are_refused_alike(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nobody_knows(kind: str, thing_id: UUID) -> None:
        return None

    monkeypatch.setattr(world.states, "_fetch", nobody_knows)
    own = await world.reward()
    foreign = await world.reward(program_id=uuid7(), merchant_id=uuid7())
    card = await world.card()
    body = {"card_id": str(card.id)}

    def told(answers: Any) -> set[tuple[int, str]]:
        return {(answer.status_code, answer.json()["code"]) for answer in answers}

    await world.settings(staff_pin_policy="required")
    ids = (own.id, foreign.id, uuid7())
    unapproved = [await world.ask("/points/redeem", {**body, "reward_id": str(id_)}) for id_ in ids]
    assert told(unapproved) == {(403, "staff-approval-required")}

    await world.settings()
    strangers = [await world.ask("/points/redeem", {**body, "reward_id": str(id_)}) for id_ in ids[1:]]
    assert told(strangers) == {(404, "reward-not-found")}


async def test_another_request_takes_a_key_whose_first_use_was_refused_and_not_kept(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    card, key = await world.card(), str(uuid7())
    waits, real = asyncio.Event(), world.accounts.fetch

    async def slowly(name: Any) -> bool:
        await waits.wait()
        return bool(await real(name))

    async def nothing(place: str) -> None:
        return None

    monkeypatch.setattr(world.accounts, "fetch", slowly)
    monkeypatch.setattr(world.accounts._cards, "get", nothing)
    first = asyncio.create_task(world.ask("/stamp", {"card_id": str(uuid7())}, key=key))
    await asyncio.sleep(0.1)
    second = asyncio.create_task(world.stamp(card, key=key))
    await asyncio.sleep(0.1)
    waits.set()

    assert (await first).json()["code"] == "card-not-found"
    assert (await second).status_code == 200
    assert len(world.transactions(card.id)) == 2


@pytest.mark.parametrize("address", ["-", "fe80::1%eth0", "not an address"])
async def test_a_stamp_counts_wherever_it_comes_from(world: Any, address: str) -> None:
    card = await world.card()

    answer = await world.stamp(card, x_client_address=address)

    assert answer.status_code == 200
    assert world.rows("SELECT ip_address FROM transaction_context WHERE ip_address IS NOT NULL") == []


def test_addresses_are_kept_as_they_are():
    assert [address_of(text) for text in ("192.0.2.7", "2001:db8::1", None)] == [
        "192.0.2.7",
        "2001:db8::1",
        None,
    ]

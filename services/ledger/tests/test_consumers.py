"""What the ledger hears: applied once, never backwards, bonus once."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from aiokafka import ConsumerRecord

from contracts.cards import CardChanged
from contracts.event import State
from contracts.programs import ProgramChanged
from kit.identity import Caller
from kit.ids import now, uuid7
from kit.work import envelope


def record(fact: State, offset: int = 0, event: bytes | None = None) -> Any:
    value = event or envelope("test", fact)
    return ConsumerRecord(
        topic=fact.topic, partition=0, offset=offset, timestamp=0, timestamp_type=0, key=fact.key().encode(),
        value=value, checksum=None, serialized_key_size=0, serialized_value_size=0, headers=(),
    )  # fmt: skip


def types(world: Any, card_id: UUID) -> list[int]:
    return [
        r[0]
        for r in world.rows("SELECT type FROM transactions WHERE card_id = %s ORDER BY sequence", card_id)
    ]


async def test_a_cards_event_opens_its_account_once(world: Any) -> None:
    await world.program(welcome_bonus_points=50)
    card = world.new_card()
    event = envelope("cards", card)

    await world.service.listener.take([record(card, 1, event), record(card, 1, event)])
    await world.service.listener.take([record(card, 1, event), record(card, 2)])

    assert types(world, card.id) == [1, 2]
    assert world.rows(
        "SELECT points_balance, total_points_earned FROM accounts WHERE card_id = %s", card.id
    ) == [(50, 0)]
    assert [event["sequence"] for event in world.events(card.id)] == [1, 2]


async def test_the_first_rows_are_made_where_and_by_whom_the_card_was_handed_out(world: Any) -> None:
    await world.program(welcome_bonus_points=50)
    here, user = {"enrolled_at_store_id": world.store_id}, uuid7()
    at_till = await world.card(**here, enrolled_by_terminal_id=world.terminal_id)
    by_user = await world.card(**here, enrolled_by_user_id=user, via="user")
    alone = await world.card(via="public")

    def made(card: CardChanged) -> list[tuple[UUID | None, ...]]:
        query = "SELECT store_id, terminal_id, user_id FROM transactions WHERE card_id = %s"
        return world.rows(query, card.id)

    assert made(at_till) == [(world.store_id, world.terminal_id, None)] * 2
    assert made(by_user) == [(world.store_id, None, user)] * 2
    assert made(alone) == [(None, None, None)]
    told = [event["data"]["transaction"] for event in world.events(at_till.id)]
    assert {(row["store_id"], row["terminal_id"]) for row in told} == {
        (str(world.store_id), str(world.terminal_id))
    }


async def test_of_cards_that_are_heard_together_each_ones_rows_name_the_event_that_caused_them(
    world: Any,
) -> None:
    cards = [world.new_card() for _ in range(3)]
    told = [
        json.loads(envelope("cards", card)) | {"correlationid": f"request-{n}"}
        for n, card in enumerate(cards)
    ]

    records = [record(card, n, json.dumps(told[n]).encode()) for n, card in enumerate(cards)]
    await world.service.listener.take(records)

    for card, cause in zip(cards, told, strict=True):
        (opened,) = world.events(card.id)
        assert (opened["correlationid"], opened["causationid"]) == (cause["correlationid"], cause["id"])


async def test_who_had_a_card_before_gets_no_second_bonus_and_a_public_one_waits(world: Any) -> None:
    await world.program(welcome_bonus_points=50)
    again, public = world.new_card(first_of_customer=False), world.new_card(via="public")
    await world.service.listener.take([record(again, 1), record(public, 2)])
    assert (types(world, again.id), types(world, public.id)) == ([1], [1])

    answer = await world.stamp(public)

    assert types(world, public.id) == [1, 2, 3]
    assert answer.json()["points_balance"] == 50


async def test_of_several_states_of_a_card_the_first_opens_it_and_the_last_holds(world: Any) -> None:
    await world.program(welcome_bonus_points=50)
    known, card, other = await world.card(), world.new_card(), world.new_card()
    gone = card.model_copy(update={"version": 3, "deleted_at": now()})
    left = known.model_copy(update={"version": 2, "deleted_at": now()})

    async with world.service.work() as tx:
        await world.accounts.hear(tx, [gone, left, other, card, known])

    assert [types(world, one.id) for one in (card, other, known)] == [[1, 2]] * 3
    query = "SELECT card_version, is_gone FROM accounts WHERE card_id = %s"
    assert [world.rows(query, one.id)[0] for one in (card, other, known)] == [
        (3, True),
        (1, False),
        (2, True),
    ]


async def test_a_card_with_anothers_number_opens_no_account_and_says_so(world: Any) -> None:
    card = await world.card()
    twin = world.new_card(card_number=card.card_number)

    with pytest.raises(LookupError, match=str(twin.id)):
        async with world.service.work() as tx:
            await world.accounts.hear(tx, [world.new_card(), twin])


async def test_a_deleted_card_is_gone_and_an_older_state_does_not_bring_it_back(world: Any) -> None:
    card = await world.card(version=1)
    gone = card.model_copy(update={"version": 3, "deleted_at": now()})
    older = card.model_copy(update={"version": 2})

    await world.service.listener.take([record(gone, 3)])
    await world.service.listener.take([record(older, 4)])

    answer = await world.stamp(card)
    assert (answer.status_code, answer.json()["code"]) == (404, "card-not-found")


async def test_a_restored_card_goes_on_where_it_was(world: Any) -> None:
    card = await world.card(version=1)
    await world.stamp(card)
    gone = card.model_copy(update={"version": 2, "deleted_at": now()})
    back = card.model_copy(update={"version": 3})
    await world.service.listener.take([record(gone, 5)])
    refused = [await world.ask(path, {"card_id": str(card.id)}) for path in ("/stamp", "/stamp/redeem")]

    await world.service.listener.take([record(back, 6)])

    assert {(answer.status_code, answer.json()["code"]) for answer in refused} == {(404, "card-not-found")}
    assert (await world.stamp(card)).json()["stamp_count"] == 2
    assert types(world, card.id) == [1, 3, 3]


async def test_of_an_erased_card_nothing_is_left_beside_its_rows_and_of_others_everything(world: Any) -> None:
    mine, other = await world.card(version=1), await world.card(version=1)
    asked = {"notes": "Zenzefiliya likes oat milk"}
    beside = {"x_client_address": "198.51.100.7", "x_client_agent": "vexlomir/1"}
    for card in (mine, mine, other):
        answer = await world.ask("/stamp", {"card_id": str(card.id), **asked}, **beside)
        assert answer.status_code == 200
    before = world.transactions(mine.id)
    with_context = (
        "SELECT notes, host(ip_address), user_agent_id IS NULL, imported FROM transaction_context"
        " JOIN transactions t ON t.id = transaction_id WHERE card_id = %s"
    )
    imported = (
        "UPDATE transaction_context SET imported = true WHERE transaction_id ="
        " (SELECT id FROM transactions WHERE card_id = %s AND sequence = 2) RETURNING 1"
    )
    assert world.rows(imported, mine.id) == [(1,)]
    erased = mine.model_copy(update={"version": 2, "erased_at": now()})

    await world.service.listener.take([record(erased, 40)])

    assert world.rows(with_context, mine.id) == [(None, None, True, True)]
    assert world.rows(with_context, other.id) == [(asked["notes"], "198.51.100.7", False, None)]
    assert world.transactions(mine.id) == before
    assert (await world.stamp(mine)).json()["code"] == "card-not-found"


async def test_a_cards_rows_are_read_whole_for_its_customers_archive(world: Any) -> None:
    card = await world.card()
    await world.ask("/stamp", {"card_id": str(card.id), "notes": "a birthday"}, x_client_agent="till/1")
    path = f"/internal/cards/{card.id}/transactions"

    async with world.http(Caller("service", service="gateway")) as peer:
        whole, rest = (await peer.get(path)).json(), (await peer.get(f"{path}?after=1")).json()
    async with world.http() as till:
        refused = await till.get(path)

    first, second = whole["items"]
    assert (first["type"], second["type"], whole["next_after"]) == ("card_created", "stamp_earned", None)
    assert rest["items"] == [second]
    assert (second["notes"], second["user_agent"], second["stamps_balance_after"]) == (
        "a birthday",
        "till/1",
        1,
    )
    assert "request_hash" not in second
    assert len(second["hash"]) == 64
    assert refused.status_code == 403


async def test_program_states_never_go_back(world: Any) -> None:
    card = await world.card()
    newer = world.states.get(ProgramChanged, world.program_id)
    changed = newer.model_copy(update={"version": newer.version + 2, "stamps_target": 9})
    late = newer.model_copy(update={"version": newer.version + 1, "stamps_target": 8})

    await world.service.listener.take([record(changed, 10)])
    await world.service.listener.take([record(late, 11)])

    assert (await world.stamp(card)).json()["stamps_target"] == 9


async def test_an_event_that_cannot_be_read_is_parked_and_blocks_only_its_key(world: Any) -> None:
    bad, good = world.new_card(), world.new_card()
    broken = json.loads(envelope("cards", bad))
    del broken["data"]["merchant_id"]

    records = [record(bad, 20, json.dumps(broken).encode()), record(good, 21), record(bad, 22)]
    await world.service.listener.take(records)

    assert types(world, good.id) == [1]
    assert types(world, bad.id) == []
    rows = world.rows(
        "SELECT state, record_offset FROM parked_events WHERE key = %s ORDER BY record_offset", str(bad.id)
    )
    assert rows == [("parked", 20), ("behind", 22)]
    assert world.rows("SELECT topic FROM outbox WHERE key = %s", str(bad.id)) == [("cards-events-dlq",)]


async def test_a_card_of_a_program_not_heard_of_asks_for_it(world: Any) -> None:
    program_id = uuid7()
    program = ProgramChanged(id=program_id, version=1, merchant_id=world.merchant_id, created_at=now())

    async def fetch(kind: str, asked: UUID) -> Any:
        return program.model_dump(mode="json") if asked == program_id else None

    world.states._fetch = fetch
    card: CardChanged = world.new_card(program_id=program_id)
    await world.service.listener.take([record(card, 30)])
    assert types(world, card.id) == [1]

"""Enrolment over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from kit.ids import now, uuid7

from .problems import CARDS, refused, wrong_fields

Shop = Any
Call = Callable[..., Any]


async def test_a_till_enrols_a_customer(shop: Shop, enrol: Call):
    answer = await enrol(shop.till(), email="Ana@example.com", last_name="Weber")

    assert answer.status_code == 201
    body = answer.json()
    card = body["card"]
    assert set(card) == {
        "id",
        "card_number",
        "qr_code",
        "status",
        "customer",
        "enrolled_at_store_id",
        "created_at",
    }
    assert answer.headers["location"] == f"{CARDS}/{card['id']}"
    assert [len(part) for part in card["card_number"].split("-")] == [4, 4, 4]
    assert len(card["qr_code"]) == 32
    assert card["status"] == "active"
    assert card["customer"] == {"first_name": "Ana", "last_name_initial": "W"}
    assert card["enrolled_at_store_id"] == str(shop.stores[0].id)
    assert body["already_enrolled"] is False
    assert body["card_url"].startswith("https://cards.example.com/c/")


async def test_the_answer_names_the_stores_at_which_the_card_works(shop: Shop, enrol: Call):
    await shop.terms(0)
    await shop.terms(1)
    everywhere = await enrol(shop.till(), email="a@example.com")
    await shop.separate_stores()
    here = await enrol(shop.till(1), email="b@example.com")

    assert [store["name"] for store in everywhere.json()["stores"]] == ["Belair", "Grund"]
    assert here.json()["stores"] == [{"id": str(shop.stores[1].id), "name": "Grund"}]


async def test_a_known_customer_gets_the_same_card_and_no_link(shop: Shop, enrol: Call):
    first = await enrol(shop.till(0), email="ana@example.com")
    again = await enrol(shop.till(1), email="ANA@example.com", first_name="Anna")

    assert again.status_code == 200
    assert again.json()["card"] == first.json()["card"]
    assert again.json()["already_enrolled"] is True
    assert again.json()["card_url"] is None


@pytest.mark.parametrize(
    ("known", "again"),
    [
        ({"email": "ana.müller@example.com"}, {"email": "ANA.MÜLLER@EXAMPLE.COM"}),
        ({"email": "Ana.Mu\u0308ller@example.com"}, {"email": "ana.m\u00fcller@example.com"}),
        ({"email": "ana@bücher.example.com"}, {"email": "Ana@XN--BCHER-KVA.example.com"}),
        ({"email": "straße@example.com"}, {"email": "STRASSE@example.com"}),
        ({"phone": "621 123 456"}, {"phone": "+352621123456"}),
        ({"phone": "+352 (621) 123-456"}, {"phone": "00352 621.123.456"}),
        ({"phone": "６２１１２３４５６"}, {"phone": "621123456"}),
        ({"email": "ana@example.com", "phone": "621123456"}, {"phone": "+352 621 123 456"}),
        ({"phone": "621123456"}, {"phone": "621/123/456", "email": "new@example.com"}),
    ],
)
async def test_one_person_is_enrolled_once_however_the_contact_is_written(
    shop: Shop, enrol: Call, rows: Call, known: dict[str, str], again: dict[str, str]
):
    first = (await enrol(shop.till(), **known)).json()["card"]

    answer = await enrol(shop.till(), **again)
    looked_up = [
        await shop.till().post(f"{CARDS}/lookup", json={name: value})
        for name, value in again.items()
        if name in known
    ]

    assert (answer.status_code, answer.json()["card"]["id"]) == (200, first["id"])
    assert [found.json()["id"] for found in looked_up] == [first["id"]] * len(looked_up)
    assert len(await rows("SELECT FROM customers WHERE merchant_id = :m", m=shop.id)) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"email": "ana@example.com"}, {"email": "ana+2@example.com"}),
        ({"email": "ana.weber@example.com"}, {"email": "anaweber@example.com"}),
        ({"email": "muller@example.com"}, {"email": "müller@example.com"}),
        ({"phone": "621123456"}, {"phone": "621123457"}),
        ({"phone": "+352 621 123 456"}, {"phone": "+49 621 123456"}),
    ],
)
async def test_contacts_that_differ_are_two_people(
    shop: Shop, enrol: Call, one: dict[str, str], other: dict[str, str]
):
    assert (await enrol(shop.till(), **one)).status_code == 201
    assert (await enrol(shop.till(), **other)).status_code == 201


async def test_twenty_parallel_enrolments_over_http_are_one_201_and_nineteen_200(shop: Shop, enrol: Call):
    till = shop.till()

    answers = await asyncio.gather(
        *(enrol(till, email="ana@example.com", phone="621123456") for _ in range(20))
    )

    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert len({answer.json()["card"]["id"] for answer in answers}) == 1


async def test_a_replay_is_the_first_answer_without_the_link(shop: Shop, fresh_key: Call):
    till, headers = shop.till(), fresh_key()
    body = {"first_name": "Ana", "last_name": "Weber", "email": "ana@example.com"}

    first = await till.post(CARDS, json=body, headers=headers)
    replay = await till.post(CARDS, json={**body, "marketing_consent": False}, headers=headers)

    assert first.status_code == replay.status_code == 201
    assert replay.headers["idempotency-replayed"] == "true"
    assert replay.headers["location"] == first.headers["location"]
    assert first.json()["card_url"] is not None
    assert replay.json() == {**first.json(), "card_url": None}


async def test_fifty_parallel_submits_of_one_key_have_one_effect(shop: Shop, fresh_key: Call, told: Call):
    till, headers = shop.till(), fresh_key()
    body = {"first_name": "Ana", "last_name": "Weber", "email": "ana@example.com"}
    await shop.terms(0)

    answers = await asyncio.gather(*(till.post(CARDS, json=body, headers=headers) for _ in range(50)))

    assert {answer.status_code for answer in answers} == {201}
    assert sum("idempotency-replayed" in answer.headers for answer in answers) == 49
    assert len(await told(answers[0].json()["card"]["id"])) == 1


async def test_a_known_key_is_replayed_even_when_the_program_is_gone_and_programs_is_down(
    shop: Shop, programs: Any, fresh_key: Call
):
    till, headers = shop.till(), fresh_key()
    body = {"first_name": "Ana", "last_name": "Weber", "email": "ana@example.com"}
    first = await till.post(CARDS, json=body, headers=headers)
    await shop.change(shop.program, deleted_at=now())
    programs.down = True

    replay = await till.post(CARDS, json=body, headers=headers)

    assert replay.status_code == 201
    assert replay.json()["card"] == first.json()["card"]


async def test_another_request_with_a_known_key_is_refused(shop: Shop, fresh_key: Call):
    till, headers = shop.till(), fresh_key()
    body = {"first_name": "Ana", "last_name": "Weber", "email": "ana@example.com"}
    await till.post(CARDS, json=body, headers=headers)

    answer = await till.post(CARDS, json={**body, "first_name": "Eva"}, headers=headers)

    assert refused(answer) == (422, "idempotency-key-reused")


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "idempotency-key-missing"),
        ({"idempotency-key": "short"}, "idempotency-key-invalid"),
        ({"idempotency-key": "x" * 256}, "idempotency-key-invalid"),
    ],
)
async def test_enrolment_needs_a_good_key(shop: Shop, headers: dict[str, str], code: str):
    body = {"first_name": "Ana", "last_name": "Weber", "email": "ana@example.com"}

    assert refused(await shop.till().post(CARDS, json=body, headers=headers)) == (400, code)


async def test_a_conflict_is_kept_under_its_key(shop: Shop, enrol: Call, fresh_key: Call):
    till, headers = shop.till(), fresh_key()
    await enrol(till, email="a@example.com")
    await enrol(till, phone="621 123 456")
    body = {"first_name": "A", "last_name": "B", "email": "a@example.com", "phone": "621123456"}

    first = await till.post(CARDS, json=body, headers=headers)
    replay = await till.post(CARDS, json=body, headers=headers)

    assert refused(first) == (409, "customer-conflict")
    assert replay.content == first.content
    assert replay.headers["idempotency-replayed"] == "true"


async def test_a_user_enrols_without_a_store_or_at_one_of_the_merchants(
    shop: Shop, open_shop: Call, enrol: Call, told: Call
):
    nowhere = await enrol(shop.owner(), email="a@example.com")
    there = await enrol(shop.manager(), email="b@example.com", store_id=str(shop.stores[1].id))
    foreign = await enrol(shop.owner(), email="c@example.com", store_id=str(open_shop().stores[0].id))
    unknown = await enrol(shop.owner(), email="c@example.com", store_id=str(uuid7()))

    assert nowhere.json()["card"]["enrolled_at_store_id"] is None
    assert there.json()["card"]["enrolled_at_store_id"] == str(shop.stores[1].id)
    assert refused(foreign) == refused(unknown) == (404, "store-not-found")
    (state,) = await told(there.json()["card"]["id"])
    assert state["via"] == "user"
    assert state["enrolled_by_user_id"] is not None
    assert state["enrolled_by_terminal_id"] is None


async def test_without_cross_location_a_user_names_the_store_and_each_store_has_its_card(
    shop: Shop, enrol: Call
):
    await shop.terms()
    await shop.separate_stores()

    unnamed = await enrol(shop.owner(), email="ana@example.com")
    here = await enrol(shop.owner(), email="ana@example.com", store_id=str(shop.stores[0].id))
    there = await enrol(shop.till(1), email="ana@example.com")

    assert wrong_fields(unnamed) == {("store_id", "required")}
    assert here.status_code == there.status_code == 201
    assert here.json()["card"]["id"] != there.json()["card"]["id"]


async def test_a_till_may_name_its_own_store_only(shop: Shop, enrol: Call):
    own = await enrol(shop.till(0), email="a@example.com", store_id=str(shop.stores[0].id))
    other = await enrol(shop.till(0), email="b@example.com", store_id=str(shop.stores[1].id))

    assert own.status_code == 201
    assert wrong_fields(other) == {("store_id", "not-allowed")}


async def test_without_a_program_nobody_can_join(open_shop: Call, enrol: Call):
    shop = open_shop(has_program=False)

    assert refused(await enrol(shop.till(), email="a@example.com")) == (404, "program-not-found")


async def test_while_the_program_is_switched_off_nobody_can_join(open_shop: Call, enrol: Call):
    shop = open_shop(program={"is_active": False})

    assert refused(await enrol(shop.till(), email="a@example.com")) == (409, "program-inactive")


async def test_enrolment_works_at_once_after_the_program_was_switched_on(open_shop: Call, enrol: Call):
    shop = open_shop(program={"is_active": False})
    await enrol(shop.till(), email="a@example.com")

    shop.announce(shop.program, is_active=True)

    assert (await enrol(shop.till(), email="a@example.com")).status_code == 201


async def test_enrolment_works_at_once_in_a_program_that_was_just_made(open_shop: Call, enrol: Call):
    shop = open_shop(has_program=False)
    await enrol(shop.till(), email="a@example.com")

    shop.make_program()

    assert (await enrol(shop.till(), email="a@example.com")).status_code == 201


async def test_a_successor_starts_anew(shop: Shop, enrol: Call):
    old = await enrol(shop.till(), email="ana@example.com")
    await shop.change(shop.program, deleted_at=now())
    shop.make_program()

    new = await enrol(shop.till(), email="ana@example.com")

    assert new.status_code == 201
    assert new.json()["card"]["id"] != old.json()["card"]["id"]


async def test_when_programs_is_down_what_was_heard_goes_on_and_the_unheard_is_unavailable(
    shop: Shop, open_shop: Call, programs: Any, enrol: Call
):
    unheard = open_shop()
    await shop.terms(0)
    programs.down = True

    assert (await enrol(shop.till(), email="a@example.com")).status_code == 201
    answer = await enrol(unheard.till(), email="a@example.com")
    assert refused(answer) == (503, "upstream-unavailable")
    assert answer.headers["retry-after"] == "1"


async def test_a_merchant_that_is_deleted_has_no_cards(shop: Shop, enrol: Call):
    await shop.terms(0)
    await shop.change(shop.merchant, deleted_at=now())

    assert refused(await enrol(shop.till(), email="a@example.com")) == (404, "merchant-not-found")

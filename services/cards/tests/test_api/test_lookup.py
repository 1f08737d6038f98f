"""Finding a card over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kit.ids import now, uuid7

from .problems import CARDS, refused, wrong_fields

Shop = Any
Call = Callable[..., Any]


async def look_up(caller: Any, **named: Any) -> Any:
    return await caller.post(f"{CARDS}/lookup", json=named)


async def test_a_card_is_found_by_qr_number_email_and_phone(shop: Shop, ana: Any):
    number = ana["card_number"]
    for named in (
        {"qr": ana["qr_code"]},
        {"number": number},
        {"number": number.replace("-", "")},
        {"email": "ANA@Example.com"},
        {"phone": "621123456"},
        {"phone": "00352 621 123 456"},
    ):
        for caller in (shop.till(0), shop.till(1), shop.owner()):
            answer = await look_up(caller, **named)
            assert (answer.status_code, answer.json()) == (200, ana)


@pytest.mark.parametrize(
    "named",
    [
        {"qr": "A" * 32},
        {"qr": "https://example.com/menu?x=1"},
        {"number": "0000-0000-0000"},
        {"number": "482100771931"},
        {"email": "nobody@example.com"},
        {"phone": "+352621999999"},
    ],
)
async def test_what_is_no_card_is_not_found(shop: Shop, ana: Any, named: dict[str, str]):
    assert refused(await look_up(shop.till(), **named)) == (404, "card-not-found")


async def test_another_merchants_card_is_answered_as_if_it_did_not_exist(
    shop: Shop, open_shop: Call, ana: Any
):
    other = open_shop().till()
    fixed = {"x-request-id": "same"}

    for named, unknown in (
        ({"qr": ana["qr_code"]}, {"qr": "A" * 32}),
        ({"number": ana["card_number"]}, {"number": "000000000000"}),
        ({"email": "ana@example.com"}, {"email": "nobody@example.com"}),
        ({"phone": "+352621123456"}, {"phone": "+352621999999"}),
    ):
        theirs = await other.post(f"{CARDS}/lookup", json=named, headers=fixed)
        none = await other.post(f"{CARDS}/lookup", json=unknown, headers=fixed)
        assert theirs.status_code == 404
        assert theirs.content == none.content
    theirs = await other.get(f"{CARDS}/{ana['id']}", headers=fixed)
    none_id = str(uuid7())
    none = await other.get(f"{CARDS}/{none_id}", headers=fixed)
    assert theirs.status_code == 404
    assert theirs.content.replace(ana["id"].encode(), none_id.encode()) == none.content


async def test_exactly_one_name_is_given(shop: Shop):
    for named in ({}, {"qr": "x", "number": "482100771930"}, {"email": "a@b.lu", "phone": "621123456"}):
        assert wrong_fields(await look_up(shop.till(), **named)) == {("", "exactly-one")}


@pytest.mark.parametrize(
    ("named", "wrong"),
    [
        ({"number": "4821"}, ("number", "bad-format")),
        ({"number": "4821-0077-193O"}, ("number", "bad-format")),
        ({"phone": "call me"}, ("phone", "bad-format")),
        ({"email": "ana"}, ("email", "bad-format")),
        ({"qr": "x" * 513}, ("qr", "too-long")),
        ({"qr": "a\u0000b"}, ("qr", "bad-format")),
        ({"qr": 7}, ("qr", "wrong-type")),
        ({"qr": "x", "card": "y"}, ("card", "unknown-field")),
        ({"qr": "x", "store_id": "here"}, ("store_id", "bad-format")),
    ],
)
async def test_a_name_that_cannot_be_is_told(shop: Shop, named: dict[str, Any], wrong: tuple[str, str]):
    assert wrong_fields(await look_up(shop.till(), **named)) == {wrong}


async def test_without_cross_location_a_card_of_another_store_is_not_allowed_or_not_seen(
    shop: Shop, enrol: Call
):
    await shop.terms()
    await shop.separate_stores()
    card = (await enrol(shop.till(0), email="ana@example.com", phone="621123456")).json()["card"]
    there = shop.till(1)

    for named in ({"qr": card["qr_code"]}, {"number": card["card_number"]}):
        assert refused(await look_up(there, **named)) == (409, "store-not-allowed")
        assert (await look_up(shop.till(0), **named)).json() == card
    for named in ({"email": "ana@example.com"}, {"phone": "621123456"}):
        assert refused(await look_up(there, **named)) == (404, "card-not-found")
        assert (await look_up(shop.till(0), **named)).json() == card
    assert refused(await there.get(f"{CARDS}/{card['id']}")) == (409, "store-not-allowed")
    assert (await shop.owner().get(f"{CARDS}/{card['id']}")).status_code == 200


async def test_without_cross_location_a_user_names_the_store_to_look_up(shop: Shop, enrol: Call):
    await shop.terms()
    await shop.separate_stores()
    card = (await enrol(shop.till(0), email="ana@example.com")).json()["card"]
    here, there = (str(store.id) for store in shop.stores)

    assert wrong_fields(await look_up(shop.owner(), qr=card["qr_code"])) == {("store_id", "required")}
    assert (await look_up(shop.owner(), qr=card["qr_code"], store_id=here)).json() == card
    refusal = await look_up(shop.owner(), qr=card["qr_code"], store_id=there)
    assert refused(refusal) == (409, "store-not-allowed")
    assert wrong_fields(await look_up(shop.till(0), qr=card["qr_code"], store_id=there)) == {
        ("store_id", "not-allowed")
    }


async def test_a_look_up_answers_with_the_live_programs_card(shop: Shop, ana: Any, enrol: Call):
    await shop.change(shop.program, deleted_at=now())
    gone = await look_up(shop.till(), qr=ana["qr_code"])
    shop.make_program()
    new = (await enrol(shop.till(), email="ana@example.com")).json()["card"]

    assert refused(gone) == (404, "program-not-found")
    assert refused(await look_up(shop.till(), qr=ana["qr_code"])) == (404, "program-not-found")
    assert refused(await shop.till().get(f"{CARDS}/{ana['id']}")) == (404, "program-not-found")
    assert (await look_up(shop.till(), email="ana@example.com")).json() == new


async def test_a_switched_off_programs_cards_are_found(shop: Shop, ana: Any):
    await shop.change(shop.program, is_active=False)

    assert (await look_up(shop.till(), qr=ana["qr_code"])).json() == ana


async def test_deleted_cards_and_erased_customers_are_not_found(shop: Shop, ana: Any, rows: Call):
    for sql in ("UPDATE cards SET deleted_at = now()", "UPDATE cards SET deleted_at = NULL"):
        await rows(f"{sql} WHERE merchant_id = :m", m=shop.id)
        for named in ({"qr": ana["qr_code"]}, {"email": "ana@example.com"}):
            found = (await look_up(shop.till(), **named)).status_code
            assert found == (404 if "now()" in sql else 200)
    await rows("UPDATE customers SET erased_at = now() WHERE merchant_id = :m", m=shop.id)

    for named in ({"qr": ana["qr_code"]}, {"number": ana["card_number"]}, {"email": "ana@example.com"}):
        assert refused(await look_up(shop.till(), **named)) == (404, "card-not-found")
    assert refused(await shop.owner().get(f"{CARDS}/{ana['id']}")) == (404, "card-not-found")

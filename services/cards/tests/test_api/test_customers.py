"""Links and customers over HTTP, and what other services read."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest

from kit.ids import uuid7

from .problems import CARDS, refused, wrong_fields

Shop = Any
Call = Callable[..., Any]


# -- links


async def test_a_new_link_is_shown_once_and_shows_the_card(shop: Shop, ana: Any, fresh_key: Call):
    owner, headers = shop.owner(), fresh_key()

    first = await owner.post(f"{CARDS}/{ana['id']}/link", headers=headers)
    replay = await owner.post(f"{CARDS}/{ana['id']}/link", headers=headers)

    assert first.status_code == replay.status_code == 201
    assert replay.json() == {"card_url": None}
    token = first.json()["card_url"].removeprefix("https://cards.example.com/c/")
    assert first.headers["location"] == f"/api/v1/loyalty/cards/{token}"
    assert "location" not in replay.headers
    hashed, other = sha256(token.encode()).hexdigest(), "a" * 64
    by_links = await shop.peer().post("/internal/cards/by-links", json={"tokens": [other, hashed]})
    assert by_links.json() == {hashed: ana["id"]}
    unknown = await owner.post(f"{CARDS}/{uuid7()}/link", headers=fresh_key())
    assert refused(unknown) == (404, "card-not-found")


# -- the customer


async def test_a_customer_is_read_and_changed_with_its_etag(shop: Shop, ana: Any):
    owner, path = shop.owner(), f"{CARDS}/{ana['id']}/customer"

    read = await owner.get(path)
    changed = await owner.patch(
        path,
        json={"first_name": " Eva ", "birthday": "1990-12-31", "locale": "lu", "phone": None},
        headers={"if-match": f'"7", {read.headers["etag"]}'},
    )

    assert read.headers["etag"] == '"1"'
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    expected = {**read.json(), "first_name": "Eva", "birthday": "1990-12-31", "locale": "lb", "phone": None}
    assert changed.json() == expected == (await owner.get(path)).json()


async def test_a_customers_change_needs_the_present_etag(shop: Shop, ana: Any):
    owner, path = shop.owner(), f"{CARDS}/{ana['id']}/customer"

    assert refused(await owner.patch(path, json={})) == (428, "precondition-required")
    stale = await owner.patch(path, json={"first_name": "Eva"}, headers={"if-match": '"7"'})
    assert refused(stale) == (412, "precondition-failed")
    unknown = f"{CARDS}/{uuid7()}/customer"
    assert refused(await owner.get(unknown)) == (404, "card-not-found")
    answer = await owner.patch(unknown, json={}, headers={"if-match": '"1"'})
    assert refused(answer) == (404, "card-not-found")


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"first_name": ""}, ("first_name", "too-short")),
        ({"first_name": None}, ("first_name", "wrong-type")),
        ({"locale": None}, ("locale", "not-allowed")),
        ({"email": None, "phone": None}, ("email", "required")),
        ({"phone": "1"}, ("phone", "too-short")),
        ({"phone": "12x"}, ("phone", "bad-format")),
        ({"erased_at": None}, ("erased_at", "unknown-field")),
    ],
)
async def test_a_customers_change_refuses_what_cannot_be(
    shop: Shop, ana: Any, body: dict[str, Any], wrong: tuple[str, str]
):
    answer = await shop.owner().patch(f"{CARDS}/{ana['id']}/customer", json=body, headers={"if-match": '"1"'})

    assert wrong_fields(answer) == {wrong}


async def test_a_customers_change_may_not_take_anothers_email(shop: Shop, ana: Any, enrol: Call):
    await enrol(shop.till(), email="ben@example.com")

    answer = await shop.owner().patch(
        f"{CARDS}/{ana['id']}/customer", json={"email": "BEN@example.com"}, headers={"if-match": '"1"'}
    )

    assert refused(answer) == (409, "customer-conflict")


# -- for the other services


async def test_services_read_a_cards_whole_state(shop: Shop, ana: Any, told: Call):
    peer = shop.peer()
    (state,) = await told(ana["id"])
    number = ana["card_number"].replace("-", "")

    for path in (f"states/card/{ana['id']}", f"cards/by-qr/{ana['qr_code']}", f"cards/by-number/{number}"):
        assert (await peer.get(f"/internal/{path}")).json() == state


async def test_services_read_many_cards_by_their_numbers(shop: Shop, ana: Any, enrol: Call, rows: Call):
    other = (await enrol(shop.till(), email="b@example.com")).json()["card"]
    await rows("UPDATE cards SET deleted_at = now() WHERE id = :id", id=other["id"])
    numbers = [one["card_number"].replace("-", "") for one in (ana, other)]
    path = "/internal/cards/by-numbers"

    found = (await shop.peer().post(path, json={"numbers": [*numbers, "0" * 12]})).json()
    malformed = await shop.peer().post(path, json={"numbers": [ana["card_number"]]})
    too_many = await shop.peer().post(path, json={"numbers": numbers[:1] * 501})

    assert {one["id"]: one["deleted_at"] is None for one in found} == {ana["id"]: True, other["id"]: False}
    assert [refused(answer)[0] for answer in (malformed, too_many)] == [422, 422]


async def test_services_learn_who_holds_cards_that_are_there(shop: Shop, enrol: Call, rows: Call, told: Call):
    ana, ben, eva = [
        (await enrol(shop.till(), email=f"{name}@example.com", first_name=name)).json()["card"]["id"]
        for name in ("Ana", "Ben", "Eva")
    ]
    await rows("UPDATE cards SET deleted_at = now() WHERE id = :id", id=ben)
    await rows(
        "UPDATE customers SET erased_at = now() WHERE id = (SELECT customer_id FROM cards WHERE id = :id)",
        id=eva,
    )
    (state,) = await told(ana)
    ids = [ana, ben, eva, str(uuid7())]

    found = await shop.peer().post("/internal/holders", json={"card_ids": ids})
    too_many = await shop.peer().post("/internal/holders", json={"card_ids": ids[:1] * 501})

    holder = {"first_name": "Ana", "last_name": "Weber", "enrolled_at": state["created_at"]}
    assert found.json() == {ana: holder}
    assert refused(too_many)[0] == 422


async def test_services_read_a_deleted_cards_state_but_no_link_of_it(shop: Shop, enrol: Call, rows: Call):
    answer = (await enrol(shop.till(), email="a@example.com")).json()
    token = answer["card_url"].removeprefix("https://cards.example.com/c/")
    await rows("UPDATE cards SET deleted_at = now() WHERE merchant_id = :m", m=shop.id)

    state = await shop.peer().get(f"/internal/states/card/{answer['card']['id']}")
    hashed = sha256(token.encode()).hexdigest()
    by_links = await shop.peer().post("/internal/cards/by-links", json={"tokens": [hashed]})

    assert state.json()["deleted_at"] is not None
    assert by_links.json() == {}


async def test_services_are_told_that_there_is_no_such_card(shop: Shop):
    for path in (
        f"states/card/{uuid7()}",
        "cards/by-qr/" + "A" * 32,
        "cards/by-qr/short",
        "cards/by-number/000000000000",
        "cards/by-number/12",
    ):
        assert refused(await shop.peer().get(f"/internal/{path}")) == (404, "card-not-found")

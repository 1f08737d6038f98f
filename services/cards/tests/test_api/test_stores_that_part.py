"""The cross-location setting is changed while cards exist: which card answers where, and what is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kit.ids import now

from .problems import CARDS, refused

Shop = Any
Call = Callable[..., Any]
ANA, BEN = {"email": "ana@example.com"}, {"email": "ben@example.com"}


async def part(shop: Shop) -> None:
    shop.settings = await shop.change(shop.settings, allow_cross_location_redemption=False)


async def unite(shop: Shop) -> None:
    shop.settings = await shop.change(shop.settings, allow_cross_location_redemption=True)


@pytest.fixture
async def heard(shop: Shop) -> None:
    await shop.terms(0)
    await shop.terms(1)


@pytest.fixture
def card_at(shop: Shop) -> Call:
    """`await card_at(0, qr=…)`: the id of the card that answers at this store, or the code of the refusal."""

    async def ask(store: int, **named: str) -> str:
        answer = await shop.till(store).post(f"{CARDS}/lookup", json=named)
        return str(answer.json()["id"] if answer.status_code == 200 else refused(answer)[1])

    return ask


pytestmark = pytest.mark.usefixtures("heard")


async def test_a_card_from_before_stores_parted_works_everywhere_and_is_the_only_one(
    shop: Shop, enrol: Call, card_at: Call
):
    card = (await enrol(shop.till(0), **ANA)).json()["card"]
    await part(shop)

    for store in (0, 1):
        again = await enrol(shop.till(store), **ANA)
        assert (again.status_code, again.json()["card"]["id"]) == (200, card["id"])
        assert [one["name"] for one in again.json()["stores"]] == ["Belair", "Grund"]
        assert await card_at(store, **ANA) == await card_at(store, qr=card["qr_code"]) == card["id"]
    assert [item["id"] for item in (await shop.till(1).get(CARDS)).json()["items"]] == [card["id"]]


async def test_cards_from_when_stores_were_apart_all_work_after_they_joined_and_the_oldest_is_found(
    shop: Shop, enrol: Call, card_at: Call, told: Call
):
    await part(shop)
    older = (await enrol(shop.till(1), **BEN)).json()["card"]
    assert await card_at(0, **BEN) == "card-not-found"
    assert await card_at(0, qr=older["qr_code"]) == "store-not-allowed"
    newer = (await enrol(shop.till(0), **BEN)).json()["card"]

    await unite(shop)

    for store in (0, 1):
        assert await card_at(store, **BEN) == older["id"]
        assert await card_at(store, qr=older["qr_code"]) == older["id"]
        assert await card_at(store, number=newer["card_number"]) == newer["id"]
        again = await enrol(shop.till(store), **BEN)
        assert (again.status_code, again.json()["card"]["id"]) == (200, older["id"])
    states = [(await told(card["id"])) for card in (older, newer)]
    assert [len(one) for one in states] == [1, 1]
    assert [one[0]["first_of_customer"] for one in states] == [True, False]


async def test_after_stores_part_again_each_has_its_own_card_again(shop: Shop, enrol: Call, card_at: Call):
    await part(shop)
    belair, grund = [(await enrol(shop.till(store), **BEN)).json()["card"] for store in (0, 1)]
    await unite(shop)
    everywhere = (await enrol(shop.till(0), **ANA)).json()["card"]
    await part(shop)

    assert [await card_at(store, **BEN) for store in (0, 1)] == [belair["id"], grund["id"]]
    assert await card_at(0, qr=grund["qr_code"]) == "store-not-allowed"
    assert [await card_at(store, **ANA) for store in (0, 1)] == [everywhere["id"]] * 2
    seen = (await shop.till(0).get(CARDS)).json()["items"]
    assert [item["id"] for item in seen] == [everywhere["id"], belair["id"]]
    whole = (await shop.owner().get(CARDS)).json()["items"]
    assert [item["id"] for item in whole] == [everywhere["id"], grund["id"], belair["id"]]


async def test_a_card_of_a_deleted_store_waits_until_stores_join(shop: Shop, enrol: Call, card_at: Call):
    await part(shop)
    card = (await enrol(shop.till(0), **BEN)).json()["card"]
    await shop.change(shop.stores[0], deleted_at=now())

    assert await card_at(1, qr=card["qr_code"]) == "store-not-allowed"
    assert (await shop.owner().get(f"{CARDS}/{card['id']}")).status_code == 200
    await unite(shop)
    assert await card_at(1, qr=card["qr_code"]) == card["id"]


async def test_joining_by_oneself_follows_the_setting_of_now(
    shop: Shop, enrol: Call, rows: Call, fresh_key: Call
):
    await part(shop)
    await enrol(shop.till(0), **BEN)
    who = {"first_name": "Ben", "last_name": "Thill", "locale": "de", "marketing_consent": False, **BEN}
    body = {"merchant_slug": shop.merchant.slug, **who}

    async def join(**more: str) -> int:
        answer = await shop.anyone().post(
            "/api/v1/loyalty/enroll", json={**body, **more}, headers=fresh_key()
        )
        return int(answer.status_code)

    cards = "SELECT FROM cards WHERE merchant_id = :m"
    assert await join() == 422
    assert await join(store_code="B") == 202
    assert len(await rows(cards, m=shop.id)) == 1
    assert await join(store_code="G") == 202
    assert len(await rows(cards, m=shop.id)) == 2
    await unite(shop)
    assert await join() == 202
    assert len(await rows(cards, m=shop.id)) == 2

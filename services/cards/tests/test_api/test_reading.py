"""Reading and listing cards over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cards import listing

from .problems import CARDS, wrong_fields

Shop = Any
Call = Callable[..., Any]


async def test_a_till_reads_first_name_and_initial_a_user_the_customer_whole(shop: Shop, ana: Any):
    by_till = (await shop.till().get(f"{CARDS}/{ana['id']}")).json()
    by_user = (await shop.manager().get(f"{CARDS}/{ana['id']}")).json()

    assert by_till == ana
    assert {**by_user, "customer": ana["customer"]} == ana
    assert (
        by_user["customer"].items()
        >= {
            "first_name": "Ana",
            "last_name": "Weber",
            "last_name_initial": "W",
            "email": "ana@example.com",
            "phone": "+352621123456",
            "birthday": None,
            "locale": "fr",
            "marketing_consent": False,
        }.items()
    )


async def test_an_id_that_is_none_is_told(shop: Shop):
    assert wrong_fields(await shop.till().get(f"{CARDS}/not-an-id")) == {("card_id", "bad-format")}


async def enrol_many(shop: Shop, enrol: Call, count: int) -> list[str]:
    till = shop.till()
    found = []
    for number in range(count):
        answer = await enrol(till, email=f"c{number}@example.com", first_name=f"Guest{number}")
        found.append(answer.json()["card"]["id"])
    return found


async def test_a_list_goes_page_by_page_newest_first(shop: Shop, enrol: Call):
    made = await enrol_many(shop, enrol, 7)
    owner, seen, cursor = shop.owner(), [], None

    for _ in range(4):
        params = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = (await owner.get(CARDS, params=params)).json()
        seen.append([item["id"] for item in page["items"]])
        cursor = page["next_cursor"]
        await enrol(shop.till(), email=f"later{len(seen)}@example.com")

    assert [len(part) for part in seen] == [2, 2, 2, 1]
    assert [item for part in seen for item in part] == made[::-1]
    assert cursor is None


async def test_a_list_is_searched_by_names_and_by_whole_contacts(shop: Shop, enrol: Call):
    till = shop.till()
    ana = (await enrol(till, email="ana@example.com", first_name="Ana María", last_name="O'Brien")).json()[
        "card"
    ]
    ben = (await enrol(till, phone="621 123 456", first_name="Ben", last_name="Müller")).json()["card"]

    async def found(search: str) -> list[str]:
        answer = await shop.owner().get(CARDS, params={"search": search})
        return [item["id"] for item in answer.json()["items"]]

    for text in ("ana", "mari", "BRI ana", "o'br", "ANA@example.com", ana["card_number"]):
        assert await found(text) == [ana["id"]], text
    for text in ("mull", "Müller ben", "621123456", "+352 621 123 456", ben["card_number"].replace("-", "")):
        assert await found(text) == [ben["id"]], text
    for text in ("ria", "ana@example", "621123", "zzz", "%", "ana ben", "_na", "''"):
        assert await found(text) == [], text


@pytest.mark.parametrize(
    ("most", "compared", "few", "walked"),
    [(0, 0, 0, 9), (0, 0, 0, 0), (0, 0, 0, 1), (2, 2, 0, 9), (0, 9000, 0, 9), (7000, 50_000, 2500, 40_000)],
)
async def test_people_are_found_alike_whether_they_are_gathered_compared_or_walked(
    shop: Shop, enrol: Call, monkeypatch: pytest.MonkeyPatch, most: int, compared: int, few: int, walked: int
):
    monkeypatch.setattr(listing, "MOST_GATHERED", most)
    monkeypatch.setattr(listing, "MOST_COMPARED", compared)
    monkeypatch.setattr(listing, "FEW", few)
    monkeypatch.setattr(listing, "MOST_WALKED", walked)
    names = [("Ana", "Weber"), ("Anabel", "Ananas"), ("Ben", "Weber"), ("Ana", "Thill"), ("Eva", "Klein")]
    made = [
        (
            await enrol(shop.till(number % 2), email=f"c{number}@example.com", first_name=one, last_name=two)
        ).json()["card"]["id"]
        for number, (one, two) in enumerate(names)
    ]
    await shop.owner().delete(f"{CARDS}/{made[3]}")

    async def found(**params: Any) -> list[int]:
        seen: list[int] = []
        cursor = None
        for _ in range(4):
            more = {"cursor": cursor} if cursor else {}
            asked = {"limit": 1, "count": True, **params, **more}
            page = (await shop.owner().get(CARDS, params=asked)).json()
            seen += [made.index(item["id"]) for item in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert page["total"] == len(seen)
        return seen

    assert await found(search="ana") == [1, 0]
    assert await found(search="web") == [2, 0]
    assert await found(search="ana web") == [0]
    assert await found(search="ana", store_id=shop.stores[1].id) == [1]
    assert await found(search="zzz ana") == []


async def test_a_list_says_how_many_there_are_when_asked(shop: Shop, enrol: Call, fresh_key: Call):
    made = await enrol_many(shop, enrol, 5)
    await shop.owner().delete(f"{CARDS}/{made[0]}")
    await shop.owner().post(f"{CARDS}/{made[1]}/customer/erase", headers=fresh_key())
    owner = shop.owner()

    async def total(**params: Any) -> int:
        return (await owner.get(CARDS, params={"limit": 1, "count": True, **params})).json()["total"]

    assert await total() == 3
    assert await total(status="active") == 3
    assert await total(status="inactive") == 0
    assert await total(search="guest") == 3
    assert await total(search="guest2") == 1
    assert await total(search="c3@example.com") == 1
    assert await total(search="c1@example.com") == 0
    assert await total(search="?") == 0
    assert "total" not in (await owner.get(CARDS)).json()


async def test_a_list_is_narrowed_by_status_and_store(shop: Shop, enrol: Call, rows: Call):
    here = (await enrol(shop.till(0), email="a@example.com")).json()["card"]["id"]
    there = (await enrol(shop.till(1), email="b@example.com")).json()["card"]["id"]
    await rows("UPDATE cards SET is_active = false WHERE id = CAST(:id AS uuid)", id=there)

    async def found(caller: Any, **params: Any) -> list[str]:
        return [item["id"] for item in (await caller.get(CARDS, params=params)).json()["items"]]

    assert await found(shop.owner()) == [there, here]
    assert await found(shop.owner(), status="active") == [here]
    assert await found(shop.owner(), status="inactive") == [there]
    assert await found(shop.owner(), store_id=shop.stores[1].id) == [there]
    assert await found(shop.till(0)) == [there, here]
    assert wrong_fields(await shop.till(0).get(CARDS, params={"store_id": str(shop.stores[1].id)})) == {
        ("store_id", "not-allowed")
    }


async def test_a_list_shows_a_till_without_cross_location_its_own_cards(shop: Shop, enrol: Call):
    everywhere = (await enrol(shop.till(0), email="a@example.com")).json()["card"]["id"]
    await shop.separate_stores()
    here = (await enrol(shop.till(0), email="b@example.com")).json()["card"]["id"]
    there = (await enrol(shop.till(1), email="c@example.com")).json()["card"]["id"]

    async def found(caller: Any) -> list[str]:
        return [item["id"] for item in (await caller.get(CARDS)).json()["items"]]

    assert await found(shop.till(0)) == [here, everywhere]
    assert await found(shop.till(1)) == [there, everywhere]
    assert await found(shop.owner()) == [there, here, everywhere]


@pytest.mark.parametrize("asked", ["include_deleted", "only_deleted"])
async def test_deleted_cards_are_listed_for_nobody_who_is_no_admin(shop: Shop, asked: str):
    for caller in (shop.till(), shop.manager(), shop.owner()):
        refused = await caller.get(CARDS, params={asked: True})
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
        assert (await caller.get(CARDS, params={asked: False})).status_code == 200


async def test_a_list_holds_nothing_of_another_merchant(shop: Shop, open_shop: Call, ana: Any):
    other = open_shop()

    for search in (None, "ana", "ana@example.com", "621123456", ana["card_number"]):
        answer = await other.owner().get(CARDS, params={"search": search} if search else {})
        assert answer.json() == {"items": [], "next_cursor": None}


@pytest.mark.parametrize(
    ("params", "wrong"),
    [
        ({"limit": "0"}, ("limit", "too-small")),
        ({"limit": "101"}, ("limit", "too-large")),
        ({"limit": "many"}, ("limit", "bad-format")),
        ({"cursor": "nonsense"}, ("cursor", "bad-format")),
        ({"cursor": "é"}, ("cursor", "bad-format")),
        ({"cursor": "x" * 65}, ("cursor", "too-long")),
        ({"status": "asleep"}, ("status", "not-allowed")),
        ({"store_id": "here"}, ("store_id", "bad-format")),
        ({"search": "a\u0000"}, ("search", "bad-format")),
        ({"search": "x" * 255}, ("search", "too-long")),
    ],
)
async def test_a_list_refuses_what_cannot_be_asked(
    shop: Shop, params: dict[str, str], wrong: tuple[str, str]
):
    assert wrong_fields(await shop.owner().get(CARDS, params=params)) == {wrong}

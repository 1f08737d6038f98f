"""Import: customers with their cards, each once, a bad one beside good ones."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from cards.domain import card_number
from kit.identity import Caller
from kit.ids import uuid7

CUSTOMERS = "/api/v1/admin/loyalty/imports/customers"


@pytest.fixture
def bring(shop: Any) -> Any:
    """`await bring(rows)`: the answer of the route to an admin."""

    async def do(rows: list[dict[str, Any]], key: str | None = None, **more: Any) -> Any:
        headers = {"idempotency-key": key or str(uuid7())}
        body = {"merchant_id": str(shop.id), "rows": rows, **more}
        admin = shop._client(Caller("admin", user_id=uuid7()))
        return await admin.post(CUSTOMERS, json=body, headers=headers)

    return do


def person(number: int, **more: Any) -> dict[str, Any]:
    return {"email": f"person{number}@example.com", "first_name": "Ana", "last_name": "Weber", **more}


def a_number() -> str:
    return card_number(f"{uuid7().int % 10**11:011}")


async def test_a_customer_comes_with_the_card_as_the_file_says(
    shop: Any, bring: Any, rows: Any, told: Any
) -> None:
    number = a_number()
    row = person(
        1, phone="621 123 456", birthday="1990-12-31", locale="lu", marketing_consent=True, store_code="G",
        enrolled_at="2024-05-01T10:00:00+02:00", card_number=f"{number[:4]}-{number[4:8]}-{number[8:]}",
    )  # fmt: skip

    answer = await bring([row])

    assert answer.status_code == 200, answer.text
    assert answer.json() == {"taken": 1, "known": 0, "errors": [], "dry_run": False}
    query = "SELECT c.*, k.id AS card_id, k.enrolled_at_store_id, k.card_number FROM customers c JOIN cards k"
    (kept,) = await rows(f"{query} ON k.customer_id = c.id WHERE c.merchant_id = :id", id=shop.id)
    assert (kept.email, kept.phone, kept.locale) == ("person1@example.com", "+352621123456", "lb")
    assert (kept.card_number, kept.enrolled_at_store_id) == (number, shop.stores[1].id)
    assert kept.created_at.isoformat() == "2024-05-01T08:00:00+00:00"
    (state,) = await told(kept.card_id)
    assert (state["created_at"], state["via"]) == ("2024-05-01T08:00:00.000000Z", "user")
    assert state["first_of_customer"] is False  # what it brings along is in its history


async def test_a_bad_row_is_answered_by_its_line_and_stops_no_other(shop: Any, bring: Any) -> None:
    number = a_number()
    await bring([person(1, card_number=number), person(2, email=None, phone="621 000 222")])
    rows = [
        person(3),
        person(4, email="nonsense"),
        person(5, email=None),
        person(6, phone="12345678901234567890"),
        person(7, store_code="nowhere"),
        person(8, card_number=number),
        person(9, card_number=f"{int(number) // 10 * 10 + (int(number[-1]) + 1) % 10:012d}"),
        person(1, phone="621 000 222"),
        person(10, enrolled_at="2990-01-01T00:00:00Z"),
        person(11, enrolled_at=17),
        person(12, colour="red"),
        person(13),
    ]

    answer = (await bring(rows, first_line=2)).json()

    assert (answer["taken"], answer["known"]) == (2, 0)
    assert [(one["line"], one["field"], one["code"]) for one in answer["errors"]] == [
        (3, "email", "bad-format"),
        (4, "phone", "required"),
        (5, "phone", "bad-format"),
        (6, "store_code", "store-not-found"),
        (7, "card_number", "already-exists"),
        (8, "card_number", "bad-format"),
        (9, "email", "customer-conflict"),
        (10, "enrolled_at", "too-large"),
        (11, "enrolled_at", "wrong-type"),
        (12, "colour", "unknown-field"),
    ]


async def test_whoever_has_a_card_is_known_and_stays_as_they_are(
    shop: Any, ana: Any, bring: Any, rows: Any
) -> None:
    file = [
        person(1, email="ANA@example.com", first_name="Other", reference="old-1"),
        person(2, reference="old-2"),
        person(2),
    ]

    first = await bring(file)
    again = await bring(file)

    assert (first.json()["taken"], first.json()["known"]) == (1, 2)
    assert (again.json()["taken"], again.json()["known"]) == (0, 3)
    names = await rows("SELECT first_name FROM customers WHERE merchant_id = :id", id=shop.id)
    assert [row.first_name for row in names] == ["Ana", "Ana"]
    numbers = await shop.peer().post(
        f"/internal/merchants/{shop.id}/card-numbers", json={"references": ["old-1", "old-3"]}
    )
    assert numbers.json() == {"old-1": ana["card_number"].replace("-", "")}


async def test_files_with_the_same_people_at_once_take_each_once(shop: Any, bring: Any, rows: Any) -> None:
    file = [person(number) for number in range(40)]

    answers = await asyncio.gather(*(bring(file[start:] + file[:start]) for start in (0, 13, 31)))

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert sum(answer.json()["taken"] for answer in answers) == 40
    assert len(await rows("SELECT 1 FROM cards WHERE merchant_id = :id", id=shop.id)) == 40


async def test_a_dry_run_answers_the_same_and_keeps_nothing(shop: Any, bring: Any, rows: Any) -> None:
    file, key = [person(1), person(2, email="nonsense")], str(uuid7())

    tried = await bring(file, key=key, dry_run=True)
    kept = await rows("SELECT 1 FROM customers WHERE merchant_id = :id", id=shop.id)
    taken = await bring(file, key=key)

    assert tried.json() == taken.json() | {"dry_run": True}
    assert kept == []


async def test_where_cards_belong_to_a_store_a_row_names_it(shop: Any, bring: Any, rows: Any) -> None:
    await shop.separate_stores()

    answer = await bring([person(1), person(2, store_code="B"), person(2, store_code="G")])

    assert [(one["line"], one["field"]) for one in answer.json()["errors"]] == [(1, "store_code")]
    scopes = await rows("SELECT scope_store_id FROM cards WHERE merchant_id = :id", id=shop.id)
    assert {row.scope_store_id for row in scopes} == {store.id for store in shop.stores}


async def test_an_erased_persons_reference_goes_too(shop: Any, bring: Any, rows: Any) -> None:
    await bring([person(1, reference="member 1")])
    (card,) = await rows("SELECT id FROM cards WHERE merchant_id = :id", id=shop.id)

    await shop.owner().post(
        f"/api/v1/vendor/loyalty/cards/{card.id}/customer/erase", headers={"idempotency-key": str(uuid7())}
    )

    assert await rows("SELECT 1 FROM card_references WHERE merchant_id = :id", id=shop.id) == []


async def test_only_admins_import(shop: Any) -> None:
    answer = await shop.owner().post(
        CUSTOMERS,
        json={"merchant_id": str(shop.id), "rows": [{}]},
        headers={"idempotency-key": str(uuid7())},
    )

    assert answer.status_code == 403

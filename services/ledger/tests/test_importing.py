"""Import: rows of the past and balances brought along, each once, a bad one beside good ones."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from contracts.ledger import TransactionRecorded
from contracts.programs import MerchantChanged
from kit.identity import Caller
from kit.ids import instant_text, now, uuid7
from ledger.chain import COLUMNS, TYPES
from ledger.check import check_card

IMPORTS = "/api/v1/admin/loyalty/imports"
DAY = timedelta(days=1)


@pytest.fixture
def bring(world: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`await bring("history", rows)`: the answer of the route to an admin; no other service is there."""

    async def nobody(*_: Any) -> None:
        return None

    monkeypatch.setattr("kit.http.Peer.get", nobody)
    monkeypatch.setattr("kit.http.Peer.post", nobody)

    async def do(kind: str, rows: list[dict[str, Any]], key: str | None = "", **more: Any) -> Any:
        headers = {} if key is None else {"idempotency-key": key or str(uuid7())}
        body = {"merchant_id": str(world.merchant_id), "rows": rows, **more}
        async with world.http(Caller("admin", user_id=uuid7())) as http:
            return await http.post(f"{IMPORTS}/{kind}", json=body, headers=headers)

    return do


def past(card: Any, kind: str, days: float, **more: Any) -> dict[str, Any]:
    return {
        "card": card.card_number,
        "type": kind,
        "at": instant_text(now() - days * DAY),
        "reference": str(uuid7().hex),
        **more,
    }


def rows_of(world: Any, card: Any) -> list[dict[str, Any]]:
    with psycopg.connect(world.owner_url, row_factory=dict_row) as conn:
        query = f"SELECT {COLUMNS} FROM transactions WHERE card_id = %s ORDER BY sequence"
        rows = conn.execute(query, (card.id,)).fetchall()
        account = conn.execute("SELECT * FROM accounts WHERE card_id = %s", (card.id,)).fetchone()
    assert check_card(card.id, rows, account) is None
    return rows


def account_of(world: Any, card: Any) -> dict[str, Any]:
    with psycopg.connect(world.owner_url, row_factory=dict_row) as conn:
        found = conn.execute("SELECT * FROM accounts WHERE card_id = %s", (card.id,)).fetchone()
    assert found is not None
    return found


async def test_history_keeps_type_and_time_and_moves_balances_and_totals(world: Any, bring: Any) -> None:
    card = await world.card()
    rows = [
        past(card, "welcome_bonus", 50, points=20),
        past(card, "stamp_earned", 40, stamps=1, store_code="a"),
        past(card, "stamp_earned", 30, stamps=3),
        past(card, "stamp_redeemed", 20, stamps=-3),
        past(card, "points_earned", 10, points=120, purchase_amount_cents=1200, currency="EUR"),
        past(card, "points_redeemed", 9, points=-100),
        past(card, "points_expired", 8, points=-15),
        past(card, "points_adjustment", 7, points=5),
        past(card, "stamp_adjustment", 6, stamps=2),
        past(card, "card_deactivated", 5),
    ]

    answer = await bring("history", rows)

    assert answer.status_code == 200, answer.text
    assert answer.json() == {"taken": 10, "known": 0, "errors": [], "dry_run": False}
    assert world.service.http.state.desk.asked == len(rows), "statistics see that much is asked"
    kept = rows_of(world, card)[1:]
    assert [TYPES[row["type"] - 1] for row in kept] == [row["type"] for row in rows]
    assert [instant_text(row["transaction_at"]) for row in kept] == [row["at"] for row in rows]
    assert all(now() - row["created_at"] < timedelta(minutes=1) for row in kept)
    account = account_of(world, card)
    assert (account["stamp_count"], account["points_balance"], account["is_active"]) == (3, 30, False)
    assert (account["total_stamps_earned"], account["stamps_redeemed"]) == (4, 1)
    assert (account["total_points_earned"], account["points_redeemed"]) == (120, 100)
    assert account["total_points_expired"] == 15
    assert instant_text(account["last_activity_at"]) == rows[5]["at"]
    assert instant_text(account["last_stamp_at"]) == rows[2]["at"]


async def test_each_row_is_told_once_and_marked_as_imported(world: Any, bring: Any) -> None:
    card = await world.card()

    await bring("history", [past(card, "stamp_earned", 3, stamps=1), past(card, "stamp_earned", 2, stamps=1)])

    told = world.events(card.id)[1:]
    assert [TransactionRecorded.model_validate(e["data"]).transaction.sequence for e in told] == [2, 3]
    marked = (
        "SELECT count(*) FROM transaction_context c JOIN transactions t ON t.id = c.transaction_id"
        " WHERE t.card_id = %s AND imported AND reference IS NOT NULL"
    )
    assert world.rows(marked, card.id) == [(2,)]


async def test_a_bad_row_is_answered_by_its_line_and_stops_no_other(world: Any, bring: Any) -> None:
    card = await world.card()
    good = past(card, "stamp_earned", 3, stamps=1)
    rows = [
        good,
        past(card, "stamp_redeemed", 3, stamps=-2),
        past(card, "points_earned", 3, points="ten"),
        past(card, "points_earned", 3, stamps=1),
        past(card, "stamp_voided", 3, stamps=-1),
        past(card, "stamp_earned", -3, stamps=1),
        {**past(card, "stamp_earned", 3, stamps=1), "card": "1234"},
        {**past(card, "stamp_earned", 3, stamps=1), "card": "0000-0000-0000"},
        past(card, "stamp_earned", 3, stamps=1, store_code="nowhere"),
        past(card, "points_earned", 3, points=1, purchase_amount_cents=5, currency="USD"),
        past(card, "stamp_earned", 3, stamps=1, colour="red"),
        {**good, "stamps": 2},
        past(card, "stamp_earned", 3, stamps=1),
    ]

    answer = (await bring("history", rows, first_line=2)).json()

    assert (answer["taken"], answer["known"]) == (2, 0)
    assert [(one["line"], one["field"], one["code"]) for one in answer["errors"]] == [
        (3, "stamps", "insufficient-stamps"),
        (4, "points", "wrong-type"),
        (5, "stamps", "not-allowed"),
        (6, "type", "not-allowed"),
        (7, "at", "too-large"),
        (8, "card", "card-not-found"),
        (9, "card", "card-not-found"),
        (10, "store_code", "store-not-found"),
        (11, "currency", "currency-mismatch"),
        (12, "colour", "unknown-field"),
        (13, "reference", "already-exists"),
    ]
    assert account_of(world, card)["stamp_count"] == 2
    assert len(rows_of(world, card)) == 3


async def test_a_file_sent_again_changes_nothing(world: Any, bring: Any) -> None:
    card = await world.card()
    bought = past(card, "points_earned", 2, points=7, purchase_amount_cents=70)
    rows = [past(card, "stamp_earned", 3, stamps=1), bought]
    await bring("history", rows[:1])

    again = await bring("history", [rows[0], bought | {"currency": "EUR"}])
    at_once = await asyncio.gather(*(bring("history", rows) for _ in range(4)))

    assert (again.json()["taken"], again.json()["known"]) == (1, 1)
    assert [(answer.json()["taken"], answer.json()["known"]) for answer in at_once] == [(0, 2)] * 4
    assert len(rows_of(world, card)) == 3


async def test_chunks_with_the_same_rows_at_once_take_each_row_once(world: Any, bring: Any) -> None:
    cards = [await world.card() for _ in range(5)]
    rows = [past(card, "points_earned", 2, points=7) for card in cards for _ in range(10)]

    answers = await asyncio.gather(*(bring("history", rows[start:] + rows[:start]) for start in (0, 7, 33)))

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert sum(answer.json()["taken"] for answer in answers) == 50
    assert [account_of(world, card)["points_balance"] for card in cards] == [70] * 5


async def test_a_row_of_an_export_is_known_where_it_came_from(world: Any, bring: Any) -> None:
    card = await world.card()
    stamped = (await world.stamp(card)).json()["transaction_id"]

    answer = await bring("history", [past(card, "stamp_earned", 0, stamps=1, reference=stamped)])

    assert (answer.json()["taken"], answer.json()["known"]) == (0, 1)


async def test_a_dry_run_answers_the_same_and_keeps_nothing(world: Any, bring: Any) -> None:
    card = await world.card()
    rows = [past(card, "stamp_earned", 3, stamps=1), past(card, "stamp_redeemed", 2, stamps=-3)]

    key = str(uuid7())
    tried = await bring("history", rows, key=key, dry_run=True)
    kept = len(rows_of(world, card))
    taken = await bring("history", rows, key=key)

    assert tried.status_code == 200, tried.text
    assert tried.json() == taken.json() | {"dry_run": True}
    assert kept == 1
    assert (await bring("history", rows, key=None)).json()["code"] == "idempotency-key-missing"


async def test_a_balance_is_brought_along_once_per_card_as_adjustments(world: Any, bring: Any) -> None:
    cards = [await world.card() for _ in range(2)]
    rows = [{"card": card.card_number, "stamps": 4, "points": 250} for card in cards]

    first = await bring("balances", rows)
    again = await bring("balances", [*rows, {"card": cards[0].card_number, "points": 5, "reference": "b-2"}])

    assert first.json()["taken"] == 2
    assert (again.json()["taken"], again.json()["known"]) == (1, 2)
    assert [TYPES[row["type"] - 1] for row in rows_of(world, cards[0])] == [
        "card_created", "stamp_adjustment", "points_adjustment", "points_adjustment"
    ]  # fmt: skip
    account = account_of(world, cards[0])
    assert (account["stamp_count"], account["points_balance"], account["total_points_earned"]) == (4, 255, 0)


async def test_an_imported_order_earns_once_and_can_be_voided(world: Any, bring: Any) -> None:
    card = await world.card()
    bought = past(
        card, "points_earned", 5, points=100,
        purchase_amount_cents=1000, currency="EUR", order_reference="A-1"
    )  # fmt: skip

    first = await bring("history", [bought, {**bought, "reference": "other"}])
    again = await world.earn(card, 1000, order_reference="A-1")
    voided = await world.ask("/points/void", {"order_reference": "A-1", "amount_cents": 500})

    assert [one["code"] for one in first.json()["errors"]] == ["order-already-rewarded"]
    assert again.json()["code"] == "order-already-rewarded"
    assert voided.json()["points_balance"] == 50
    rows_of(world, card)


async def test_another_merchants_card_is_not_there(world: Any, bring: Any) -> None:
    card = await world.card()

    other = MerchantChanged(
        id=uuid7(), version=1, name="Other", slug="other", country="LU", currency="EUR",
        timezone="Europe/Luxembourg", default_locale="fr",
    )  # fmt: skip
    await world.tell(other)
    rows = [past(card, "stamp_earned", 1, stamps=1)]

    answer = await bring("history", rows, merchant_id=str(other.id))
    unknown = await bring("history", rows, merchant_id=str(uuid7()))

    assert [one["code"] for one in answer.json()["errors"]] == ["card-not-found"]
    assert (unknown.status_code, unknown.json()["code"]) == (404, "merchant-not-found")


async def test_only_admins_import(world: Any) -> None:
    async with world.http(Caller("owner", world.merchant_id, user_id=uuid7())) as http:
        body = {"merchant_id": str(world.merchant_id), "rows": [{}]}
        answer = await http.post(f"{IMPORTS}/history", json=body, headers={"idempotency-key": "k" * 20})

    assert answer.status_code == 403


async def test_an_import_leaves_an_audit_row(world: Any, bring: Any) -> None:
    card = await world.card()

    await bring("history", [past(card, "stamp_earned", 1, stamps=1)])

    query = "SELECT action, kind, after ->> 'taken' FROM audit WHERE merchant_id = %s"
    assert world.rows(query, world.merchant_id) == [("imported", "history", "1")]


async def test_a_card_may_be_named_as_its_customers_row_was(
    world: Any, bring: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await world.card()

    async def numbers(_: Any, path: str, body: Any) -> dict[str, str]:
        assert path == f"/internal/merchants/{world.merchant_id}/card-numbers"
        return {"member 7": card.card_number} if "member 7" in body["references"] else {}

    monkeypatch.setattr("kit.http.Peer.post", numbers)
    row = past(card, "stamp_earned", 3, stamps=1)

    answers = [
        await bring("history", [{**row, "card": name}]) for name in ("member 7", card.card_number, "member 8")
    ]

    assert [(one.json()["taken"], one.json()["known"]) for one in answers] == [(1, 0), (0, 1), (0, 0)]


async def test_cards_whose_events_are_on_the_way_are_asked_for_at_once(
    world: Any, bring: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.program(welcome_bonus_points=20)
    here, *coming = await world.card(), world.new_card(), world.new_card(first_of_customer=False)
    asked: list[list[str]] = []

    async def cards(_: Any, path: str, body: Any) -> Any:
        if path != "/internal/cards/by-numbers":
            return {}
        asked.append(body["numbers"])
        return [card.model_dump(mode="json") for card in coming if card.card_number in body["numbers"]]

    monkeypatch.setattr("kit.http.Peer.post", cards)
    rows = [past(card, "stamp_earned", 2, stamps=1) for card in (here, *coming)]

    answer = await bring("history", [*rows, {**rows[0], "card": "4".zfill(12), "reference": "nobody's"}])

    assert (answer.json()["taken"], [error["line"] for error in answer.json()["errors"]]) == (3, [4])
    assert asked == [sorted([*(card.card_number for card in coming), "4".zfill(12)])]
    assert [len(rows_of(world, card)) for card in (here, *coming)] == [3, 3, 2]


async def test_a_reference_that_names_another_card_counts_from_the_next_chunk_on(
    world: Any, bring: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = [await world.card() for _ in range(2)]
    named = {"member 7": old.card_number}

    async def numbers(*_: Any) -> dict[str, str]:
        return named

    monkeypatch.setattr("kit.http.Peer.post", numbers)
    rows = [{**past(old, "stamp_earned", days, stamps=1), "card": "member 7"} for days in (3, 2)]

    await bring("history", rows[:1])
    named["member 7"] = new.card_number
    await bring("history", rows[1:])

    assert [account_of(world, card)["stamp_count"] for card in (old, new)] == [1, 1]


async def test_pages_of_an_export_hold_each_row_once_in_its_cards_order(world: Any, bring: Any) -> None:
    cards = [await world.card() for _ in range(3)]
    rows = [past(card, "stamp_earned", days, stamps=1) for days in (1, 5, 3) for card in cards]
    await bring("history", rows)
    voided = (await world.stamp(cards[0])).json()["transaction_id"]
    await world.ask("/stamp/void", {"transaction_id": voided})

    found, cursor = [], ""
    async with world.http(Caller("admin", user_id=uuid7())) as http:
        while cursor is not None:
            params = {"merchant_id": str(world.merchant_id), "limit": 4} | (
                {"cursor": cursor} if cursor else {}
            )
            page = (await http.get("/api/v1/admin/loyalty/exports/history", params=params)).json()
            found += page["items"]
            cursor = page["next_cursor"]

    for card in cards:
        mine = [row["reference"] for row in found if row["card"] == card.card_number]
        assert mine[:3] == [row["reference"] for row in rows if row["card"] == card.card_number]
    corrected = [(row["type"], row["stamps"]) for row in found if row["card"] == cards[0].card_number]
    assert corrected[3:] == [("stamp_earned", 1), ("stamp_adjustment", -1)]
    assert len(found) == 11

"""What happened, newest first: pages that neither repeat nor skip, and nobody sees more than is theirs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import httpx
import psycopg
import pytest

from kit.identity import Caller
from kit.ids import now, uuid7
from ledger.chain import TYPES
from ledger.history_answers import TransactionAnswer, TransactionType
from ledger.store import pages

VENDOR = "/api/v1/vendor/loyalty"


def owner(world: Any) -> Caller:
    return Caller("owner", world.merchant_id, user_id=uuid7())


async def read(world: Any, path: str, caller: Caller | None = None, **query: Any) -> httpx.Response:
    async with world.http(caller) as http:
        answer: httpx.Response = await http.get(path, params=query)
        return answer


async def rows(world: Any, path: str, caller: Caller | None = None, **query: Any) -> list[Mapping[str, Any]]:
    answer = await read(world, path, caller, **query)
    assert answer.status_code == 200, answer.text
    items: list[Mapping[str, Any]] = answer.json()["items"]
    return items


async def walk(world: Any, path: str, **query: Any) -> list[str]:
    """The ids of all pages, one after the other."""
    found: list[str] = []
    cursor = None
    while True:
        more = {} if cursor is None else {"cursor": cursor}
        page = (await read(world, path, owner(world), **query, **more)).json()
        found += [row["id"] for row in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            return found


def test_the_types_of_the_answer_are_those_of_the_rows() -> None:
    assert get_args(TransactionType) == TYPES


async def test_a_cards_rows_are_shown_with_what_is_kept_beside_them_and_without_request_hashes(
    world: Any,
) -> None:
    card = await world.card()
    made = (await world.ask("/stamp", {"card_id": str(card.id), "notes": "double"})).json()

    answer = await read(world, f"{VENDOR}/cards/{card.id}/transactions", count=True)
    newest, oldest = answer.json()["items"]

    assert (answer.json()["next_cursor"], answer.json()["total"]) == (None, 2)
    assert answer.headers["cache-control"] == "no-store"
    assert newest.keys() == TransactionAnswer.model_fields.keys()
    assert (newest["id"], newest["type"], newest["notes"]) == (
        made["transaction_id"],
        "stamp_earned",
        "double",
    )
    assert (newest["transaction_at"], newest["store_id"]) == (made["transaction_at"], str(world.store_id))
    assert (newest["sequence"], newest["stamps_balance_after"], len(newest["hash"])) == (2, 1, 64)
    assert oldest["type"] == "card_created"
    assert "request_hash" not in newest
    TransactionAnswer.model_validate(newest)


@pytest.mark.parametrize("of", ["card", "merchant"])
async def test_pages_repeat_and_skip_nothing_while_rows_are_added(world: Any, of: str) -> None:
    card = await world.card()
    there = [(await world.stamp(card)).json()["transaction_id"] for _ in range(7)]
    path = f"{VENDOR}/cards/{card.id}/transactions" if of == "card" else f"{VENDOR}/transactions"

    paged, *_ = await asyncio.gather(walk(world, path, limit=2), *(world.stamp(card) for _ in range(5)))
    seen = [found for found in paged if found in there]
    quiet = await walk(world, path, limit=3)

    assert seen == there[::-1]
    assert len(quiet) == len(set(quiet)) == 13
    assert quiet == await walk(world, path, limit=100)


async def test_a_till_sees_its_own_store_and_an_owner_all_of_the_merchant(world: Any) -> None:
    card = await world.card()
    elsewhere = Caller("terminal", world.merchant_id, world.other_store_id, uuid7())
    await world.stamp(card)
    async with world.http(elsewhere) as http:
        await http.post(
            f"{VENDOR}/stamp", json={"card_id": str(card.id)}, headers={"idempotency-key": str(uuid7())}
        )
    path = f"{VENDOR}/transactions"

    here, there = await rows(world, path), await rows(world, path, elsewhere)
    other = await read(world, path, store_id=str(world.other_store_id))
    whole = await rows(world, path, owner(world))
    picked = await rows(world, path, owner(world), store_id=str(world.other_store_id))

    assert [row["store_id"] for row in here] == [str(world.store_id)]
    assert (
        [row["store_id"] for row in there] == [str(world.other_store_id)] == [p["store_id"] for p in picked]
    )
    assert (other.status_code, other.json()["errors"][0]["code"]) == (422, "not-allowed")
    assert [row["type"] for row in whole] == ["stamp_earned", "stamp_earned", "card_created"]
    assert len(await rows(world, f"{VENDOR}/cards/{card.id}/transactions")) == 3


async def test_rows_are_picked_by_type_staff_card_and_period(world: Any) -> None:
    first, second = await world.card(), await world.card()
    await world.stamp(first)
    await world.earn(second)
    path, person = f"{VENDOR}/transactions", owner(world)

    async def types(**query: Any) -> list[str]:
        return [row["type"] for row in await rows(world, path, person, **query)]

    today = datetime.now(tz=UTC).astimezone(world_zone(world)).date()
    assert await types(type="points_earned") == ["points_earned"]
    assert await types(card_id=str(first.id)) == ["stamp_earned", "card_created"]
    assert await types(card_id=str(first.id), type="card_created") == ["card_created"]
    assert await types(staff_id=str(uuid7())) == []
    assert await types(card_id=str(uuid7())) == []
    assert len(await types(**{"from": today.isoformat(), "to": today.isoformat()})) == 4
    assert await types(to=(today - timedelta(days=1)).isoformat()) == []
    assert await types(**{"from": (now() + timedelta(minutes=1)).isoformat()}) == []
    assert (
        len(await types(**{"from": (now() - timedelta(minutes=5)).isoformat(), "card_id": str(first.id)}))
        == 2
    )
    counted = await read(world, path, person, type="card_created", count=True, limit=1)
    assert (len(counted.json()["items"]), counted.json()["total"]) == (1, 2)


def world_zone(world: Any) -> Any:
    from zoneinfo import ZoneInfo

    return ZoneInfo("Europe/Luxembourg")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 101}, "limit"),
        ({"cursor": "x"}, "cursor"),
        ({"cursor": "AAAAAAAAAAE"}, "cursor"),
        ({"cursor": "f" * 32}, "cursor"),
        ({"type": "stamp"}, "type"),
        ({"store_id": "x"}, "store_id"),
        ({"from": "yesterday"}, "from"),
        ({"from": "2026-11-20T10:00:00"}, "from"),
        ({"to": "9999-12-31"}, "to"),
        ({"from": "0001-01-01T00:00:00+10:00"}, "from"),
        ({"from": "2026-11-20", "to": "2026-11-18"}, "from"),
    ],
)
async def test_a_bad_question_is_named_by_its_field(world: Any, query: dict[str, Any], field: str) -> None:
    answer = await read(world, f"{VENDOR}/transactions", owner(world), **query)

    assert (answer.status_code, answer.json()["code"]) == (422, "validation-failed")
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_nothing_of_another_merchant_is_shown(world: Any) -> None:
    class NoCards:
        async def get(self, path: str) -> None:
            return None

    world.accounts._cards = NoCards()
    card = await world.card()
    stranger = Caller("owner", uuid7(), user_id=uuid7())

    theirs = await read(world, f"{VENDOR}/cards/{card.id}/transactions", stranger)
    unknown = await read(world, f"{VENDOR}/cards/{uuid7()}/transactions", stranger)
    listed = await rows(world, f"{VENDOR}/transactions", stranger, card_id=str(card.id))

    assert [(a.status_code, a.json()["code"]) for a in (theirs, unknown)] == [(404, "card-not-found")] * 2
    assert listed == []


async def test_a_card_of_another_store_or_a_deleted_program_is_refused_as_when_it_is_read(world: Any) -> None:
    await world.settings(allow_cross_location_redemption=False)
    card = await world.card(scope_store_id=world.other_store_id)
    path = f"{VENDOR}/cards/{card.id}/transactions"

    away = await read(world, path)
    people = await rows(world, path, owner(world))
    await world.program(deleted_at=now())
    gone = await read(world, path, owner(world))

    assert (away.status_code, away.json()["code"]) == (409, "store-not-allowed")
    assert len(people) == 1
    assert (gone.status_code, gone.json()["code"]) == (404, "program-not-found")


async def test_a_page_looks_through_so_many_rows_and_says_where_to_go_on(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "LOOKED_THROUGH_ROWS", 4)
    card = await world.card()
    for _ in range(9):
        await world.stamp(card)

    first = (await read(world, f"{VENDOR}/transactions", owner(world), type="card_created")).json()

    assert (first["items"], first["next_cursor"] is None) == ([], False)
    found = await walk(world, f"{VENDOR}/transactions", type="card_created")
    assert len(found) == 1


async def test_a_customers_own_page_shows_what_happened_and_not_who_did_it(world: Any) -> None:
    card = await world.card()
    await world.ask("/stamp", {"card_id": str(card.id), "notes": "for the owner's eyes"})
    path = f"/internal/cards/{card.id}/history"
    service = Caller("service", service="cards")

    shown = await rows(world, path, service, merchant_id=str(world.merchant_id))
    by_till = await read(world, path, merchant_id=str(world.merchant_id))
    theirs = await read(world, path, service, merchant_id=str(uuid7()))

    assert [row["type"] for row in shown] == ["stamp_earned", "card_created"]
    assert shown[0].keys() == {
        *("type", "store_id", "stamps_delta", "points_delta", "stamps_balance_after"),
        *("points_balance_after", "reward_description", "transaction_at"),
    }
    assert by_till.status_code == 403
    assert theirs.json()["code"] == "card-not-found"


async def test_pages_are_read_from_an_index(world: Any) -> None:
    with psycopg.connect(world.owner_url) as conn:
        conn.execute(
            "INSERT INTO transactions (created_at, sequence, program_version, stamps_delta, points_delta,"
            " stamps_balance_after, points_balance_after, type, id, card_id, merchant_id, hash)"
            " SELECT now() - n * interval '1 s', n, 1, 0, 0, 0, 0, 3, gen_random_uuid(), gen_random_uuid(),"
            " gen_random_uuid(), sha256('x') FROM generate_series(1, 20000) n"
        )
        conn.commit()
        conn.execute("ANALYZE transactions")
        plan = conn.execute(
            "EXPLAIN SELECT * FROM transactions WHERE merchant_id = %s"
            " AND (coalesce(transaction_at, created_at), id) < (now(), %s)"
            " ORDER BY coalesce(transaction_at, created_at) DESC, id DESC LIMIT 51",
            (uuid7(), uuid7()),
        ).fetchall()

    text = "\n".join(line for (line,) in plan)
    assert "transactions_by_time" in text
    assert "Sort" not in text

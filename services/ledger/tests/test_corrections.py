"""Adjusts and voids on a real database: what comes back, once, in the chain, also in a race."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from contracts.auth_pins import SIGNING_KEYS_ID, PublicKey, SigningKeysChanged, StaffChanged
from kit.identity import STAFF_SESSION, Caller, public_x
from kit.ids import uuid7
from ledger.chain import COLUMNS
from ledger.check import check_card


def verified(world: Any, card: Any) -> bool:
    with psycopg.connect(world.owner_url, row_factory=dict_row) as conn:
        rows = conn.execute(
            f"SELECT {COLUMNS} FROM transactions WHERE card_id = %s ORDER BY sequence", (card.id,)
        ).fetchall()
        account = conn.execute("SELECT * FROM accounts WHERE card_id = %s", (card.id,)).fetchone()
    return check_card(card.id, rows, account) is None


async def manager_session(world: Any, role: str = "manager", told: str = "manager") -> str:
    """A fresh session of a staff member with this role; `told` is the role as auth-pins told it last."""
    signer = world.keys.signer("auth-pins")
    key = PublicKey(kid=signer.kid, x=public_x(signer.public_key))
    staff_id = uuid7()
    await world.tell(
        SigningKeysChanged(id=SIGNING_KEYS_ID, version=1, keys=(key,)),
        StaffChanged(id=staff_id, version=1, merchant_id=world.merchant_id, role=told),
    )
    token: str = signer.sign(
        {
            "aud": STAFF_SESSION, "jti": str(uuid7()), "sub": str(staff_id),
            "merchant_id": str(world.merchant_id), "store_id": str(world.store_id),
            "terminal_id": str(world.terminal_id), "name": "Ana", "role": role, "exp": time.time() + 900,
        }
    )  # fmt: skip
    return token


def void(card: Any, **more: Any) -> dict[str, Any]:
    return {"card_id": str(card.id), **more}


def account(world: Any, card: Any, *columns: str) -> tuple[Any, ...]:
    row: tuple[Any, ...] = world.rows(
        f"SELECT {', '.join(columns)} FROM accounts WHERE card_id = %s", card.id
    )[0]
    return row


# -- adjusts


async def test_a_manager_adjusts_at_the_till_and_the_reason_is_kept(world: Any) -> None:
    card = await world.card()
    body = {"card_id": str(card.id), "stamps_delta": 4, "notes": "lost paper card"}
    session = await manager_session(world)

    without = await world.ask("/stamp/adjust", body)
    by_staff = await world.ask(
        "/stamp/adjust", body, x_staff_session=await manager_session(world, role="staff")
    )
    demoted = await world.ask(
        "/stamp/adjust", body, x_staff_session=await manager_session(world, told="staff")
    )
    key = str(uuid7())
    first = await world.ask("/stamp/adjust", body, key=key, x_staff_session=session)
    again = await world.ask("/stamp/adjust", body, key=key)

    assert (without.status_code, without.json()["code"]) == (403, "staff-approval-required")
    assert (by_staff.status_code, by_staff.json()["code"]) == (403, "forbidden")
    assert demoted.json()["code"] == "forbidden"
    assert (first.json()["stamps_delta"], first.json()["stamp_count"]) == (4, 4)
    assert (again.content, again.headers["idempotency-replayed"]) == (first.content, "true")
    kept = "SELECT notes FROM transaction_context JOIN transactions ON id = transaction_id WHERE card_id = %s"
    assert world.rows(kept, card.id) == [("lost paper card",)]
    event = world.events(card.id)[-1]["data"]
    assert (event["transaction"]["type"], event["account"]["stamp_count"]) == ("stamp_adjustment", 4)
    assert verified(world, card)


async def test_an_owner_adjusts_points_and_a_dry_run_keeps_nothing(world: Any) -> None:
    card = await world.card()
    body = {
        "card_id": str(card.id), "points_delta": 50, "notes": "sorry", "store_id": str(world.store_id)
    }  # fmt: skip
    async with world.http(Caller("owner", world.merchant_id, user_id=uuid7())) as http:
        path = "/api/v1/vendor/loyalty/points/adjust"
        dry = await http.post(path, json={**body, "dry_run": True})
        real = await http.post(path, json=body, headers={"idempotency-key": str(uuid7())})
        down = {**body, "points_delta": -51}
        refused = await http.post(path, json=down, headers={"idempotency-key": str(uuid7())})

    assert (dry.json()["points_balance"], dry.json()["transaction_id"], dry.json()["dry_run"]) == (
        50,
        None,
        True,
    )
    assert (real.json()["points_delta"], real.json()["points_balance"]) == (50, 50)
    assert (refused.status_code, refused.json()["code"]) == (409, "insufficient-points")
    assert (refused.json()["balance"], refused.json()["required"]) == (50, 51)
    assert account(world, card, "points_balance", "total_points_earned") == (50, 0)


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"notes": None}, "notes", "wrong-type"),
        ({"notes": ""}, "notes", "too-short"),
        ({"stamps_delta": 0}, "stamps_delta", "not-allowed"),
        ({"stamps_delta": 100_001}, "stamps_delta", "too-large"),
        ({"stamps_delta": -100_001}, "stamps_delta", "too-small"),
        ({"points_delta": 1}, "points_delta", "unknown-field"),
    ],
)
async def test_a_bad_adjust_is_named_by_its_field(
    world: Any, changes: dict[str, Any], field: str, code: str
) -> None:
    body = {"qr": "x", "stamps_delta": 1, "notes": "why", **changes}
    answer = await world.ask("/stamp/adjust", body)
    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [(field, code)]
    del body["notes"]
    assert ("notes", "required") in [
        (e["field"], e["code"]) for e in (await world.ask("/stamp/adjust", body)).json()["errors"]
    ]


# -- stamps


async def test_the_newest_stamps_are_taken_back_in_one_void_of_several_rows(world: Any) -> None:
    await world.program(cooldown_minutes=0, max_daily_stamps=4)
    card = await world.card()
    given = [(await world.stamp(card)).json()["transaction_id"] for _ in range(4)]
    key = str(uuid7())
    body = void(card, stamps=2, notes="rung up twice")

    first = await world.ask("/stamp/void", body, key=key)
    again = await world.ask("/stamp/void", body, key=key)

    answer = first.json()
    assert (answer["stamps_voided"], answer["shortfall"], answer["stamp_count"]) == (2, 0, 2)
    assert answer["transaction_id"] == answer["transaction_ids"][0]
    assert (answer["stamps_today"], answer["stamps_remaining_today"]) == (2, 2)
    assert (again.content, again.headers["idempotency-replayed"]) == (first.content, "true")
    rows = world.rows(
        "SELECT id::text, voids_transaction_id::text, key_part, stamps_delta, notes FROM transactions t"
        " JOIN transaction_context ON id = transaction_id WHERE card_id = %s AND type = 5 ORDER BY sequence",
        card.id,
    )
    assert [row[0] for row in rows] == answer["transaction_ids"]
    assert [row[1:] for row in rows] == [
        (given[3], 0, -1, "rung up twice"), (given[2], 1, -1, "rung up twice")
    ]  # fmt: skip
    assert len({row[0] for row in world.rows("SELECT key_hash FROM transactions WHERE type = 5")}) == 1
    assert [e["data"]["transaction"]["stamps_balance_after"] for e in world.events(card.id)[-2:]] == [3, 2]
    assert verified(world, card)


async def test_a_voided_stamp_frees_cooldown_and_day_also_when_it_is_not_the_newest(world: Any) -> None:
    await world.program(cooldown_minutes=15, max_daily_stamps=2)
    card = await world.card()
    first = (await world.stamp(card)).json()["transaction_id"]
    assert (await world.stamp(card)).json()["code"] == "stamp-cooldown"
    freed = (await world.ask("/stamp/void", {"transaction_id": first})).json()
    assert (freed["next_stamp_available_at"], freed["stamps_today"]) == (None, 0)

    second = await world.stamp(card)
    assert second.status_code == 200
    await world.program(cooldown_minutes=0, max_daily_stamps=2)
    third = (await world.stamp(card)).json()["transaction_id"]
    full = (await world.stamp(card)).json()
    await world.ask("/stamp/void", {"transaction_id": second.json()["transaction_id"]})
    (last,) = account(world, card, "last_stamp_at")

    assert full["code"] == "daily-stamp-limit"
    assert [last] == [r[0] for r in world.rows("SELECT created_at FROM transactions WHERE id = %s", third)]
    assert (await world.stamp(card)).status_code == 200


async def test_stamps_spent_already_are_owed_and_the_next_ones_pay(world: Any) -> None:
    await world.program(stamps_target=2)
    card = await world.card()
    for _ in range(2):
        await world.stamp(card)
    await world.ask("/stamp/redeem", {"card_id": str(card.id)})

    answer = (await world.ask("/stamp/void", void(card))).json()
    paid = (await world.stamp(card)).json()

    assert (answer["stamps_voided"], answer["shortfall"], answer["stamp_count"]) == (0, 1, 0)
    assert (paid["owed_repaid"], paid["stamp_count"]) == (1, 0)
    assert account(world, card, "stamps_owed", "total_stamps_voided", "total_stamps_earned") == (0, 0, 2)
    assert verified(world, card)


async def test_a_stamp_reward_is_given_back_once(world: Any) -> None:
    await world.program(stamps_target=2)
    card = await world.card()
    for _ in range(2):
        await world.stamp(card)
    taken = (await world.ask("/stamp/redeem", {"card_id": str(card.id)})).json()["transaction_id"]

    back = (await world.ask("/stamp/void", {"transaction_id": taken})).json()
    twice = await world.ask("/stamp/void", {"transaction_id": taken})

    assert (back["stamps_voided"], back["shortfall"], back["stamp_count"]) == (2, 0, 2)
    assert back["card_id"] == str(card.id)
    assert (twice.status_code, twice.json()["code"]) == (409, "already-voided")
    assert twice.json()["transaction_id"] == taken
    assert account(world, card, "stamps_redeemed", "total_stamps_voided") == (0, 0)
    assert verified(world, card)


async def test_fewer_stamps_than_asked_leave_all(world: Any) -> None:
    card = await world.card()
    await world.stamp(card)
    answer = await world.ask("/stamp/void", void(card, stamps=2))
    assert (answer.status_code, answer.json()["code"]) == (409, "insufficient-stamps")
    assert len(world.transactions(card.id)) == 2


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/stamp/void", {}),
        ("/stamp/void", {"qr": "x", "transaction_id": str(uuid7()), "stamps": 1}),
        ("/stamp/void", {"qr": "x", "number": "123456789012"}),
        ("/points/void", {"qr": "x"}),
        ("/points/void", {"transaction_id": str(uuid7()), "order_reference": "A"}),
    ],
)
async def test_a_void_names_exactly_one_thing(world: Any, path: str, body: dict[str, Any]) -> None:
    answer = await world.ask(path, body)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "exactly-one")


async def test_what_is_not_this_cards_or_merchants_is_not_found(world: Any) -> None:
    class NoCards:
        async def get(self, path: str) -> None:
            return None

    world.accounts._cards = NoCards()
    card, other = await world.card(), await world.card()
    stamped = (await world.stamp(card)).json()["transaction_id"]
    stranger = Caller("terminal", uuid7(), world.store_id, world.terminal_id)
    async with world.http(stranger) as http:
        path = "/api/v1/vendor/loyalty/stamp/void"
        theirs = await http.post(
            path, json={"transaction_id": stamped}, headers={"idempotency-key": str(uuid7())}
        )
    answers = [
        await world.ask("/stamp/void", {"transaction_id": str(uuid7())}),
        await world.ask("/stamp/void", void(other, transaction_id=stamped)),
        await world.ask("/points/void", {"order_reference": "nothing"}),
        theirs,
    ]
    unknown = await world.ask("/stamp/void", {"qr": "nobody", "transaction_id": stamped})

    assert {(a.status_code, a.json()["code"]) for a in answers} == {(404, "transaction-not-found")}
    assert unknown.json()["code"] == "card-not-found"
    assert len(world.transactions(card.id)) == 2


async def test_without_cross_location_a_void_belongs_to_the_transactions_store(world: Any) -> None:
    card = await world.card()
    stamped = (await world.stamp(card)).json()["transaction_id"]
    await world.settings(allow_cross_location_redemption=False)
    elsewhere = Caller("terminal", world.merchant_id, world.other_store_id, uuid7())
    async with world.http(elsewhere) as http:
        path = "/api/v1/vendor/loyalty/stamp/void"
        there = await http.post(
            path, json={"transaction_id": stamped}, headers={"idempotency-key": str(uuid7())}
        )
    here = await world.ask("/stamp/void", {"transaction_id": stamped})
    assert (there.status_code, there.json()["code"]) == (409, "store-not-allowed")
    assert here.status_code == 200


# -- points


async def test_a_purchase_is_returned_in_parts_and_never_more_than_it_was(world: Any) -> None:
    card = await world.card()
    earned = (await world.earn(card, 999, order_reference="A-1")).json()
    assert earned["points_earned"] == 99

    part = (await world.ask("/points/void", {"order_reference": "A-1", "amount_cents": 500})).json()
    more = (await world.ask("/points/void", {"order_reference": "A-1", "amount_cents": 500})).json()
    still = (await world.earn(card, 999, order_reference="A-1")).json()
    rest = (await world.ask("/points/void", {"transaction_id": earned["transaction_id"]})).json()
    none = (await world.ask("/points/void", {"transaction_id": earned["transaction_id"]})).json()

    assert (part["points_voided"], part["shortfall"], part["points_balance"]) == (49, 0, 50)
    assert (more["code"], more["remaining_cents"]) == ("void-exceeds-remaining", 499)
    assert still["code"] == "order-already-rewarded"
    assert (rest["points_voided"], rest["points_balance"]) == (50, 0)
    assert (none["code"], none["remaining_cents"]) == ("already-voided", 0)
    assert account(world, card, "total_points_earned", "total_points_voided") == (99, 99)
    assert verified(world, card)


async def test_an_order_voided_whole_earns_again_once_and_is_voided_again(world: Any) -> None:
    cards = [await world.card() for _ in range(6)]
    await world.earn(cards[0], order_reference="A-2")
    await world.ask("/points/void", {"order_reference": "A-2"})
    voided = (await world.ask("/points/void", {"order_reference": "A-2"})).json()

    answers = await asyncio.gather(*(world.earn(card, order_reference="A-2") for card in cards))
    again = await world.ask("/points/void", {"order_reference": "A-2"})

    assert voided["code"] == "already-voided"
    codes = sorted(answer.json().get("code", "earned") for answer in answers)
    assert codes == ["earned"] + ["order-already-rewarded"] * 5
    (winner,) = [answer.json()["card_id"] for answer in answers if answer.status_code == 200]
    assert (again.status_code, again.json()["card_id"]) == (200, winner)


async def test_points_spent_already_are_owed_and_the_next_purchase_pays(world: Any) -> None:
    card = await world.card()
    mug = await world.reward(points_required=80)
    earned = (await world.earn(card, 1000)).json()["transaction_id"]
    await world.ask("/points/redeem", {"card_id": str(card.id), "reward_id": str(mug.id)})

    answer = (await world.ask("/points/void", {"transaction_id": earned})).json()
    paid = (await world.earn(card, 1000)).json()

    assert (answer["points_voided"], answer["shortfall"], answer["points_balance"]) == (20, 80, 0)
    assert (paid["points_earned"], paid["owed_repaid"], paid["points_balance"]) == (100, 80, 20)
    assert verified(world, card)


async def test_a_voided_redemption_gives_points_stock_and_the_cards_count_back(world: Any) -> None:
    card = await world.card()
    mug = await world.reward(points_required=100, stock=1, max_per_card=1)
    await world.earn(card, 1000)
    body = {"card_id": str(card.id), "reward_id": str(mug.id)}
    taken = (await world.ask("/points/redeem", body)).json()["transaction_id"]
    full = (await world.ask("/points/redeem", body)).json()

    back = (await world.ask("/points/void", {"transaction_id": taken})).json()
    amount = (await world.ask("/points/void", {"transaction_id": taken, "amount_cents": 1})).json()
    again = await world.ask("/points/redeem", body)

    assert full["code"] == "reward-out-of-stock"
    assert (back["points_voided"], back["points_balance"]) == (100, 100)
    assert amount["code"] == "void-not-allowed"
    assert again.status_code == 200
    assert account(world, card, "points_redeemed", "total_points_voided") == (100, 0)
    assert verified(world, card)


async def test_a_void_works_on_an_inactive_and_deleted_program_unless_the_merchant_forbids_it(
    world: Any,
) -> None:
    from kit.ids import now

    card = await world.card()
    first, second = [(await world.earn(card)).json()["transaction_id"] for _ in range(2)]
    await world.program(is_active=False, deleted_at=now())
    assert (await world.ask("/points/void", {"transaction_id": first})).status_code == 200
    await world.settings(allow_void=False)
    refused = await world.ask("/points/void", {"transaction_id": second})
    assert (refused.status_code, refused.json()["code"]) == (409, "void-not-allowed")
    assert refused.json()["transaction_id"] == second


async def test_many_voids_of_one_purchase_at_once_take_it_back_once(world: Any) -> None:
    card = await world.card()
    earned = (await world.earn(card, 1000)).json()["transaction_id"]
    stamps = [world.stamp(card) for _ in range(10)]
    voids = [world.ask("/points/void", {"transaction_id": earned}) for _ in range(10)]
    halves = [world.ask("/stamp/void", void(card)) for _ in range(5)]

    answers = await asyncio.gather(*stamps, *voids, *halves)

    assert sorted(a.json().get("code", "voided") for a in answers[10:20]) == ["already-voided"] * 9 + [
        "voided"
    ]
    left = 10 - sum(answer.status_code == 200 for answer in answers[20:])
    assert account(world, card, "points_balance", "stamp_count", "stamps_owed") == (0, left, 0)
    assert verified(world, card)


async def test_a_dry_void_answers_alike_and_keeps_nothing(world: Any) -> None:
    card = await world.card()
    await world.stamp(card)
    dry = (await world.ask("/stamp/void", void(card, dry_run=True))).json()
    real = (await world.ask("/stamp/void", void(card))).json()

    assert (dry.pop("dry_run"), dry["transaction_id"], dry["transaction_ids"]) == (True, None, [])
    timeless = ("transaction_id", "transaction_ids", "transaction_at")
    assert {k: v for k, v in dry.items() if k not in timeless} == {
        k: v for k, v in real.items() if k not in timeless
    }

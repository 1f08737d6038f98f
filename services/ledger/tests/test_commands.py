"""Moves on a real database: keys, races, what is not heard of yet, what survives a lost connection."""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from ledger.chain import COLUMNS
from ledger.check import check_card


def verified(world: Any, card_id: Any) -> bool:
    """The card's chain, sums and account, as `verify` follows them."""
    with psycopg.connect(world.owner_url, row_factory=dict_row) as conn:
        rows = conn.execute(
            f"SELECT {COLUMNS} FROM transactions WHERE card_id = %s ORDER BY sequence", (card_id,)
        ).fetchall()
        account = conn.execute("SELECT * FROM accounts WHERE card_id = %s", (card_id,)).fetchone()
    return check_card(card_id, rows, account) is None


async def test_fifty_parallel_submits_of_one_key_leave_one_row_and_49_replays(world: Any) -> None:
    card = await world.card()

    answers = await asyncio.gather(*(world.stamp(card, key="0123456789abcdef-one") for _ in range(50)))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert sum(answer.headers.get("idempotency-replayed") == "true" for answer in answers) == 49
    assert len(world.transactions(card.id)) == 2  # the opening, and the stamp
    assert len(world.events(card.id)) == 2


async def test_sixty_four_callers_on_one_card_are_counted_exactly(world: Any) -> None:
    card = await world.card()

    async def caller() -> list[int]:
        return [(await world.stamp(card)).status_code for _ in range(5)]

    statuses = await asyncio.gather(*(caller() for _ in range(64)))

    assert {status for each in statuses for status in each} == {200}
    rows = world.rows("SELECT stamp_count, sequence FROM accounts WHERE card_id = %s", card.id)
    assert rows == [(320, 321)]
    assert verified(world, card.id)


async def test_with_a_cooldown_one_of_many_parallel_stamps_counts(world: Any) -> None:
    await world.program(cooldown_minutes=15)
    card = await world.card()

    answers = await asyncio.gather(*(world.stamp(card) for _ in range(100)))

    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 99
    refused = [answer.json() for answer in answers if answer.status_code == 409]
    assert {problem["code"] for problem in refused} == {"stamp-cooldown"}
    assert len({problem["retry_at"] for problem in refused}) == 1


async def test_the_daily_limit_holds_in_a_race(world: Any) -> None:
    await world.program(max_daily_stamps=5)
    card = await world.card()
    answers = await asyncio.gather(*(world.stamp(card) for _ in range(40)))
    codes = [answer.json().get("code") for answer in answers]
    assert codes.count(None) == 5
    assert codes.count("daily-stamp-limit") == 35


async def test_many_cards_by_all_their_names_do_not_block_one_another(world: Any) -> None:
    cards = [await world.card() for _ in range(12)]

    async def caller(number: int) -> None:
        for turn in range(12):
            card = cards[(number + turn) % 12]
            name = [{"card_id": str(card.id)}, {"qr": card.qr_code}, {"number": card.card_number}][turn % 3]
            assert (await world.ask("/stamp", name)).status_code == 200

    await asyncio.gather(*(caller(number) for number in range(12)))

    assert all(verified(world, card.id) for card in cards)
    (total,) = world.rows("SELECT sum(stamp_count) FROM accounts WHERE merchant_id = %s", world.merchant_id)[
        0
    ]
    assert total == 144


async def test_the_last_reward_is_given_once(world: Any) -> None:
    cards = [await world.card() for _ in range(20)]
    for card in cards:
        assert (await world.earn(card, 10_000)).status_code == 200
    for _ in range(5):
        reward = await world.reward(stock=1)
        bodies = [{"card_id": str(card.id), "reward_id": str(reward.id)} for card in cards]
        answers = await asyncio.gather(*(world.ask("/points/redeem", body) for body in bodies))
        codes = sorted(answer.json().get("code", "given") for answer in answers)
        assert codes == ["given"] + ["reward-out-of-stock"] * 19


async def test_a_reward_is_limited_per_card(world: Any) -> None:
    card = await world.card()
    await world.earn(card, 100_000)
    reward = await world.reward(max_per_card=2)
    body = {"card_id": str(card.id), "reward_id": str(reward.id)}
    codes = [(await world.ask("/points/redeem", body)).json().get("code") for _ in range(3)]
    assert codes == [None, None, "reward-limit-reached"]


async def test_an_order_reference_earns_once_for_a_merchant_also_in_a_race(world: Any) -> None:
    cards = [await world.card() for _ in range(10)]

    answers = await asyncio.gather(*(world.earn(card, order_reference="A-1001") for card in cards))

    codes = sorted(answer.json().get("code", "earned") for answer in answers)
    assert codes == ["earned"] + ["order-already-rewarded"] * 9
    (first,) = [answer.json()["transaction_id"] for answer in answers if answer.status_code == 200]
    assert {a.json()["transaction_id"] for a in answers if a.status_code == 409} == {first}


async def test_a_kept_refusal_is_replayed_though_it_would_be_possible_now(world: Any) -> None:
    card = await world.card()
    key = "refused-once-0123456"
    body = {"card_id": str(card.id)}
    refused = await world.ask("/stamp/redeem", body, key=key)
    for _ in range(3):
        await world.stamp(card)

    again = await world.ask("/stamp/redeem", body, key=key)

    assert (refused.status_code, refused.json()["code"]) == (409, "insufficient-stamps")
    assert again.content == refused.content
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["content-type"] == "application/problem+json"
    assert (await world.ask("/stamp/redeem", body)).status_code == 200


async def test_a_key_used_for_another_request_is_refused_and_counts_nothing(world: Any) -> None:
    card, other = await world.card(), await world.card()
    key = "0123456789abcdef-two"
    await world.stamp(card, key=key)
    answers = [
        await world.stamp(other, key=key),
        await world.ask("/stamp", {"qr": card.qr_code}, key=key),
        await world.ask("/stamp", {"card_id": str(card.id), "notes": "x"}, key=key),
        await world.ask("/stamp/redeem", {"card_id": str(card.id)}, key=key),
    ]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {
        (422, "idempotency-key-reused")
    }
    assert len(world.transactions(other.id)) == 1
    # The order of members, spaces and the approval do not make it another request.
    same = await world.ask(
        "/stamp", {"notes": None, "card_id": str(card.id)}, key=key, x_staff_session="other"
    )
    assert same.headers["idempotency-replayed"] == "true"


async def test_an_answer_no_longer_kept_still_refuses_a_second_effect(world: Any) -> None:
    card = await world.card()
    key = "0123456789abcdef-three"
    first = await world.stamp(card, key=key)
    with psycopg.connect(world.owner_url) as conn:
        conn.execute("DELETE FROM answers")

    again = await world.stamp(card, key=key)

    assert (again.status_code, again.json()["code"]) == (409, "idempotency-key-expired")
    assert again.json()["transaction_id"] == first.json()["transaction_id"]
    assert len(world.transactions(card.id)) == 2


async def test_a_dry_run_answers_alike_and_keeps_nothing(world: Any) -> None:
    card = await world.card()
    body = {"card_id": str(card.id), "dry_run": True}
    async with world.http() as http:
        dry = await http.post("/api/v1/vendor/loyalty/stamp", json=body)
    real = await world.stamp(card)

    assert dry.json().pop("dry_run") is True
    assert dry.json()["transaction_id"] is None
    timeless = ("transaction_id", "transaction_at", "dry_run")
    assert {k: v for k, v in dry.json().items() if k not in timeless} == {
        k: v for k, v in real.json().items() if k not in timeless
    }
    assert len(world.transactions(card.id)) == 2


async def test_a_caller_that_goes_away_changes_nothing(world: Any) -> None:
    card = await world.card()
    key = "0123456789abcdef-gone"
    asking = asyncio.create_task(world.stamp(card, key=key))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking

    again = await world.stamp(card, key=key)

    assert again.status_code == 200
    assert len(world.transactions(card.id)) == 2


async def test_a_lost_connection_is_opened_again_and_counts_once(world: Any, database: Any) -> None:
    card = await world.card()
    await world.stamp(card)
    with psycopg.connect(database("ledger").superuser_url, autocommit=True) as conn:
        conn.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    answers = await asyncio.gather(*(world.stamp(card) for _ in range(10)))

    assert [answer.status_code for answer in answers] == [200] * 10
    assert verified(world, card.id)
    assert len(world.transactions(card.id)) == 12


async def test_one_bad_operation_does_not_spoil_its_batch(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ledger.batches import batch

    cards = [await world.card() for _ in range(10)]
    decide = batch.decide

    def broken(account: Any, *rest: Any) -> Any:
        assert account.card_id != cards[3].id, "a defect on this card"
        return decide(account, *rest)

    monkeypatch.setattr(batch, "decide", broken)
    answers = await asyncio.gather(*(world.stamp(card) for card in cards))

    assert [a.status_code for a in answers] == [200] * 3 + [500] + [200] * 6
    assert answers[3].json()["code"] == "internal-error"
    assert "defect" not in answers[3].text
    assert len(world.transactions(cards[3].id)) == 1


async def test_a_card_not_heard_of_is_asked_for_once_and_opened(world: Any) -> None:
    asked = []
    card = world.new_card(card_number="000000000042")

    class Cards:
        async def get(self, path: str) -> Any:
            asked.append(path)
            await asyncio.sleep(0.01)
            return card.model_dump(mode="json") if card.card_number in path or str(card.id) in path else None

    world.accounts._cards = Cards()
    stamped = await world.ask("/stamp", {"number": "0000-0000-0042"})
    missed = [await world.ask("/stamp", {"qr": "nobody-has-this-code"}) for _ in range(3)]

    assert stamped.status_code == 200
    assert [answer.json()["code"] for answer in missed] == ["card-not-found"] * 3
    assert asked == ["/internal/cards/by-number/000000000042", "/internal/cards/by-qr/nobody-has-this-code"]
    assert [
        row[0]
        for row in world.rows("SELECT type FROM transactions WHERE card_id = %s ORDER BY sequence", card.id)
    ] == [1, 3]


async def test_each_row_carries_the_program_version_it_was_decided_by(world: Any) -> None:
    card = await world.card()
    before = world.version
    await world.stamp(card)
    await world.program(stamps_target=7)
    answer = await world.stamp(card)
    rows = world.rows(
        "SELECT program_version FROM transactions WHERE card_id = %s ORDER BY sequence", card.id
    )
    assert answer.json()["stamps_target"] == 7
    assert [row[0] for row in rows] == [before, before, before + 1]

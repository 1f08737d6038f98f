"""Points that nobody moved for long expire once, whoever runs the job, however often, wherever it ends."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from contracts.problem import UpstreamUnavailable
from kit.identity import Caller
from kit.ids import now, uuid7
from ledger import expiry as job
from ledger.chain import COLUMNS
from ledger.check import check_card
from ledger.domain import Account, Asker, Expire, Rules, decide
from ledger.expiry import Expiry

DAYS = 30
NOW = datetime.fromisoformat("2026-06-15T10:00:00+00:00")


# -- the rule


def an_account(**changes: Any) -> Account:
    return Account(uuid7(), uuid7(), uuid7(), "123456789012", **{"points_balance": 70, **changes})


def rules(**changes: Any) -> Rules:
    values: dict[str, Any] = {
        "program_id": uuid7(), "version": 1, "loyalty_type": "points", "is_active": True, "zone": NOW.tzinfo,
        "currency": "EUR", "minor_per_unit": 100, "points_expiration_days": DAYS, **changes,
    }  # fmt: skip
    return Rules(**values)


def expired(account: Account, program: Rules, opened_at: datetime = NOW - timedelta(days=400)) -> int:
    decided = decide(account, program, Expire(opened_at), Asker(account.merchant_id, None), NOW)
    assert isinstance(decided, tuple)
    return sum(entry.points_delta for entry in decided)


@pytest.mark.parametrize(
    ("idle", "lost"), [(timedelta(days=DAYS), -70), (timedelta(days=DAYS) - timedelta(microseconds=1), 0)]
)
def test_the_whole_balance_goes_after_exactly_so_many_days(idle: timedelta, lost: int) -> None:
    assert expired(an_account(last_activity_at=NOW - idle), rules()) == lost
    assert expired(an_account(), rules(), opened_at=NOW - idle) == lost


@pytest.mark.parametrize(
    ("account", "program", "lost"),
    [
        ({"is_active": False}, {}, -70),
        ({}, {"is_active": False}, -70),
        ({}, {"loyalty_type": "hybrid"}, -70),
        ({}, {"loyalty_type": "stamps"}, 0),
        ({}, {"is_gone": True}, 0),
        ({"is_gone": True}, {}, 0),
        ({}, {"points_expiration_days": None}, 0),
        ({"points_balance": 0}, {}, 0),
    ],
)
def test_what_expires_and_what_does_not(account: dict[str, Any], program: dict[str, Any], lost: int) -> None:
    assert expired(an_account(**account), rules(**program)) == lost


# -- the job


@pytest.fixture(autouse=True)
def today(request: pytest.FixtureRequest) -> None:
    """The day has no job done yet."""
    if "world" in request.fixturenames:
        new_day(request.getfixturevalue("world"))


async def idle_card(world: Any, cents: int = 1000, days: float = DAYS + 1) -> Any:
    """A card with points whose last activity was so long ago."""
    card = await world.card()
    await world.earn(card, cents)
    grow_old(world, card, days)
    return card


def grow_old(world: Any, card: Any, days: float) -> None:
    with psycopg.connect(world.owner_url) as conn:
        conn.execute(
            "UPDATE accounts SET last_activity_at = last_activity_at - %s, created_at = created_at - %s"
            " WHERE card_id = %s",
            (timedelta(days=days), timedelta(days=days), card.id),
        )


def new_day(world: Any) -> None:
    with psycopg.connect(world.owner_url) as conn:
        conn.execute(
            "UPDATE expiry SET finished_on = (now() AT TIME ZONE 'UTC')::date - 1,"
            " claimed_until = now() - interval '1 s'"
        )


def replica(world: Any) -> Expiry:
    first: Expiry = world.service.http.state.expiry
    return Expiry(world.service.work, world.states, first._moves)


def balance(world: Any, card: Any) -> tuple[int, int]:
    query = "SELECT points_balance, total_points_expired FROM accounts WHERE card_id = %s"
    found: tuple[int, int] = world.rows(query, card.id)[0]
    return found


def expiries(world: Any, card: Any) -> int:
    query = "SELECT count(*) FROM transactions WHERE card_id = %s AND type = 11"
    return int(world.rows(query, card.id)[0][0])


def verified(world: Any, card: Any) -> bool:
    with psycopg.connect(world.owner_url, row_factory=dict_row) as conn:
        rows = conn.execute(
            f"SELECT {COLUMNS} FROM transactions WHERE card_id = %s ORDER BY sequence", (card.id,)
        ).fetchall()
        account = conn.execute("SELECT * FROM accounts WHERE card_id = %s", (card.id,)).fetchone()
    return check_card(card.id, rows, account) is None


async def test_idle_cards_lose_their_points_in_one_row_and_all_others_keep_them(world: Any) -> None:
    await world.program(points_expiration_days=DAYS)
    idle, off = await idle_card(world), await idle_card(world)
    active, bare = await idle_card(world, days=DAYS - 1), await world.card()
    async with world.http(Caller("owner", world.merchant_id, user_id=uuid7())) as http:
        await http.post(f"/api/v1/vendor/loyalty/cards/{off.id}/deactivate")

    assert await replica(world).run_once()

    assert [balance(world, card) for card in (idle, off, active, bare)] == [
        (0, 100), (0, 100), (100, 0), (0, 0)
    ]  # fmt: skip
    assert [expiries(world, card) for card in (idle, off, active, bare)] == [1, 1, 0, 0]
    told = world.events(idle.id)[-1]["data"]
    assert (told["transaction"]["type"], told["transaction"]["points_delta"]) == ("points_expired", -100)
    assert (told["account"]["points_balance"], told["account"]["total_points_expired"]) == (0, 100)
    assert all(verified(world, card) for card in (idle, off, active))


async def test_only_stamps_earnings_and_redemptions_keep_points_alive(world: Any) -> None:
    await world.program(points_expiration_days=DAYS)
    stamped, adjusted, never, voided = [await idle_card(world) for _ in range(4)]
    grow_old(world, never, 0)
    voids = (await world.stamp(voided)).json()["transaction_id"]
    await world.ask("/stamp/void", {"transaction_id": voids})
    await world.stamp(stamped)
    async with world.http(Caller("owner", world.merchant_id, user_id=uuid7())) as http:
        body = {"card_id": str(adjusted.id), "points_delta": 5, "notes": "x", "store_id": str(world.store_id)}
        path, key = "/api/v1/vendor/loyalty/points/adjust", {"idempotency-key": str(uuid7())}
        assert (await http.post(path, json=body, headers=key)).status_code == 200

    await replica(world).run_once()

    assert balance(world, stamped) == (100, 0)
    assert balance(world, voided) == (100, 0), "an activity that was voided still counts"
    assert balance(world, adjusted) == (0, 105)
    assert balance(world, never) == (0, 100)


async def test_a_bonus_that_was_never_touched_counts_from_the_opening(world: Any) -> None:
    await world.program(points_expiration_days=DAYS, welcome_bonus_points=40)
    card = await world.card(first_of_customer=True)
    grow_old(world, card, DAYS + 1)

    await replica(world).run_once()

    assert balance(world, card) == (0, 40)


async def test_the_job_is_done_once_a_day_and_twice_changes_nothing(world: Any) -> None:
    await world.program(points_expiration_days=DAYS)
    card = await idle_card(world)

    first = await replica(world).run_once()
    again = await replica(world).run_once()
    new_day(world)
    next_day = await replica(world).run_once()

    assert (first, again, next_day) == (True, False, True)
    assert expiries(world, card) == 1


async def test_several_replicas_at_once_expire_each_card_once(world: Any) -> None:
    await world.program(points_expiration_days=DAYS)
    cards = [await idle_card(world) for _ in range(12)]
    replicas = [replica(world) for _ in range(4)]

    ran = await asyncio.gather(*(one.run_once() for one in replicas))
    for one in replicas:
        one._me = replicas[ran.index(True)]._me  # as if each believed that it was its turn
    await asyncio.gather(*(one.expire() for one in replicas))

    assert sorted(ran) == [False, False, False, True]
    assert [expiries(world, card) for card in cards] == [1] * 12
    assert all(verified(world, card) for card in cards)


async def test_a_run_that_ended_half_way_is_gone_on_with_by_another(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "PAGE_ACCOUNTS", 2)
    await world.program(points_expiration_days=DAYS)
    cards = [await idle_card(world) for _ in range(6)]
    broken, whole = replica(world), replica(world)
    asked = broken._ask

    async def ask(idle: Any) -> None:
        if cards[4].id in [account.card_id for account in idle]:
            raise UpstreamUnavailable("killed here")
        await asked(idle)

    monkeypatch.setattr(broken, "_ask", ask)
    with pytest.raises(UpstreamUnavailable):
        await broken.run_once()
    half = sum(expiries(world, card) for card in cards)
    waits = await whole.run_once()
    with psycopg.connect(world.owner_url) as conn:
        conn.execute("UPDATE expiry SET claimed_until = now() - interval '1 s'")
    goes_on = await whole.run_once()

    assert 0 < half < 6
    assert (waits, goes_on) == (False, True)
    assert [expiries(world, card) for card in cards] == [1] * 6
    assert await broken.expire() is None, "what took over is not disturbed"


async def test_an_earning_and_the_expiry_at_once_end_in_one_order(world: Any) -> None:
    await world.program(points_expiration_days=DAYS)
    cards = [await idle_card(world) for _ in range(30)]

    await asyncio.gather(replica(world).run_once(), *(world.earn(card, 500) for card in cards))

    for card in cards:
        last = world.rows(
            "SELECT type FROM transactions WHERE card_id = %s ORDER BY sequence DESC LIMIT 1", card.id
        )[0][0]
        left, lost = balance(world, card)
        assert (left, lost) in ((50, 100), (150, 0))
        assert last == 7, "an earning just now keeps all that is there"
        assert verified(world, card)


async def test_a_card_that_is_named_to_expire_by_mistake_keeps_its_points(world: Any) -> None:
    await world.program(points_expiration_days=DAYS)
    card = await idle_card(world)
    one = replica(world)
    from ledger.store import Idle

    await world.earn(card, 500)
    await one._ask([Idle(card.id, world.merchant_id, now() - timedelta(days=400))])

    assert balance(world, card) == (150, 0)

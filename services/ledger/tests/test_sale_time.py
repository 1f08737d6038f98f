"""Sales of tills that were offline: the rules as of the sale, read from the log; the row follows arrival."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from psycopg.rows import dict_row

from contracts.auth_pins import SIGNING_KEYS_ID, PublicKey, SigningKeysChanged, StaffChanged
from kit.identity import STAFF_SESSION, public_x
from kit.ids import instant_text, now, uuid7
from ledger.chain import COLUMNS
from ledger.check import check_card

ZONE = ZoneInfo("Europe/Luxembourg")


def ago(**parts: float) -> str:
    return instant_text(now() - timedelta(**parts))


async def stamp(world: Any, card: Any, sale_at: str | None = None, **more: Any) -> Any:
    return await world.ask("/stamp", {"card_id": str(card.id), "sale_at": sale_at}, **more)


def row(world: Any, transaction_id: str) -> tuple[Any, ...]:
    query = "SELECT transaction_at, created_at, sequence FROM transactions WHERE id = %s"
    found: tuple[Any, ...] = world.rows(query, transaction_id)[0]
    return found


def verified(world: Any, card: Any) -> bool:
    with psycopg.connect(world.owner_url, row_factory=dict_row) as conn:
        rows = conn.execute(
            f"SELECT {COLUMNS} FROM transactions WHERE card_id = %s ORDER BY sequence", (card.id,)
        ).fetchall()
        account = conn.execute("SELECT * FROM accounts WHERE card_id = %s", (card.id,)).fetchone()
    return check_card(card.id, rows, account) is None


def last_stamp(world: Any, card: Any) -> Any:
    return world.rows("SELECT last_stamp_at FROM accounts WHERE card_id = %s", card.id)[0][0]


# -- the row


async def test_a_late_stamp_happened_at_the_sale_and_is_recorded_now(world: Any) -> None:
    card = await world.card()
    regular = (await stamp(world, card)).json()
    sold = ago(hours=3)

    late = await stamp(world, card, sold)

    assert (late.status_code, late.json()["transaction_at"], late.json()["stamp_count"]) == (200, sold, 2)
    happened, recorded, sequence = row(world, late.json()["transaction_id"])
    assert (instant_text(happened), sequence) == (sold, 3)
    assert recorded - happened >= timedelta(hours=3)
    event = world.events(card.id)[-1]["data"]["transaction"]
    assert (event["transaction_at"], event["created_at"] > sold) == (sold, True)
    assert last_stamp(world, card) == row(world, regular["transaction_id"])[1]
    assert verified(world, card)


async def test_a_late_earning_counts_as_activity_of_then(world: Any) -> None:
    card = await world.card()
    sold = ago(hours=20)

    late = await world.earn(card, 1000, sale_at=sold)
    columns = "last_points_at, last_activity_at, points_balance"
    after_late = world.rows(f"SELECT {columns} FROM accounts WHERE card_id = %s", card.id)[0]
    regular = await world.earn(card, 1000)
    await world.earn(card, 1000, sale_at=sold)
    after_all = world.rows(f"SELECT {columns} FROM accounts WHERE card_id = %s", card.id)[0]

    assert (late.status_code, late.json()["transaction_at"]) == (200, sold)
    assert [instant_text(after_late[0]), instant_text(after_late[1]), after_late[2]] == [sold, sold, 100]
    assert instant_text(after_all[0]) == instant_text(after_all[1]) == regular.json()["transaction_at"]
    assert after_all[2] == 300
    assert verified(world, card)


async def test_a_dry_run_of_a_late_sale_answers_alike(world: Any) -> None:
    card = await world.card()
    body = {"card_id": str(card.id), "sale_at": ago(hours=1)}
    dry = (await world.ask("/stamp", {**body, "dry_run": True})).json()
    real = (await world.ask("/stamp", body)).json()
    assert (dry.pop("dry_run"), dry.pop("transaction_id")) == (True, None)
    assert dry == {name: value for name, value in real.items() if name != "transaction_id"}


# -- the window


@pytest.mark.parametrize(
    ("sale_at", "code"),
    [
        pytest.param(ago(hours=24, seconds=30), "too-small", id="a day and more ago"),
        ("0001-01-01T00:00:00+14:00", "too-small"),
        pytest.param(instant_text(now() + timedelta(hours=1)), "too-large", id="in an hour"),
        ("2026-11-20T10:00:00", "bad-format"),
        ("yesterday", "bad-format"),
        (1_700_000_000, "wrong-type"),
        (True, "wrong-type"),
    ],
)
async def test_a_sale_outside_its_window_is_named_by_its_field(world: Any, sale_at: Any, code: str) -> None:
    card = await world.card()
    for path, more in (("/stamp", {}), ("/points/earn", {"purchase_amount_cents": 100, "currency": "EUR"})):
        answer = await world.ask(path, {"card_id": str(card.id), "sale_at": sale_at, **more})
        assert (answer.status_code, answer.json()["code"]) == (422, "validation-failed")
        assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [("sale_at", code)]
    assert len(world.transactions(card.id)) == 1


async def test_the_edges_of_the_window_are_inside(world: Any) -> None:
    card = await world.card()
    oldest = await stamp(world, card, ago(hours=23, minutes=59, seconds=30))
    ahead = await stamp(world, card, instant_text(now() + timedelta(seconds=55)))
    assert (oldest.status_code, ahead.status_code) == (200, 200)


async def test_a_repeat_is_answered_also_after_the_window(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ledger.batches import late

    card = await world.card()
    sold, key = ago(hours=2), str(uuid7())
    first = await stamp(world, card, sold, key=key)
    monkeypatch.setattr(late, "OLDEST", timedelta(minutes=1))

    again = await stamp(world, card, sold, key=key)
    other = await stamp(world, card, sold)

    assert (again.content, again.headers["idempotency-replayed"]) == (first.content, "true")
    assert other.json()["code"] == "validation-failed"


async def test_other_moves_take_no_sale_time(world: Any) -> None:
    answer = await world.ask("/stamp/redeem", {"qr": "x", "sale_at": ago(hours=1)})
    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [("sale_at", "unknown-field")]


# -- cooldown and day, from the log


async def test_the_cooldown_holds_against_the_stamps_before_and_after_the_sale(world: Any) -> None:
    await world.program(cooldown_minutes=60)
    card = await world.card()
    at = now() - timedelta(hours=10)

    def moment(minutes: float) -> str:
        return instant_text(at + timedelta(minutes=minutes))

    first = await stamp(world, card, moment(0))
    codes = [
        (await stamp(world, card, moment(minutes))).json().get("code", "stamped")
        for minutes in (59, -59, 61, -61, 30, 120, 121)
    ]

    assert first.status_code == 200
    near, good = "stamp-cooldown", "stamped"
    assert codes == [near, near, good, good, near, near, good]
    assert (await stamp(world, card)).status_code == 200
    refused = (await stamp(world, card, moment(10))).json()
    next_at = instant_text(last_stamp(world, card) + timedelta(hours=1))
    assert (refused["code"], refused["retry_at"]) == ("stamp-cooldown", next_at)
    assert verified(world, card)


async def test_a_voided_stamp_stands_in_no_sales_way(world: Any) -> None:
    await world.program(cooldown_minutes=60)
    card = await world.card()
    sold = now() - timedelta(hours=5)
    given = (await stamp(world, card, instant_text(sold))).json()["transaction_id"]
    near = instant_text(sold + timedelta(minutes=5))

    refused = await stamp(world, card, near)
    await world.ask("/stamp/void", {"transaction_id": given})
    good = await stamp(world, card, near)

    assert (refused.json()["code"], good.status_code) == ("stamp-cooldown", 200)


async def test_the_limit_is_that_of_the_sales_day(world: Any) -> None:
    await world.program(max_daily_stamps=2)
    card = await world.card()
    midnight = datetime.now(tz=ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    yesterday = instant_text(midnight - timedelta(seconds=1))

    late = [(await stamp(world, card, yesterday)).json().get("code") for _ in range(3)]
    today = [(await stamp(world, card)).json().get("code") for _ in range(3)]
    still = await stamp(world, card, yesterday)

    assert late == today == [None, None, "daily-stamp-limit"]
    assert still.json()["code"] == "daily-stamp-limit"
    assert verified(world, card)


async def test_a_sale_of_tomorrow_takes_none_of_todays_count(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ledger.batches import late

    monkeypatch.setattr(late, "FURTHEST_AHEAD", timedelta(hours=30))
    await world.program(max_daily_stamps=2)
    card = await world.card()
    tomorrow = instant_text(now() + timedelta(hours=25))

    first = await stamp(world, card)
    ahead = await stamp(world, card, tomorrow)
    rest = [(await stamp(world, card)).json().get("code") for _ in range(2)]

    assert (first.status_code, ahead.status_code) == (200, 200)
    assert rest == [None, "daily-stamp-limit"]


async def test_late_and_regular_stamps_at_once_keep_the_rules_of_each_day(world: Any) -> None:
    await world.program(max_daily_stamps=3)
    card = await world.card()
    sold = instant_text(now() - timedelta(hours=23, minutes=50))

    answers = await asyncio.gather(
        *(stamp(world, card, sold) for _ in range(10)), *(stamp(world, card) for _ in range(10))
    )

    days: dict[Any, int] = {}
    for (at,) in world.rows(
        "SELECT coalesce(transaction_at, created_at) FROM transactions WHERE card_id = %s AND type = 3",
        card.id,
    ):
        day = at.astimezone(ZONE).date()
        days[day] = days.get(day, 0) + 1
    assert list(days.values()) == [3] * len(days)
    assert sum(answer.status_code == 200 for answer in answers) == sum(days.values())
    assert verified(world, card)


# -- approval


async def session(world: Any, staff_id: Any = None, **claims: Any) -> str:
    signer = world.keys.signer("auth-pins")
    key = PublicKey(kid=signer.kid, x=public_x(signer.public_key))
    staff_id = staff_id or uuid7()
    await world.tell(
        SigningKeysChanged(id=SIGNING_KEYS_ID, version=1, keys=(key,)),
        StaffChanged(id=staff_id, version=1, merchant_id=world.merchant_id),
    )
    values = {
        "aud": STAFF_SESSION, "jti": str(uuid7()), "sub": str(staff_id), "name": "Ana", "role": "staff",
        "merchant_id": str(world.merchant_id), "store_id": str(world.store_id),
        "terminal_id": str(world.terminal_id), **lasting(5), **claims,
    }  # fmt: skip
    token: str = signer.sign(values)
    return token


def lasting(began_s_ago: float) -> dict[str, float]:
    began = time.time() - began_s_ago
    return {"iat": began, "exp": began + 900}


async def test_a_session_approves_what_was_sold_while_it_was_good(world: Any) -> None:
    await world.settings(staff_pin_policy="required")
    card = await world.card()
    over = await session(world, **lasting(7200))

    good = await stamp(world, card, ago(seconds=7000), x_staff_session=over)
    before = await stamp(world, card, ago(seconds=7300), x_staff_session=over)
    after = await stamp(world, card, ago(seconds=6200), x_staff_session=over)
    regular = await stamp(world, card, x_staff_session=over)
    without = await stamp(world, card, ago(seconds=7000))
    earned = await world.ask(
        "/points/earn",
        {
            "card_id": str(card.id), "purchase_amount_cents": 100, "currency": "EUR",
            "sale_at": ago(seconds=7000),
        },
        x_staff_session=over,
    )  # fmt: skip

    assert (good.status_code, earned.status_code) == (200, 200)
    assert {(a.status_code, a.json()["code"]) for a in (before, after, regular)} == {
        (403, "staff-approval-expired")
    }
    assert without.json()["code"] == "staff-approval-required"


async def test_a_pin_that_came_along_approves_a_late_sale_and_a_later_session_does_not(world: Any) -> None:
    await world.settings(staff_pin_policy="required")
    card = await world.card()
    fresh = await session(world)

    by_session = await stamp(world, card, ago(hours=2), x_staff_session=fresh)
    by_pin = await stamp(world, card, ago(hours=2), x_staff_session=fresh, x_staff_pin="1")

    assert by_session.json()["code"] == "staff-approval-expired"
    assert by_pin.status_code == 200


@pytest.mark.parametrize(("revoked_s_ago", "code"), [(7100, "staff-approval-expired"), (6900, None)])
async def test_a_session_revoked_since_approved_what_was_sold_before(
    world: Any, revoked_s_ago: int, code: str | None
) -> None:
    await world.settings(staff_pin_policy="required")
    card = await world.card()
    staff_id = uuid7()
    over = await session(world, staff_id, **lasting(7200))
    await world.tell(
        StaffChanged(
            id=staff_id, version=2, merchant_id=world.merchant_id, is_active=False,
            sessions_revoked_at=now() - timedelta(seconds=revoked_s_ago),
        )
    )  # fmt: skip

    answer = await stamp(world, card, ago(seconds=7000), x_staff_session=over)

    assert answer.json().get("code") == code

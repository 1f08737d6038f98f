"""The rules, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from contracts.problem import Refusal
from ledger.domain import (
    BALANCE_LIMIT,
    Account,
    Approval,
    Asker,
    EarnPoints,
    RedeemPoints,
    RedeemStamps,
    Reward,
    Rules,
    Stamp,
    Tier,
    decide,
    next_stamp_at,
    opening,
    points_for,
    record,
)

NOW = datetime(2026, 6, 15, 10, 0, tzinfo=UTC)
MERCHANT, STORE, OTHER_STORE, TERMINAL, PROGRAM = (uuid4() for _ in range(5))


def an_account(**changes: Any) -> Account:
    return Account(uuid4(), MERCHANT, PROGRAM, "123456789012", **changes)


def rules(**changes: Any) -> Rules:
    values: dict[str, Any] = {
        "program_id": PROGRAM, "version": 1, "loyalty_type": "hybrid", "is_active": True,
        "zone": ZoneInfo("Europe/Luxembourg"), "currency": "EUR", "minor_per_unit": 100,
        "staff_required": False, **changes,
    }  # fmt: skip
    return Rules(**values)


def till(**changes: Any) -> Asker:
    return Asker(MERCHANT, STORE, TERMINAL, **changes)


def approval(**changes: Any) -> Approval:
    values: dict[str, Any] = {
        "staff_id": uuid4(), "merchant_id": MERCHANT, "store_id": STORE, "terminal_id": TERMINAL,
        "issued_at": NOW.timestamp() - 60, "expires_at": NOW.timestamp() + 840, **changes,
    }  # fmt: skip
    return Approval(**values)


def code(outcome: Any) -> str:
    assert isinstance(outcome, Refusal), outcome
    return outcome.code


STAMP, REDEEM, EARN = Stamp(), RedeemStamps(), EarnPoints(1000, "EUR")


# -- the order of refusals


def test_each_refusal_is_met_before_the_next_one_in_the_order_of_the_rules() -> None:
    # Everything is wrong at once; mending the first shows the next.
    account = an_account(scope_store_id=OTHER_STORE, is_active=False, last_stamp_at=NOW, stamps_that_day=5)
    account.merchant_id, account.stamps_day = uuid4(), NOW.date()
    book = rules(
        is_gone=True, cross_location=False, is_active=False, loyalty_type="points", staff_required=True
    )
    seen = []

    def ask() -> Any:
        outcome = decide(account, book, STAMP, asker, NOW)
        seen.append(outcome.code if isinstance(outcome, Refusal) else "stamped")

    asker = till()
    ask()
    account.merchant_id = MERCHANT
    ask()
    book = replace(book, is_gone=False)
    ask()
    book = replace(book, cross_location=True)
    ask()
    account.is_active = True
    ask()
    book = replace(book, is_active=True)
    ask()
    book = replace(book, loyalty_type="stamps")
    ask()
    asker = till(approval=approval())
    ask()
    account.last_stamp_at = NOW - timedelta(minutes=15)
    ask()
    account.stamps_that_day = 4
    ask()

    assert seen == [
        "card-not-found", "program-not-found", "store-not-allowed", "card-inactive", "program-inactive",
        "stamps-not-enabled", "staff-approval-required", "stamp-cooldown", "daily-stamp-limit", "stamped",
    ]  # fmt: skip


def test_a_card_that_is_gone_is_not_found() -> None:
    assert code(decide(an_account(is_gone=True), rules(), STAMP, till(), NOW)) == "card-not-found"


def test_a_card_without_a_scope_store_works_everywhere_also_without_cross_location() -> None:
    assert not isinstance(decide(an_account(), rules(cross_location=False), STAMP, till(), NOW), Refusal)


# -- stamps


def test_the_cooldown_ends_exactly_at_its_minute() -> None:
    account = an_account(last_stamp_at=NOW - timedelta(minutes=15))
    assert not isinstance(decide(account, rules(), STAMP, till(), NOW), Refusal)

    early = decide(account, rules(), STAMP, till(), NOW - timedelta(microseconds=1))
    assert code(early) == "stamp-cooldown"
    assert early.members == {"retry_at": NOW}


def test_a_cooldown_on_a_full_day_names_the_next_local_midnight() -> None:
    account = an_account(last_stamp_at=NOW, stamps_day=NOW.date(), stamps_that_day=5)
    midnight = datetime(2026, 6, 15, 22, 0, tzinfo=UTC)

    refusal = decide(account, rules(), STAMP, till(), NOW)

    assert code(refusal) == "stamp-cooldown"
    assert refusal.members == {"retry_at": midnight}


@pytest.mark.parametrize(
    ("now", "midnight"),
    [
        (datetime(2026, 3, 29, 0, 30, tzinfo=UTC), datetime(2026, 3, 29, 22, 0, tzinfo=UTC)),  # 23 hours
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 23, 0, tzinfo=UTC)),  # 25 hours
        (datetime(2026, 6, 15, 21, 59, 59, tzinfo=UTC), datetime(2026, 6, 15, 22, 0, tzinfo=UTC)),
        (datetime(2026, 6, 15, 22, 0, tzinfo=UTC), datetime(2026, 6, 16, 22, 0, tzinfo=UTC)),
    ],
)
def test_the_day_is_the_merchants_local_day(now: datetime, midnight: datetime) -> None:
    account = an_account(stamps_day=rules().today(now), stamps_that_day=5)

    refusal = decide(account, rules(), STAMP, till(), now)

    assert code(refusal) == "daily-stamp-limit"
    assert refusal.members["retry_at"] == midnight
    assert not isinstance(decide(account, rules(), STAMP, till(), midnight), Refusal)


def test_without_a_limit_and_cooldown_the_next_stamp_may_be_now() -> None:
    account = an_account(last_stamp_at=NOW, stamps_day=NOW.date(), stamps_that_day=1000)
    assert next_stamp_at(account, rules(cooldown_minutes=0, max_daily_stamps=None), NOW) is None


def test_a_stamp_that_pays_a_debt_counts_for_the_day_but_not_for_the_balance() -> None:
    account = an_account(stamps_owed=1)

    (entry,) = decide(account, rules(), STAMP, till(), NOW)  # type: ignore[misc]
    record(account, entry, rules(), NOW)

    assert (entry.stamps_delta, entry.owed_repaid) == (0, 1)
    assert (account.stamp_count, account.stamps_owed, account.stamps_that_day) == (0, 0, 1)
    assert account.last_stamp_at == NOW


def test_a_reward_takes_the_target_and_waits_for_it() -> None:
    account = an_account(stamp_count=13)
    (entry,) = decide(account, rules(), REDEEM, till(), NOW)  # type: ignore[misc]
    record(account, entry, rules(), NOW)
    assert (account.stamp_count, account.stamps_redeemed) == (3, 1)

    refusal = decide(account, rules(), REDEEM, till(), NOW)
    assert code(refusal) == "insufficient-stamps"
    assert refusal.members == {"balance": 3, "required": 10}


def test_what_was_earned_can_be_redeemed_while_redeem_until_lasts() -> None:
    account = an_account(stamp_count=10)
    paused = rules(is_active=False, redeem_until=NOW)

    assert not isinstance(decide(account, paused, REDEEM, till(), NOW - timedelta(seconds=1)), Refusal)
    assert code(decide(account, paused, REDEEM, till(), NOW)) == "program-inactive"
    assert code(decide(account, paused, STAMP, till(), NOW - timedelta(seconds=1))) == "program-inactive"


def test_a_stamp_balance_never_passes_its_limit() -> None:
    assert code(decide(an_account(stamp_count=BALANCE_LIMIT), rules(), STAMP, till(), NOW)) == "balance-limit"


# -- points


@pytest.mark.parametrize(
    ("cents", "per_unit", "minor", "tier_points", "points"),
    [
        (1250, 1, 100, 0, 12),
        (1250, 1, 100, 1000, 15),
        (99, 1, 100, 0, 0),
        (1250, 10, 1, 0, 12500),  # a currency without decimals
        (1999, 1, 1000, 0, 1),
        (100_000_000, 1000, 100, 5000, 1_500_000_000),
    ],
)
def test_points_are_whole_and_rounded_down(
    cents: int, per_unit: int, minor: int, tier_points: int, points: int
) -> None:
    tiers = (Tier("bronze", 0, 100), Tier("silver", 1000, 125), Tier("gold", 5000, 150))
    book = rules(points_per_unit=per_unit, minor_per_unit=minor, tiers=tiers)
    assert points_for(book, cents, tier_points) == points


def test_the_tier_before_the_purchase_decides_and_a_return_lowers_it() -> None:
    tiers = (Tier("bronze", 0, 100), Tier("silver", 1000, 200))
    account = an_account(total_points_earned=1500, total_points_voided=600)
    (entry,) = decide(account, rules(tiers=tiers), EARN, till(), NOW)  # type: ignore[misc]
    assert entry.points_delta == 10


def test_earning_pays_debts_first_and_totals_follow_the_deltas() -> None:
    account = an_account(points_owed=4)
    (entry,) = decide(account, rules(), EARN, till(), NOW)  # type: ignore[misc]
    record(account, entry, rules(), NOW)
    assert (entry.points_delta, entry.owed_repaid) == (6, 4)
    assert (account.points_balance, account.total_points_earned, account.points_owed) == (6, 6, 0)


@pytest.mark.parametrize(
    ("command", "book", "refused"),
    [
        (EarnPoints(1000, "USD"), {}, "currency-mismatch"),
        (EarnPoints(999, "EUR"), {"minimum_purchase_cents": 1000}, "below-minimum-purchase"),
        (EarnPoints(1000, "EUR"), {"order_reference_required": True}, "order-reference-required"),
        (EarnPoints(1000, "EUR", "A", uuid4()), {}, "order-already-rewarded"),
        (EarnPoints(1000, "EUR"), {"loyalty_type": "stamps"}, "points-not-enabled"),
    ],
)
def test_an_earning_is_refused(command: EarnPoints, book: dict[str, Any], refused: str) -> None:
    assert code(decide(an_account(), rules(**book), command, till(), NOW)) == refused


def test_a_points_balance_never_passes_its_limit_debts_counted() -> None:
    assert (
        code(decide(an_account(points_balance=BALANCE_LIMIT - 9), rules(), EARN, till(), NOW))
        == "balance-limit"
    )
    owing = an_account(points_balance=BALANCE_LIMIT - 9, points_owed=1)
    assert not isinstance(decide(owing, rules(), EARN, till(), NOW), Refusal)


def a_reward(**changes: Any) -> Reward:
    return replace(Reward(uuid4(), "Mug", 100), **changes)


@pytest.mark.parametrize(
    ("reward", "taken", "by_card", "balance", "refused"),
    [
        (a_reward(is_gone=True), 0, 0, 500, "reward-not-found"),
        (a_reward(is_active=False), 0, 0, 500, "reward-not-valid-now"),
        (a_reward(valid_from=NOW + timedelta(seconds=1)), 0, 0, 500, "reward-not-valid-now"),
        (a_reward(valid_until=NOW), 0, 0, 500, "reward-not-valid-now"),
        (a_reward(stock=3), 3, 0, 500, "reward-out-of-stock"),
        (a_reward(stock=0), 0, 0, 500, "reward-out-of-stock"),
        (a_reward(max_per_card=2), 9, 2, 500, "reward-limit-reached"),
        (a_reward(points_required=99), 0, 0, 500, "below-minimum-redemption"),
        (a_reward(), 0, 0, 99, "insufficient-points"),
    ],
)
def test_a_reward_is_refused(reward: Reward, taken: int, by_card: int, balance: int, refused: str) -> None:
    account = an_account(points_balance=balance)
    book = rules(rewards=(reward,))
    assert code(decide(account, book, RedeemPoints(reward.id, taken, by_card), till(), NOW)) == refused


def test_a_reward_is_valid_from_its_first_instant() -> None:
    reward = a_reward(valid_from=NOW, valid_until=NOW + timedelta(days=1), stock=1, max_per_card=1)
    account = an_account(points_balance=100)
    (entry,) = decide(account, rules(rewards=(reward,)), RedeemPoints(reward.id), till(), NOW)  # type: ignore[misc]
    record(account, entry, rules(), NOW)
    assert (account.points_balance, account.points_redeemed) == (0, 100)


# -- staff approval


@pytest.mark.parametrize(
    ("changes", "command", "refused"),
    [
        ({"terminal_id": uuid4()}, STAMP, "staff-approval-invalid"),
        ({"store_id": OTHER_STORE}, STAMP, "staff-approval-invalid"),
        ({"merchant_id": uuid4()}, STAMP, "staff-approval-invalid"),
        ({"expires_at": NOW.timestamp()}, STAMP, "staff-approval-expired"),
        ({"revoked": True}, STAMP, "staff-approval-expired"),
        ({"issued_at": NOW.timestamp() - 120}, REDEEM, "staff-approval-expired"),
    ],
)
def test_an_approval_is_refused(changes: dict[str, Any], command: Any, refused: str) -> None:
    account = an_account(stamp_count=10)
    asker = till(approval=approval(**changes))
    assert code(decide(account, rules(staff_required=True), command, asker, NOW)) == refused
    # Where none is required it is as if none came along.
    (entry,) = decide(account, rules(staff_required=False), command, asker, NOW)  # type: ignore[misc]
    assert entry.staff_id is None


def test_redeeming_takes_an_approval_younger_than_two_minutes() -> None:
    given = approval(issued_at=NOW.timestamp() - 119.9)
    book = rules(staff_required=True)
    (entry,) = decide(an_account(stamp_count=10), book, REDEEM, till(approval=given), NOW)  # type: ignore[misc]
    assert entry.staff_id == given.staff_id


def test_a_user_is_a_person_already() -> None:
    asker = Asker(MERCHANT, STORE, user_id=uuid4())
    assert not isinstance(decide(an_account(), rules(staff_required=True), STAMP, asker, NOW), Refusal)


# -- opening


def test_an_account_opens_with_its_bonus_in_programs_that_have_points() -> None:
    book = rules(welcome_bonus_points=50)
    assert [e.type for e in opening(book, bonus=True)] == ["card_created", "welcome_bonus"]
    assert [e.type for e in opening(book, bonus=False)] == ["card_created"]
    assert [e.type for e in opening(replace(book, loyalty_type="stamps"), bonus=True)] == ["card_created"]
    assert [e.type for e in opening(replace(book, welcome_bonus_points=0), bonus=True)] == ["card_created"]


def test_a_bonus_that_is_due_comes_just_before_the_first_stamp() -> None:
    account = an_account(welcome_bonus_due=True)
    book = rules(welcome_bonus_points=50)

    entries = decide(account, book, STAMP, till(), NOW)
    assert not isinstance(entries, Refusal)
    for entry in entries:
        record(account, entry, book, NOW)

    assert [entry.type for entry in entries] == ["welcome_bonus", "stamp_earned"]
    assert (account.points_balance, account.total_points_earned, account.stamp_count) == (50, 0, 1)
    assert not account.welcome_bonus_due

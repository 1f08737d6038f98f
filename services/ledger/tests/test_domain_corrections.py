"""The rules of adjusts, voids and switched cards, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from contracts.problem import Refusal
from ledger.domain import (
    BALANCE_LIMIT,
    Account,
    AdjustPoints,
    AdjustStamps,
    Approval,
    Asker,
    EarnPoints,
    Entry,
    Rules,
    Stamp,
    SwitchCard,
    Target,
    VoidPoints,
    VoidStamps,
    decide,
    record,
)

NOW = datetime(2026, 6, 15, 10, 0, tzinfo=UTC)
MERCHANT, STORE, OTHER_STORE, TERMINAL, PROGRAM = (uuid4() for _ in range(5))
OWNER = Asker(MERCHANT, STORE, user_id=uuid4())


def an_account(**changes: Any) -> Account:
    return Account(uuid4(), MERCHANT, PROGRAM, "123456789012", **changes)


def rules(**changes: Any) -> Rules:
    values: dict[str, Any] = {
        "program_id": PROGRAM, "version": 1, "loyalty_type": "hybrid", "is_active": True,
        "zone": ZoneInfo("Europe/Luxembourg"), "currency": "EUR", "minor_per_unit": 100,
        "staff_required": False, **changes,
    }  # fmt: skip
    return Rules(**values)


def approval(**changes: Any) -> Approval:
    values: dict[str, Any] = {
        "staff_id": uuid4(), "merchant_id": MERCHANT, "store_id": STORE, "terminal_id": TERMINAL,
        "issued_at": NOW.timestamp() - 60, "expires_at": NOW.timestamp() + 840, "is_manager": True, **changes,
    }  # fmt: skip
    return Approval(**values)


def till(**changes: Any) -> Asker:
    return Asker(MERCHANT, STORE, TERMINAL, **changes)


def target(account: Account, kind: str, **changes: Any) -> Target:
    values: dict[str, Any] = {
        "id": uuid4(), "card_id": account.card_id, "type": kind, "store_id": STORE, "stamps_delta": 0,
        "points_delta": 0, "at": NOW - timedelta(minutes=5), **changes,
    }  # fmt: skip
    return Target(**values)


def stamp(account: Account, **changes: Any) -> Target:
    return target(account, "stamp_earned", **{"stamps_delta": 1, **changes})


def purchase(account: Account, points: int, cents: int, **changes: Any) -> Target:
    return target(
        account, "points_earned", **{"points_delta": points, "purchase_amount_cents": cents, **changes}
    )


def void_of(*targets: Target, **changes: Any) -> VoidStamps:
    return VoidStamps(targets[0].id, targets=targets, **changes)


def points_void_of(found: Target, amount_cents: int | None = None) -> VoidPoints:
    return VoidPoints(found.id, None, amount_cents, (found,))


def code(outcome: Any) -> str:
    assert isinstance(outcome, Refusal), outcome
    return outcome.code


def done(account: Account, book: Rules, command: Any, asker: Asker = OWNER) -> tuple[Entry, ...]:
    """Decide, and move the account by it."""
    entries = decide(account, book, command, asker, NOW)
    assert not isinstance(entries, Refusal), entries
    for entry in entries:
        record(account, entry, book, NOW)
    return entries


# -- adjusts


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        (None, "staff-approval-required"),
        (approval(is_manager=False), "forbidden"),
        (approval(issued_at=NOW.timestamp() - 120), "staff-approval-expired"),
        (approval(issued_at=NOW.timestamp() - 120, is_manager=False), "staff-approval-expired"),
        (approval(store_id=OTHER_STORE), "staff-approval-invalid"),
    ],
)
def test_a_till_adjusts_only_with_a_fresh_session_of_a_manager(given: Any, refused: str) -> None:
    asker = till(approval=given)
    # Also where the program asks for no PIN.
    assert code(decide(an_account(), rules(), AdjustStamps(1), asker, NOW)) == refused

    manager = approval()
    (entry,) = done(an_account(), rules(), AdjustPoints(5), till(approval=manager))
    assert entry.staff_id == manager.staff_id


def test_an_adjust_moves_the_balance_and_nothing_else() -> None:
    account = an_account(stamp_count=3, points_balance=50, total_points_earned=50, points_owed=7)

    done(account, rules(), AdjustStamps(-3))
    done(account, rules(), AdjustPoints(100_000))

    assert (account.stamp_count, account.points_balance) == (0, 100_050)
    assert (account.total_stamps_earned, account.tier_points, account.points_owed) == (0, 50, 7)
    assert (account.last_activity_at, account.last_stamp_at, account.stamps_that_day) == (None, None, 0)


def test_an_adjust_never_goes_below_zero_or_beyond_the_limit() -> None:
    account = an_account(stamp_count=2, points_balance=BALANCE_LIMIT)
    short = decide(account, rules(), AdjustStamps(-3), OWNER, NOW)
    assert (code(short), short.members) == ("insufficient-stamps", {"balance": 2, "required": 3})
    assert code(decide(account, rules(), AdjustPoints(1), OWNER, NOW)) == "balance-limit"


def test_an_adjust_works_on_inactive_cards_and_programs_but_not_on_what_is_off_or_gone() -> None:
    account = an_account(is_active=False)
    paused = rules(is_active=False)
    assert len(done(account, paused, AdjustStamps(1))) == 1
    assert code(decide(account, rules(loyalty_type="points"), AdjustStamps(1), OWNER, NOW)) == (
        "stamps-not-enabled"
    )
    assert code(decide(account, rules(is_gone=True), AdjustStamps(1), OWNER, NOW)) == "program-not-found"
    elsewhere = an_account(scope_store_id=OTHER_STORE)
    alone = rules(cross_location=False)
    assert code(decide(elsewhere, alone, AdjustStamps(1), OWNER, NOW)) == "store-not-allowed"


# -- the order of a void's refusals


def test_each_refusal_of_a_void_is_met_before_the_next_one() -> None:
    account = an_account(is_gone=True, is_active=False)
    bad = target(account, "welcome_bonus", store_id=OTHER_STORE, times_voided=1, points_delta=5)
    book = rules(
        is_gone=True, is_active=False, cross_location=False, staff_required=True, allow_void=False,
        loyalty_type="points",
    )  # fmt: skip
    command, asker, seen = VoidStamps(bad.id, targets=()), till(), []

    def ask() -> None:
        outcome = decide(account, book, command, asker, NOW)
        seen.append(outcome.code if isinstance(outcome, Refusal) else "voided")

    ask()
    account.is_gone = False
    ask()
    command = void_of(bad)
    ask()
    book = replace(book, cross_location=True)
    ask()
    asker = till(approval=approval(is_manager=False))
    ask()
    book = replace(book, allow_void=True)
    ask()
    command = void_of(stamp(account, times_voided=1))
    ask()
    command = void_of(stamp(account))
    ask()

    # An inactive card, and a program that is paused, deleted or has stamps no more, does not matter.
    assert seen == [
        "card-not-found", "transaction-not-found", "store-not-allowed", "staff-approval-required",
        "void-not-allowed", "void-not-allowed", "already-voided", "voided",
    ]  # fmt: skip


def test_a_void_takes_an_approval_younger_than_two_minutes() -> None:
    account = an_account(stamp_count=1)
    old = till(approval=approval(issued_at=NOW.timestamp() - 120))
    outcome = decide(account, rules(staff_required=True), void_of(stamp(account)), old, NOW)
    assert code(outcome) == "staff-approval-expired"


@pytest.mark.parametrize("kind", ["card_created", "welcome_bonus", "points_voided", "points_adjustment"])
def test_only_earnings_and_redemptions_are_taken_back(kind: str) -> None:
    account = an_account(points_balance=10)
    found = target(account, kind, points_delta=5)
    assert code(decide(account, rules(), points_void_of(found), OWNER, NOW)) == "void-not-allowed"
    assert code(decide(account, rules(), void_of(found), OWNER, NOW)) == "void-not-allowed"


def test_each_kind_has_its_own_route_and_an_amount_goes_with_an_earning_only() -> None:
    account = an_account(points_balance=10, stamp_count=10)
    earned, redeemed = purchase(account, 5, 500), target(account, "points_redeemed", points_delta=-5)
    assert code(decide(account, rules(), void_of(earned), OWNER, NOW)) == "void-not-allowed"
    assert code(decide(account, rules(), points_void_of(stamp(account)), OWNER, NOW)) == "void-not-allowed"
    assert code(decide(account, rules(), points_void_of(redeemed, 5), OWNER, NOW)) == "void-not-allowed"


# -- stamps


def test_a_voided_stamp_counts_neither_for_the_cooldown_nor_for_the_day() -> None:
    account = an_account()
    book = rules(max_daily_stamps=1)
    done(account, book, Stamp())
    assert code(decide(account, book, Stamp(), OWNER, NOW)) == "stamp-cooldown"

    (entry,) = done(account, book, void_of(stamp(account, at=NOW)))

    assert (entry.type, entry.stamps_delta) == ("stamp_voided", -1)
    assert (account.stamp_count, account.total_stamps_earned, account.total_stamps_voided) == (0, 1, 1)
    assert (account.last_stamp_at, account.stamps_that_day) == (None, 0)
    assert account.last_activity_at == NOW, "an activity that was voided later still counts"
    done(account, book, Stamp())


def test_a_stamp_of_another_day_gives_today_nothing_back() -> None:
    account = an_account(stamp_count=2, stamps_day=NOW.date(), stamps_that_day=1, last_stamp_at=NOW)
    done(account, rules(), void_of(stamp(account, at=NOW - timedelta(days=1)), stamp_before_at=NOW))
    assert (account.stamps_that_day, account.last_stamp_at) == (1, NOW)


@pytest.mark.parametrize(("recover", "owed"), [(True, 2), (False, 0)])
def test_stamps_that_are_gone_are_a_shortfall_and_owed(recover: bool, owed: int) -> None:
    account = an_account(stamp_count=1)
    book = rules(recover_shortfall=recover, cooldown_minutes=0)
    three = VoidStamps(None, 3, tuple(stamp(account) for _ in range(3)))

    entries = done(account, book, three)

    assert [entry.stamps_delta for entry in entries] == [-1, 0, 0]
    assert [entry.reversal and entry.reversal.shortfall for entry in entries] == [None, 1, 1]
    assert (account.stamp_count, account.stamps_owed, account.total_stamps_voided) == (0, owed, 1)

    (paid,) = done(account, book, Stamp())
    assert (paid.stamps_delta, account.stamps_owed) == ((0, 1) if recover else (1, 0))


def test_fewer_stamps_than_asked_are_not_taken() -> None:
    account = an_account(stamp_count=5)
    outcome = decide(account, rules(), VoidStamps(None, 2, (stamp(account),)), OWNER, NOW)
    assert (code(outcome), outcome.members) == ("insufficient-stamps", {"balance": 1, "required": 2})


def test_a_voided_stamp_reward_gives_its_stamps_back() -> None:
    account = an_account(stamp_count=1, stamps_redeemed=1, stamps_owed=3)
    (entry,) = done(account, rules(), void_of(target(account, "stamp_redeemed", stamps_delta=-10)))
    assert (entry.type, entry.stamps_delta) == ("stamp_voided", 10)
    assert (account.stamp_count, account.stamps_redeemed, account.total_stamps_voided) == (11, 0, 0)
    assert account.stamps_owed == 3, "only earnings pay debts"


# -- points


@pytest.mark.parametrize("steps", [[333, 333, 334], [1, 998, 1], [500, None], [None], [999, 1]])
def test_after_any_steps_what_came_back_is_the_same(steps: list[int | None]) -> None:
    account = an_account(points_balance=137, total_points_earned=137)
    found = purchase(account, 137, 1000)
    back, voided = 0, 0
    for amount in steps:
        (entry,) = done(account, rules(), points_void_of(found, amount))
        back -= entry.points_delta
        assert entry.reversal is not None
        voided += entry.reversal.amount_cents or 0
        assert back == 137 * voided // 1000
        found = replace(found, amount_voided_cents=voided, points_back=back, times_voided=1)

    assert (back, voided, account.points_balance, account.tier_points) == (137, 1000, 0, 0)
    assert code(decide(account, rules(), points_void_of(found), OWNER, NOW)) == "already-voided"


def test_more_than_is_left_is_named_with_what_is_left() -> None:
    account = an_account(points_balance=100)
    found = purchase(account, 100, 1000, amount_voided_cents=600, points_back=60)
    outcome = decide(account, rules(), points_void_of(found, 401), OWNER, NOW)
    assert (code(outcome), outcome.members["remaining_cents"]) == ("void-exceeds-remaining", 400)


def test_a_purchase_that_paid_a_debt_comes_back_with_what_it_paid() -> None:
    account = an_account(points_balance=30, total_points_earned=30)
    found = purchase(account, 30, 1000, owed_repaid=70)

    (entry,) = done(account, rules(), points_void_of(found))

    assert (entry.points_delta, entry.reversal and entry.reversal.shortfall) == (-30, 70)
    assert (account.points_balance, account.points_owed, account.total_points_voided) == (0, 70, 30)


def test_what_is_owed_is_paid_by_the_next_earning() -> None:
    account = an_account(points_balance=20, total_points_earned=100, points_redeemed=80)
    done(account, rules(), points_void_of(purchase(account, 100, 10_000)))
    assert (account.points_balance, account.points_owed) == (0, 80)

    (entry,) = done(account, rules(), EarnPoints(10_000, "EUR"))

    assert (entry.points_delta, entry.owed_repaid) == (20, 80)
    assert (account.points_balance, account.points_owed) == (20, 0)


def test_a_purchase_of_no_points_is_voided_too() -> None:
    account = an_account()
    (entry,) = done(account, rules(), points_void_of(purchase(account, 0, 90)))
    assert (entry.points_delta, entry.reversal and entry.reversal.amount_cents) == (0, 90)


def test_a_voided_reward_gives_its_points_back_and_touches_no_voided_total() -> None:
    account = an_account(points_balance=1, points_redeemed=100)
    done(account, rules(), points_void_of(target(account, "points_redeemed", points_delta=-100)))
    assert (account.points_balance, account.points_redeemed, account.total_points_voided) == (101, 0, 0)

    full = an_account(points_balance=BALANCE_LIMIT)
    again = points_void_of(target(full, "points_redeemed", points_delta=-100))
    assert code(decide(full, rules(), again, OWNER, NOW)) == "balance-limit"


# -- switching a card


def test_a_card_is_switched_once() -> None:
    account = an_account()
    anywhere = Asker(MERCHANT, None, user_id=UUID(int=1))
    assert [entry.type for entry in done(account, rules(), SwitchCard(False), anywhere)] == [
        "card_deactivated"
    ]
    assert done(account, rules(), SwitchCard(False), anywhere) == ()
    assert not account.is_active
    assert [entry.type for entry in done(account, rules(), SwitchCard(True), till())] == ["card_reactivated"]
    assert account.is_active


def test_a_card_of_another_store_is_not_switched_here() -> None:
    account = an_account(scope_store_id=OTHER_STORE)
    alone = rules(cross_location=False)
    assert code(decide(account, alone, SwitchCard(False), till(), NOW)) == "store-not-allowed"
    assert code(decide(account, rules(is_gone=True), SwitchCard(False), till(), NOW)) == "program-not-found"

"""How an account opens, and what a recorded entry does to it."""

from __future__ import annotations

from datetime import date, datetime

from ledger.domain.words import BALANCE_LIMIT, Account, Decision, Entry, Rules


def opening(rules: Rules, bonus: bool) -> Decision:
    """The first rows of an account: it was created and, where the program gives one, the welcome bonus."""
    created = Entry("card_created")
    return (created, *_welcome(rules)) if bonus else (created,)


def bonus_due(account: Account, rules: Rules) -> Decision:
    """The welcome bonus of a public enrolment: its row comes just before the first stamp or earning."""
    return _welcome(rules) if account.welcome_bonus_due else ()


def _welcome(rules: Rules) -> Decision:
    if not rules.has_points or rules.welcome_bonus_points == 0:
        return ()
    return (Entry("welcome_bonus", points_delta=rules.welcome_bonus_points),)


def record(account: Account, entry: Entry, rules: Rules, at: datetime) -> None:
    """Move the account as the entry says; what happened `at` a time before others goes back behind none."""
    account.sequence += 1
    account.stamp_count += entry.stamps_delta
    account.points_balance += entry.points_delta
    assert 0 <= account.stamp_count <= BALANCE_LIMIT, "a stamp balance out of bounds"
    assert 0 <= account.points_balance <= BALANCE_LIMIT, "a points balance out of bounds"
    if entry.type in ("stamp_earned", "points_earned", "stamp_redeemed", "points_redeemed"):
        account.last_activity_at = _later(account.last_activity_at, at)
    match entry.type:
        case "stamp_earned":
            _count(account, rules.today(at))
            account.total_stamps_earned += entry.stamps_delta
            account.stamps_owed -= entry.owed_repaid or 0
            account.last_stamp_at = _later(account.last_stamp_at, at)
        case "points_earned":
            account.total_points_earned += entry.points_delta
            account.points_owed -= entry.owed_repaid or 0
            account.last_points_at = _later(account.last_points_at, at)
        case "stamp_redeemed":
            account.stamps_redeemed += 1
            account.last_redemption_at = _later(account.last_redemption_at, at)
        case "points_redeemed":
            account.points_redeemed -= entry.points_delta
            account.last_redemption_at = _later(account.last_redemption_at, at)
        case "welcome_bonus":
            account.welcome_bonus_due = False
        case "stamp_voided" | "points_voided":
            _take_back(account, entry, rules)
        case "points_expired":
            account.total_points_expired -= entry.points_delta
        case "card_deactivated" | "card_reactivated":
            account.is_active = entry.type == "card_reactivated"


def _later(before: datetime | None, at: datetime) -> datetime:
    return at if before is None or at > before else before


def _count(account: Account, day: date) -> None:
    """The newest day is counted; how many were given on one before it is in the log."""
    if account.stamps_day is None or day > account.stamps_day:
        account.stamps_day, account.stamps_that_day = day, 1
    elif day == account.stamps_day:
        account.stamps_that_day += 1


def _take_back(account: Account, entry: Entry, rules: Rules) -> None:
    reversal = entry.reversal
    assert reversal is not None, "a void names what it takes back"
    match reversal.target.type:
        case "stamp_earned":
            account.total_stamps_voided -= entry.stamps_delta
            account.stamps_owed += reversal.owed
            account.last_stamp_at = reversal.stamp_before_at
            if rules.today(reversal.target.at) == account.stamps_day:
                account.stamps_that_day = max(0, account.stamps_that_day - 1)
        case "points_earned":
            account.total_points_voided -= entry.points_delta
            account.points_owed += reversal.owed
        case "stamp_redeemed":
            account.stamps_redeemed -= 1
        case "points_redeemed":
            account.points_redeemed -= entry.points_delta

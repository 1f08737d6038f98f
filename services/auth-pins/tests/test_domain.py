"""The rules, without anything around them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from auth_pins.domain import (
    Attempts,
    Entry,
    Limits,
    LiveKey,
    Locked,
    after_wrong_try,
    code_key,
    count_attempt,
    email_key,
    is_email,
    is_staff_code,
    may_try,
    right_pin,
    rotated,
    weakness_of_password,
    weakness_of_pin,
    with_signing_key,
    wrong_pin,
)

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LIMITS = Limits(attempts=3, lockout=timedelta(minutes=30))
DAY = timedelta(days=1)


# -- PINs, codes, passwords, e-mail


@pytest.mark.parametrize("pin", ["482913", "1233", "0246", "00000001", "135790"])
def test_a_pin_of_four_to_eight_mixed_digits_is_good(pin):
    assert weakness_of_pin(pin) is None


@pytest.mark.parametrize(
    ("pin", "why"),
    [
        ("123", "too-short"),
        ("123456780", "too-long"),
        ("", "bad-format"),
        ("12a4", "bad-format"),
        ("٤٨٢٩", "bad-format"),
        ("1111", "too-common"),
        ("00000000", "too-common"),
        ("1234", "too-common"),
        ("456789", "too-common"),
        ("87654321", "too-common"),
        ("7890", "too-common"),
        ("2109", "too-common"),
    ],
)
def test_other_pins_are_refused_with_the_reason(pin, why):
    assert weakness_of_pin(pin) == why


@pytest.mark.parametrize(
    ("code", "good"),
    [("07", True), ("Anna1234", True), ("7", False), ("Anna12345", False), ("a-b", False), ("né", False)],
)
def test_a_code_has_two_to_eight_letters_or_digits(code, good):
    assert is_staff_code(code) is good


def test_codes_are_compared_without_case():
    assert code_key("aNna") == code_key("AnnA")


@pytest.mark.parametrize(
    "password", ["seven quiet otters", "Tr0ub4dor&3-xyz", "9f2c41d07ab6e85310fd22c4", "ñandú verde 42"]
)
def test_a_long_uncommon_password_is_good(password):
    assert weakness_of_password(password) is None


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "too-short"),
        ("x" * 11, "too-short"),
        ("seven quiet otters" * 10, "too-long"),
        ("seven quiet\x00otters", "bad-format"),
        ("password1234", "too-common"),
        ("P@ssw0rd2026!", "too-common"),
        ("Motdepasse-123", "too-common"),
        ("passwordpassword", "too-common"),
        ("aaaaaaaaaaaaaaaa", "too-common"),
        ("abcabcabcabcabc", "too-common"),
        ("Qwertyuiop123", "too-common"),
        ("123456789012", "too-common"),
    ],
)
def test_other_passwords_are_refused_with_the_reason(password, why):
    assert weakness_of_password(password) == why


def test_e_mails_are_compared_case_folded_and_composed():
    assert email_key("Rene\u0301@EXAMPLE.com") == email_key("ren\u00e9@example.COM")


@pytest.mark.parametrize(
    ("email", "good"),
    [
        ("anna@example.com", True),
        ("a.b+c@sub.example.co", True),
        ("anna@example", False),
        ("anna@@example.com", False),
        ("an na@example.com", False),
        ("anna@example..com", False),
        (f"{'a' * 250}@b.lu", False),
    ],
)
def test_an_e_mail_has_one_at_and_a_domain(email, good):
    assert is_email(email) is good


# -- attempts


def counted(times: int, attempts: Attempts | None = None) -> Attempts:
    attempts = attempts or Attempts()
    for _ in range(times):
        after = count_attempt(attempts, LIMITS, NOON)
        assert isinstance(after, Attempts)
        attempts = after
    return attempts


def test_the_attempt_that_reaches_the_limit_locks_before_its_pin_is_looked_at():
    attempts = counted(3)

    assert attempts.locked_until == NOON + timedelta(minutes=30)
    assert count_attempt(attempts, LIMITS, NOON) == Locked("staff", NOON + timedelta(minutes=30))


def test_attempts_below_the_limit_do_not_lock():
    assert counted(2).locked_until is None


def test_a_lock_ends_at_its_instant_and_counting_begins_anew():
    attempts = wrong_pin(counted(3), NOON + timedelta(minutes=30))
    end = NOON + timedelta(minutes=30)

    assert count_attempt(attempts, LIMITS, end - timedelta(microseconds=1)) == Locked("staff", end)
    assert count_attempt(attempts, LIMITS, end) == Attempts(1)


def test_a_right_pin_resets_even_as_the_attempt_that_reaches_the_limit():
    assert right_pin(counted(3), NOON) == Attempts()


def test_a_right_pin_that_comes_after_a_sure_lock_is_refused():
    attempts = wrong_pin(counted(3), NOON + timedelta(minutes=30))

    assert right_pin(attempts, NOON) == Locked("staff", NOON + timedelta(minutes=30))


def test_a_wrong_pin_makes_only_its_own_lock_sure():
    attempts = counted(3)

    assert not wrong_pin(attempts, None).sure
    assert not wrong_pin(attempts, NOON).sure
    assert not wrong_pin(Attempts(), attempts.locked_until).sure
    assert wrong_pin(attempts, attempts.locked_until).sure


def test_a_limit_that_was_lowered_counts_at_the_next_attempt():
    attempts = counted(2)

    after = count_attempt(attempts, Limits(2, timedelta(minutes=1)), NOON)

    assert after == Attempts(3, NOON + timedelta(minutes=1))


def test_a_terminal_may_try_until_ten_tries_are_wrong_or_looked_at():
    assert may_try(Entry(9), LIMITS, NOON) is None
    assert may_try(Entry(10), LIMITS, NOON) == Locked("terminal", NOON + timedelta(minutes=30))


def test_a_terminal_may_try_again_at_the_instant_its_lock_ends():
    entry = Entry(0, NOON)

    assert may_try(entry, LIMITS, NOON - timedelta(seconds=1)) == Locked("terminal", NOON)
    assert may_try(entry, LIMITS, NOON) is None


def test_the_tenth_wrong_try_locks_the_terminal():
    assert after_wrong_try(9, LIMITS, NOON) is None
    assert after_wrong_try(10, LIMITS, NOON) == Locked("terminal", NOON + timedelta(minutes=30))


# -- keys


def test_the_first_key_has_no_end():
    assert rotated((), "a", NOON) == (LiveKey("a", NOON, None),)


def test_the_old_key_lives_for_seven_days_after_a_rotation():
    keys = rotated(rotated((), "a", NOON), "b", NOON + DAY)

    assert keys == (LiveKey("a", NOON, NOON + 8 * DAY), LiveKey("b", NOON + DAY, None))


def test_a_third_rotation_ends_the_oldest_key():
    keys = rotated(rotated(rotated((), "a", NOON), "b", NOON + DAY), "c", NOON + 2 * DAY)

    assert [key.sha256 for key in keys] == ["b", "c"]
    assert keys[0].ends_at == NOON + 9 * DAY


def test_a_key_that_has_ended_is_no_longer_kept():
    keys = rotated(rotated((), "a", NOON), "b", NOON + DAY)

    assert [key.sha256 for key in rotated(keys, "c", NOON + 30 * DAY)] == ["b", "c"]


def test_a_signing_key_that_is_there_changes_nothing():
    keys = with_signing_key((), "k1", "x1", NOON)

    assert with_signing_key(keys, "k1", "x1", NOON + DAY) == keys


def test_the_signing_key_before_stays_for_an_hour():
    first = with_signing_key((), "k1", "x1", NOON)

    both = with_signing_key(first, "k2", "x2", NOON + DAY)

    assert [key.kid for key in both] == ["k1", "k2"]
    assert with_signing_key(both, "k2", "x2", NOON + DAY + timedelta(minutes=59)) == both
    assert [k.kid for k in with_signing_key(both, "k2", "x2", NOON + DAY + timedelta(hours=1))] == ["k2"]


def test_there_are_never_more_than_two_signing_keys():
    both = with_signing_key(with_signing_key((), "k1", "x1", NOON), "k2", "x2", NOON)

    assert [key.kid for key in with_signing_key(both, "k3", "x3", NOON)] == ["k2", "k3"]

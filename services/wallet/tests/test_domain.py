"""The rules of passes."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from wallet.domain import (
    LONGEST_PAUSE_S,
    Delivered,
    Delivery,
    Never,
    NotNow,
    Outcome,
    Pass,
    Verdict,
    judge,
    pause_s,
    seen,
)


def a_pass(deleted_at: datetime | None = None) -> Pass:
    return Pass(
        card_id=UUID(int=1),
        merchant_id=UUID(int=2),
        program_id=UUID(int=3),
        serial_number=UUID(int=4),
        authentication_token=b"secret-secret-secret",
        card_number="482100771930",
        qr_code="pXQ",
        locale="en",
        is_active=True,
        stamp_count=7,
        stamps_redeemed=0,
        total_stamps_earned=7,
        points_balance=0,
        points_redeemed=0,
        total_points_earned=0,
        total_points_voided=0,
        sequence_wanted=8,
        last_hash="00",
        last_transaction_at=datetime(2026, 11, 20, tzinfo=UTC),
        revision=8,
        changed_at=datetime(2026, 11, 20, tzinfo=UTC),
        deleted_at=deleted_at,
    )


def judged(
    outcome: Outcome, *, delivered: int = 5, now: int = 5, ended: bool = False, tries: int = 3
) -> Verdict:
    return judge(outcome, delivered=delivered, now=now, ended=ended, tries=tries, chance=1.0)


def test_a_pass_that_was_delivered_and_did_not_change_is_current():
    assert judged(Delivered()) == Verdict("current", 0, 0.0, None)


def test_a_pass_that_changed_while_it_was_delivered_stays_behind_and_is_taken_at_once():
    assert judged(Delivered(), now=6) == Verdict("behind", 0, 0.0, None)


def test_a_deleted_card_s_pass_is_removed_once_its_end_was_delivered():
    assert judged(Delivered(), ended=True) == Verdict("removed", 0, 0.0, None)


def test_a_card_that_was_deleted_while_its_pass_was_delivered_is_not_removed_yet():
    assert judged(Delivered(), now=6, ended=True).status == "behind"


def test_a_fault_that_passes_is_tried_again_after_a_pause_that_grows():
    verdicts = [judged(NotNow("down"), tries=tries) for tries in (1, 2, 3)]

    assert [verdict.wait_s for verdict in verdicts] == [1.0, 2.0, 4.0]
    assert {(verdict.status, verdict.last_error) for verdict in verdicts} == {("behind", "down")}


def test_the_platform_s_own_wish_to_wait_is_kept_when_it_is_longer():
    assert judged(NotNow("quota", wait_s=120.0)).wait_s == 120.0
    assert judged(NotNow("quota", wait_s=0.1), tries=3).wait_s == 4.0


def test_a_state_that_is_refused_for_good_is_not_tried_again():
    assert judged(Never("gone")) == Verdict("failed", 3, 0.0, "gone")


def test_a_state_that_is_refused_while_there_is_a_newer_one_is_tried_with_the_newer_one():
    assert judged(Never("gone"), now=6) == Verdict("behind", 3, 4.0, "gone")


@pytest.mark.parametrize("tries", [1, 5, 11, 500, 1000])
def test_pauses_have_an_end_and_are_spread(tries: int):
    assert 0.5 <= pause_s(tries, 0.0) == pause_s(tries, 1.0) / 2
    assert pause_s(tries, 1.0) <= LONGEST_PAUSE_S


def test_a_pass_never_handed_out_is_behind_and_says_when_the_wallet_is_not_configured():
    assert seen(a_pass(), "apple", None, available=False).last_error == "wallet-not-available"
    assert seen(a_pass(), "apple", None, available=True) == Delivery("apple", "behind", 0, 0, None, None)


def test_a_deleted_card_s_pass_that_was_never_handed_out_is_removed():
    deleted = a_pass(deleted_at=datetime(2026, 11, 21, tzinfo=UTC))

    assert seen(deleted, "google", None, available=False) == Delivery("google", "removed", 0, 0, None, None)


def test_the_token_is_in_no_text_of_a_pass():
    assert "secret" not in repr(a_pass())

"""The rules of Apple's web service."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kit.ids import now, uuid7
from wallet.apple import rules
from wallet.domain import Pass

CHANGED = datetime(2026, 11, 20, 10, 0, 5, 250_000, tzinfo=UTC)
SECOND = datetime(2026, 11, 20, 10, 0, 5, tzinfo=UTC)


@pytest.fixture
def held() -> Pass:
    return Pass(
        card_id=uuid7(),
        merchant_id=uuid7(),
        program_id=uuid7(),
        serial_number=uuid7(),
        authentication_token=bytes(range(32)),
        card_number="482100771930",
        qr_code="pXQ",
        locale="en",
        is_active=True,
        stamp_count=0,
        stamps_redeemed=0,
        total_stamps_earned=0,
        points_balance=0,
        points_redeemed=0,
        total_points_earned=0,
        total_points_voided=0,
        sequence_wanted=0,
        last_hash=None,
        last_transaction_at=None,
        revision=1,
        changed_at=now(),
        deleted_at=None,
    )


def test_the_token_is_long_enough_for_apple_and_plain_text(held: Pass):
    assert rules.token_text(held) == bytes(range(32)).hex()


def test_the_pass_s_own_token_is_accepted(held: Pass):
    assert rules.is_owner(held, f"ApplePass {rules.token_text(held)}")


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "ApplePass",
        "ApplePass ",
        "ApplePass wrong",
        "Bearer {}",
        "{}",
        "applepass {}",
        "ApplePass {}x",
    ],
)
def test_any_other_header_is_not(held: Pass, header: str | None):
    assert not rules.is_owner(held, header and header.format(rules.token_text(held)))


def test_a_token_of_any_signs_is_compared_and_refused(held: Pass):
    assert not rules.is_owner(held, "ApplePass ÿ\udc80漢")


def test_nobody_owns_a_pass_that_there_is_not():
    assert not rules.is_owner(None, "ApplePass " + "0" * 64)


def test_a_serial_number_has_one_spelling(held: Pass):
    text = str(held.serial_number)

    assert rules.serial_of(text) == held.serial_number
    assert rules.serial_of(text.upper()) is None
    assert rules.serial_of(f"{{{text}}}") is None
    assert rules.serial_of("x" * 3000) is None


def test_within_the_second_of_a_change_the_pass_is_given_and_a_second_less_is_said():
    for since in (None, SECOND - timedelta(seconds=1), SECOND, SECOND + timedelta(days=1)):
        fresh = rules.freshness(CHANGED, CHANGED + timedelta(milliseconds=10), since)

        assert fresh == (SECOND - timedelta(seconds=1), False)


def test_a_change_that_may_still_be_committing_is_not_settled():
    assert not rules.freshness(CHANGED, SECOND + timedelta(seconds=10.9), SECOND).not_modified


def test_once_it_is_settled_a_device_that_has_it_gets_nothing():
    later = SECOND + timedelta(seconds=11)

    assert rules.freshness(CHANGED, later, SECOND) == (SECOND, True)
    assert rules.freshness(CHANGED, later, SECOND - timedelta(seconds=1)) == (SECOND, False)
    assert rules.freshness(CHANGED, later, None) == (SECOND, False)


def test_whatever_was_said_before_a_later_change_is_never_hidden_by_it():
    """Any answer's Last-Modified, sent back after a later change, brings the pass."""
    changes = [CHANGED, CHANGED + timedelta(milliseconds=500), CHANGED + timedelta(seconds=20)]
    for index, changed in enumerate(changes[:-1]):
        for asked_s in (0, 0.4, 5, 12, 19):
            said = rules.freshness(changed, changed + timedelta(seconds=asked_s), None).last_modified
            for later in changes[index + 1 :]:
                if changed + timedelta(seconds=asked_s) < later:
                    assert not rules.freshness(later, later + timedelta(days=1), said).not_modified


def test_an_http_date_is_read_as_it_is_written():
    assert rules.http_date(CHANGED) == "Fri, 20 Nov 2026 10:00:05 GMT"
    assert rules.date_of("Fri, 20 Nov 2026 10:00:05 GMT") == SECOND


@pytest.mark.parametrize("text", [None, "", "yesterday", "Fri, 99 Nov 2026 10:00:05 GMT", "1" * 5000, "\x00"])
def test_what_is_no_date_is_as_if_it_had_not_come(text: str | None):
    assert rules.date_of(text) is None


def test_a_device_s_words_are_one_short_line_of_plain_signs():
    text = rules.log_text(["first\nline\x1b[31m", "Zürich\u202e"])

    assert text == "first\\nline\\u001b[31m | Z\\u00fcrich\\u202e"


def test_a_device_s_words_are_capped_and_hold_no_secret():
    secret = "a1b2c3d4" * 8

    text = rules.log_text([f"GET /v1/devices/{secret}/x failed", *["word " * 2000] * 9])

    assert secret not in text
    assert text.startswith("GET /v1/devices/***/x failed | word word")
    assert len(text) <= 4096


def test_a_device_s_words_name_nobody():
    text = rules.log_text(
        ["[2026-11-22 03:36:51] for eve@cafe.example, 4821-0077-1930, 4821 0077 1930, +352621000111: 404"]
    )

    assert text == "[2026-11-22 03:36:51] for *** ***, ***, ***: 404"


def test_a_tag_beyond_any_number_of_ours_is_the_largest():
    assert rules.tag_of(None) == 0
    assert rules.tag_of("17") == 17
    assert rules.tag_of("9" * 19) == 2**63 - 1

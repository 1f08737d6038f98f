"""Refusals: every code of the API, its status, and the problem it becomes."""

from __future__ import annotations

import re

import pytest

from contracts.problem import CODES, InsufficientPoints, Refusal, ValidationFailed

#: The table of the API's specification.
STATUSES = {
    400: "malformed-request idempotency-key-missing idempotency-key-invalid",
    401: "unauthenticated",
    403: "forbidden staff-approval-required staff-approval-invalid staff-approval-expired enrollment-closed"
    " password-wrong reset-token-invalid",
    404: "not-found card-not-found program-not-found reward-not-found transaction-not-found staff-not-found"
    " store-not-found merchant-not-found terminal-not-found user-not-found wallet-not-available",
    405: "method-not-allowed",
    409: "idempotency-key-in-use idempotency-key-expired card-inactive program-inactive stamps-not-enabled"
    " points-not-enabled store-not-allowed stamp-cooldown daily-stamp-limit insufficient-stamps"
    " insufficient-points below-minimum-redemption below-minimum-purchase reward-out-of-stock"
    " reward-not-valid-now reward-limit-reached order-already-rewarded already-voided"
    " void-exceeds-remaining void-not-allowed program-already-exists already-exists customer-conflict"
    " balance-limit change-not-allowed",
    412: "precondition-failed",
    413: "body-too-large",
    415: "unsupported-media-type",
    422: "validation-failed idempotency-key-reused order-reference-required currency-mismatch",
    423: "staff-locked terminal-locked",
    428: "precondition-required",
    429: "rate-limited",
    500: "internal-error",
    503: "upstream-unavailable",
}


def test_the_codes_and_their_statuses_are_those_of_the_api():
    specified = {code: status for status, codes in STATUSES.items() for code in codes.split()}

    assert {code: kind.status for code, kind in CODES.items()} == specified


@pytest.mark.parametrize("code", CODES)
def test_a_title_is_a_sentence_of_its_own(code: str):
    titles = [kind.title for kind in CODES.values()]

    assert re.fullmatch(r"[A-Z].{5,80}[^.]", CODES[code].title)
    assert titles.count(CODES[code].title) == 1


def test_a_problem_holds_what_helps_beside_its_code():
    refusal = InsufficientPoints("40 points are missing", balance=60, required=100)

    body = refusal.problem(base="https://shop.example", instance="/x", request_id="till-7")

    assert (body["code"], body["balance"], body["required"]) == ("insufficient-points", 60, 100)
    assert body["detail"] == "40 points are missing"


def test_refusals_are_alike_by_code_and_members():
    assert InsufficientPoints("words", balance=1) == InsufficientPoints("other words", balance=1)
    assert InsufficientPoints(balance=1) != InsufficientPoints(balance=2)
    assert Refusal() != InsufficientPoints()


def test_a_wrong_field_is_named_with_its_code():
    refusal = ValidationFailed.of("pin", "too-short", "at least 4 digits")

    assert refusal.members == {
        "errors": [{"field": "pin", "code": "too-short", "message": "at least 4 digits"}]
    }

"""Refusals: every code of the API, its status, and the problem it becomes."""

from __future__ import annotations

import re

import pytest

from contracts.problem import (
    CODES,
    CurrencyMismatch,
    FieldError,
    InsufficientPoints,
    Refusal,
    ValidationFailed,
    said,
)

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


# -- in the caller's language


def in_language(refusal: Refusal, language: str) -> tuple[str, str]:
    body = refusal.problem(base="https://shop.example", instance="/x", request_id="till-7", language=language)
    return body["title"], body["detail"]


@pytest.mark.parametrize(
    ("language", "title", "detail"),
    [
        ("en", "Not enough points", "The card has 60 points; this takes 100"),
        ("fr", "Pas assez de points", "La carte a 60 points ; il en faut 100"),
        ("de", "Nicht genug Punkte", "Die Karte hat 60 Punkte; nötig sind 100"),
        ("lb", "Net genuch Punkten", "D’Kaart huet 60 Punkten; gebraucht ginn 100"),
    ],
)
def test_title_and_detail_are_in_the_language_that_is_asked_for(language, title, detail):
    assert in_language(InsufficientPoints(balance=60, required=100), language) == (title, detail)


@pytest.mark.parametrize(
    ("language", "none", "one"),
    [
        ("en", "has 0 points;", "has 1 point;"),
        ("fr", "a 0 point ;", "a 1 point ;"),
        ("de", "hat 0 Punkte;", "hat 1 Punkt;"),
        ("lb", "huet 0 Punkten;", "huet 1 Punkt;"),
    ],
)
def test_what_is_counted_has_the_form_of_its_number(language, none, one):
    assert none in in_language(InsufficientPoints(balance=0, required=5), language)[1]
    assert one in in_language(InsufficientPoints(balance=1, required=5), language)[1]


def test_a_detail_with_values_is_made_anew_in_each_language():
    refusal = CurrencyMismatch(said("this merchant counts in {currency}", currency="EUR"))

    assert refusal.detail == "this merchant counts in EUR"
    assert in_language(refusal, "en")[1] == "this merchant counts in EUR"
    assert in_language(refusal, "de")[1] == "dieser Händler rechnet in EUR"


def test_a_detail_that_nobody_translated_is_left_out_rather_than_told_in_english():
    refusal = CurrencyMismatch("words that are {nowhere}")

    assert in_language(refusal, "en")[1] == "words that are {nowhere}"
    assert in_language(refusal, "fr")[1] == CurrencyMismatch.title_in("fr")


def test_a_wrong_field_is_told_in_each_language_and_its_message_stays_english():
    errors = [FieldError(field, "required", "is required") for field in ("qr", "amount", "currency")]
    one, three = ValidationFailed(errors[:1], "qr: is required"), ValidationFailed(errors, "qr: is required")

    assert in_language(one, "en")[1] == "qr: is required"
    assert in_language(one, "fr")[1] == "qr: est obligatoire"
    assert in_language(three, "en")[1] == "qr: is required (and 2 more)"
    assert in_language(three, "de")[1] == "qr: ist erforderlich (und 2 weitere Felder)"
    assert {error["message"] for error in three.members["errors"]} == {"is required"}

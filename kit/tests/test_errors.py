"""Problems at the edge: which refusal an error becomes, and how it is written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from contracts.problem import (
    CODES,
    IdempotencyKeyInUse,
    MalformedRequest,
    Refusal,
    StampCooldown,
    Unauthenticated,
    UpstreamUnavailable,
    ValidationFailed,
)
from kit.errors import FIELD_CODES, headers_of, refusal_of, refusal_of_fault, refusal_of_status, render


def error(kind: str, *place: Any, msg: str = "Input should be good") -> dict[str, Any]:
    return {"type": kind, "loc": place, "msg": msg}


def test_a_problem_is_written_as_rfc_9457_says_with_the_members_of_the_refusal():
    refusal = StampCooldown("wait", retry_at="2026-03-09T08:15:00.000000Z")

    body = json.loads(render(refusal, base="https://shop.example", instance="/stamp", request_id="till-7"))

    assert body == {
        "type": "https://shop.example/problems/stamp-cooldown",
        "title": "This card was stamped a moment ago",
        "status": 409,
        "detail": "wait",
        "instance": "/stamp",
        "code": "stamp-cooldown",
        "request_id": "till-7",
        "retryable": True,
        "retry_at": "2026-03-09T08:15:00.000000Z",
    }


def test_every_wrong_field_is_named_with_a_stable_code():
    refusal = refusal_of(
        [
            error("missing", "body", "label"),
            error("int_type", "body", "parts", 0, "weight"),
            error("extra_forbidden", "body", "colour"),
            error("string_too_long", "query", "search"),
            error("greater_than_equal", "body", "weight"),
            error("int_parsing_size", "body", "weight"),
            error("literal_error", "body", "kind"),
            error("uuid_parsing", "path", "id"),
            error("exactly-one", "body"),
        ]
    )

    assert isinstance(refusal, ValidationFailed)
    assert [(row["field"], row["code"]) for row in refusal.members["errors"]] == [
        ("label", "required"),
        ("parts.0.weight", "wrong-type"),
        ("colour", "unknown-field"),
        ("search", "too-long"),
        ("weight", "too-small"),
        ("weight", "too-large"),
        ("kind", "not-allowed"),
        ("id", "bad-format"),
        ("", "exactly-one"),
    ]
    assert {row["code"] for row in refusal.members["errors"]} <= FIELD_CODES
    assert refusal.detail == "label: is required"


def test_what_is_not_json_is_malformed():
    assert isinstance(refusal_of([error("json_invalid", "body", 3)]), MalformedRequest)


def test_a_value_error_of_ours_keeps_its_own_words():
    refusal = refusal_of([error("value_error", "body", "slug", msg="Value error, Only letters")])

    assert refusal.members["errors"][0]["message"] == "only letters"


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "malformed-request"), (404, "not-found"), (405, "method-not-allowed"), (418, "internal-error")],
)
def test_an_error_of_the_framework_is_a_problem_too(status: int, code: str):
    assert refusal_of_status(status).code == code


def test_an_exception_is_a_bug_unless_it_passes():
    assert type(refusal_of_fault(RuntimeError("a bug"))) is Refusal
    assert isinstance(refusal_of_fault(PoolTimeout("no connection is free")), UpstreamUnavailable)


@pytest.mark.parametrize("code", CODES)
def test_every_refusal_has_a_status_a_title_and_a_media_type(code: str):
    kind = CODES[code]
    refusal = kind([]) if kind is ValidationFailed else kind()

    body = json.loads(render(refusal, base="", instance="/", request_id="-"))

    assert (body["code"], body["status"] >= 400, bool(body["title"])) == (code, True, True)
    assert (b"content-type", b"application/problem+json") in headers_of(refusal)


def test_headers_tell_when_to_come_back_and_how_to_sign_in():
    assert (b"retry-after", b"1") in headers_of(IdempotencyKeyInUse())
    assert (b"retry-after", b"1") in headers_of(UpstreamUnavailable())
    assert (b"www-authenticate", b"Bearer") in headers_of(Unauthenticated())


def test_no_answer_lists_thousands_of_wrong_fields():
    refusal = refusal_of([error("extra_forbidden", "body", f"f{n}") for n in range(5500)])

    body = json.loads(render(refusal, base="", instance="/", request_id="-"))

    assert len(body["errors"]) == 50
    assert body["detail"] == "f0: is not known here (and 5499 more)"


def test_a_long_name_is_cut():
    (row,) = refusal_of([error("extra_forbidden", "body", "f" * 60_000)]).members["errors"]

    assert row["field"] == "f" * 200


@pytest.mark.parametrize("body", [[], "text", 5, None])
def test_a_body_that_is_no_object_is_told_without_the_names_of_our_code(body: Any):
    class ParcelBody(BaseModel):
        label: str

    with pytest.raises(ValidationError) as raised:
        ParcelBody.model_validate(body)
    (row,) = refusal_of(raised.value.errors()).members["errors"]

    assert (row["code"], row["message"]) == ("wrong-type", "must be an object")

"""What every test of the API looks at: the path of cards, and problems in the one form they have."""

from __future__ import annotations

from typing import Any

CARDS = "/api/v1/vendor/loyalty/cards"


def refused(answer: Any) -> tuple[int, str]:
    """Status and code of a problem, which must look like one."""
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == answer.status_code
    assert body["type"] == f"https://cards.example.com/problems/{body['code']}"
    return answer.status_code, body["code"]


def wrong_fields(answer: Any) -> set[tuple[str, str]]:
    assert refused(answer) == (422, "validation-failed")
    return {(error["field"], error["code"]) for error in answer.json()["errors"]}

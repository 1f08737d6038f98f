"""What the OpenAPI document says of refusals: each status with an example of each code."""

from __future__ import annotations

from typing import Any

from contracts.problem import (
    Forbidden,
    IdempotencyKeyInUse,
    IdempotencyKeyInvalid,
    IdempotencyKeyMissing,
    IdempotencyKeyReused,
    MalformedRequest,
    Refusal,
    Unauthenticated,
    ValidationFailed,
)

Answers = dict[int | str, dict[str, Any]]

#: What creates something may answer, beside what it is about.
KEYED = (IdempotencyKeyMissing, IdempotencyKeyInvalid, IdempotencyKeyInUse, IdempotencyKeyReused)


def problems(*kinds: type[Refusal], signed_in: bool = True) -> Answers:
    """FastAPI's `responses`: these refusals and those that every route has."""
    always: tuple[type[Refusal], ...] = (MalformedRequest, ValidationFailed)
    always += (Unauthenticated, Forbidden) if signed_in else ()
    answers: Answers = {}
    for kind in dict.fromkeys((*always, *kinds)):
        answer = answers.setdefault(kind.status, {"description": kind.title, "content": _content()})
        answer["content"]["application/problem+json"]["examples"][kind.code] = {"value": _example(kind)}
    return answers


def _content() -> dict[str, Any]:
    return {"application/problem+json": {"schema": {"type": "object"}, "examples": {}}}


def _example(kind: type[Refusal]) -> dict[str, Any]:
    if kind is ValidationFailed:
        refusal: Refusal = ValidationFailed.of("name", "required", "is required")
    elif kind.status == 423:
        refusal = kind(retry_at="2026-11-20T10:30:00.000000Z")
    else:
        refusal = kind()
    return refusal.problem(
        base="http://localhost:8000",
        instance="/api/v1/…",
        request_id="0197c1c2-7d3e-7b1a-9c52-3f1f0f6f9a10",
    )

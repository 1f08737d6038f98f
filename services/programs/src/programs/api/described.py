"""What OpenAPI says of problems: for each status the codes that may come, each with an example."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from contracts.problem import (
    CODES,
    BodyTooLarge,
    Forbidden,
    IdempotencyKeyInUse,
    IdempotencyKeyInvalid,
    IdempotencyKeyMissing,
    IdempotencyKeyReused,
    MalformedRequest,
    Refusal,
    Unauthenticated,
    UnsupportedMediaType,
    ValidationFailed,
)

#: What a switch with a key, and a route that needs one, may refuse for the key.
OPTIONALLY_KEYED = (IdempotencyKeyInvalid, IdempotencyKeyInUse, IdempotencyKeyReused)
KEYED = (IdempotencyKeyMissing, *OPTIONALLY_KEYED)

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance", "code", "request_id", "retryable"],
    "properties": {
        "type": {"type": "string", "description": "A page that says what it means and what to do"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "description": "The path that was asked"},
        "code": {"type": "string", "description": "Stable"},
        "request_id": {"type": "string"},
        "retryable": {"type": "boolean"},
        "errors": {"type": "array", "items": {"type": "object"}, "description": "Of `validation-failed`"},
    },
}

_ALWAYS: tuple[type[Refusal], ...] = (Unauthenticated, Forbidden)
_WITH_BODY: tuple[type[Refusal], ...] = (
    MalformedRequest,
    ValidationFailed,
    BodyTooLarge,
    UnsupportedMediaType,
)


def problems(*kinds: type[Refusal], body: bool = False) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may refuse so, besides what every route with or without a body may."""
    by_status: dict[int, list[type[Refusal]]] = defaultdict(list)
    for kind in (*_ALWAYS, *(_WITH_BODY if body else (ValidationFailed,)), *kinds):
        by_status[kind.status].append(kind)
    return {status: _response(found) for status, found in by_status.items()}


def _response(kinds: list[type[Refusal]]) -> dict[str, Any]:
    examples = {kind.code: {"value": _example(kind)} for kind in kinds}
    return {
        "description": "; ".join(f"`{kind.code}`: {kind.title}" for kind in kinds),
        "content": {"application/problem+json": {"schema": SCHEMA, "examples": examples}},
    }


def _example(kind: type[Refusal]) -> dict[str, Any]:
    assert kind.code in CODES
    refusal = kind.of("name", "required", "is required") if issubclass(kind, ValidationFailed) else kind()
    return refusal.problem(
        base="https://loyalty.example",
        instance="/api/v1/…",
        request_id="0197c1c2-7b1a-7e11-9d5c-3a8c6f1f0a01",
    )

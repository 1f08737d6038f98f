"""Which problems routes of auth-pins may answer, as OpenAPI says it."""

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
from kit import described

Answers = dict[int | str, dict[str, Any]]

#: What creates something may answer, beside what it is about.
SWITCHED = (IdempotencyKeyInvalid, IdempotencyKeyInUse, IdempotencyKeyReused)
KEYED = (IdempotencyKeyMissing, *SWITCHED)


def problems(*kinds: type[Refusal], signed_in: bool = True) -> Answers:
    """FastAPI's `responses`: these refusals and those that every route has."""
    always: tuple[type[Refusal], ...] = (MalformedRequest, ValidationFailed)
    always += (Unauthenticated, Forbidden) if signed_in else ()
    return described.problems(*always, *kinds)

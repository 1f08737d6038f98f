"""Which problems routes of programs may answer, as OpenAPI says it."""

from __future__ import annotations

from typing import Any

from contracts.problem import (
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
from kit import described

#: What a switch with a key, and a route that needs one, may refuse for the key.
OPTIONALLY_KEYED = (IdempotencyKeyInvalid, IdempotencyKeyInUse, IdempotencyKeyReused)
KEYED = (IdempotencyKeyMissing, *OPTIONALLY_KEYED)

_ALWAYS: tuple[type[Refusal], ...] = (Unauthenticated, Forbidden)
_WITH_BODY: tuple[type[Refusal], ...] = (
    MalformedRequest,
    ValidationFailed,
    BodyTooLarge,
    UnsupportedMediaType,
)


def problems(*kinds: type[Refusal], body: bool = False) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may refuse so, besides what every route with or without a body may."""
    return described.problems(*_ALWAYS, *(_WITH_BODY if body else (ValidationFailed,)), *kinds)

"""What the public document says of refusals: which an operation can meet, and an example of each code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from contracts.problem import (
    CODES,
    BodyTooLarge,
    Forbidden,
    IdempotencyKeyExpired,
    IdempotencyKeyInUse,
    IdempotencyKeyInvalid,
    IdempotencyKeyMissing,
    IdempotencyKeyReused,
    MalformedRequest,
    RateLimited,
    Refusal,
    Unauthenticated,
    UnsupportedMediaType,
    UpstreamUnavailable,
    ValidationFailed,
)
from kit.described import KEY_PARAMETER

PROBLEM_JSON = "application/problem+json"
_NAMED = re.compile("`([a-z-]+)`")
_ID, _AT = "0197c1c2-7e5a-7b3c-9d4e-5f60718293a4", "2026-11-20T10:30:00.000000Z"
_UNTIL, _EARLIER = {"retry_at": _AT}, {"transaction_id": _ID}
_MEMBERS: dict[str, dict[str, Any]] = {
    "stamp-cooldown": _UNTIL,
    "daily-stamp-limit": _UNTIL,
    "staff-locked": _UNTIL,
    "terminal-locked": _UNTIL,
    "insufficient-stamps": {"balance": 7, "required": 10},
    "insufficient-points": {"balance": 340, "required": 500},
    "below-minimum-redemption": {"required": 100, "amount": 60},
    "below-minimum-purchase": {"required": 500, "amount": 320},
    "order-already-rewarded": _EARLIER,
    "already-voided": _EARLIER,
    "idempotency-key-expired": _EARLIER,
    "void-exceeds-remaining": {**_EARLIER, "remaining_cents": 850},
}
_OF_KEYS = (IdempotencyKeyInvalid, IdempotencyKeyReused, IdempotencyKeyInUse, IdempotencyKeyExpired)


def describe_refusals(operation: dict[str, Any], callers: Iterable[str]) -> None:
    """Add what every operation may answer; and what those do that sign in, take a body or a key."""
    add_refusals(operation, (RateLimited, Refusal, UpstreamUnavailable))
    if set(callers) - {"public"}:
        add_refusals(operation, (Unauthenticated, Forbidden))
    if "requestBody" in operation:
        add_refusals(operation, (MalformedRequest, BodyTooLarge, UnsupportedMediaType, ValidationFailed))
    if operation.get("parameters"):
        add_refusals(operation, (ValidationFailed,))
    keys = [one for one in operation.get("parameters", ()) if one["name"].lower() == KEY_PARAMETER["name"]]
    if keys:
        add_refusals(operation, _OF_KEYS)
        if keys[0].get("required"):
            add_refusals(operation, (IdempotencyKeyMissing,))


def add_refusals(operation: dict[str, Any], kinds: Iterable[type[Refusal]]) -> None:
    """Name these codes in the responses that may hold them, unless they are named there."""
    for kind in kinds:
        response = operation["responses"].setdefault(str(kind.status), {"description": ""})
        if kind.code not in codes_of(response):
            words = response.get("description", "")
            response["description"] = "; ".join(filter(None, [words, f"`{kind.code}`: {kind.title}"]))
            examples = response.get("content", {}).get(PROBLEM_JSON, {}).get("examples")
            if examples:
                examples[kind.code] = {"value": example_of(kind)}


def codes_of(response: Mapping[str, Any]) -> set[str]:
    """The codes that a response names: by examples, or between backticks in its words."""
    examples = response.get("content", {}).get(PROBLEM_JSON, {}).get("examples", {})
    return {*examples, *_NAMED.findall(response.get("description", ""))} & CODES.keys()


def example_of(kind: type[Refusal]) -> dict[str, Any]:
    """A problem with this code, with the members that help where there are some."""
    refusal = (
        ValidationFailed.of("card_id", "required", "is required")
        if kind is ValidationFailed
        else kind(**_MEMBERS.get(kind.code, {}))
    )
    return refusal.problem(
        base="https://cards.example.com", instance="/api/v1/vendor/loyalty/stamp", request_id=_ID
    )

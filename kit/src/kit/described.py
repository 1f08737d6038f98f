"""What a document says of what many routes have, said once: the key, what a path names, and refusals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from contracts.problem import Refusal, ValidationFailed

_WORDS = (
    "16 to 255 printable ASCII characters, a new one for each intent (UUIDs advised); a repeat is answered as"
)
KEY_PARAMETER: dict[str, Any] = {
    "name": "idempotency-key",
    "in": "header",
    "required": True,
    "description": f"{_WORDS} the first request was and does nothing more.",
    "schema": {"type": "string", "minLength": 16, "maxLength": 255, "pattern": "^[ -~]+$"},
    "example": "0197c1c2-7d3e-7b1a-9c52-3f1f0f6f9a10",
}

_PATHS = {
    "card_id": "The card",
    "event_id": "The parked event",
    "link_token": "The last part of the card's address: whoever has it sees the card",
    "merchant_id": "The merchant",
    "merchant_slug": "The merchant's short name",
    "program_id": "The program",
    "reward_id": "The reward",
    "staff_id": "The staff member",
    "store_id": "The store",
    "terminal_id": "The terminal",
    "user_id": "The user",
}

_TEXT, _NUMBER = {"type": "string"}, {"type": "integer"}
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "A problem (RFC 9457)",
    "required": ["type", "title", "status", "detail", "instance", "code", "request_id", "retryable"],
    "properties": {
        "type": {**_TEXT, "description": "A page that says what it means and what to do"},
        "title": {**_TEXT, "description": "What it is, in the caller's language"},
        "status": {**_NUMBER, "description": "The HTTP status"},
        "detail": {**_TEXT, "description": "What it is in this case"},
        "instance": {**_TEXT, "description": "The path that was asked"},
        "code": {**_TEXT, "description": "Stable name of the problem"},
        "request_id": {**_TEXT, "description": "To find the request again"},
        "retryable": {"type": "boolean", "description": "Whether the same request may succeed later"},
        "errors": {"type": "array", "items": {"type": "object"}, "description": "The fields that were wrong"},
    },
}


def problems(*kinds: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """FastAPI's `responses` of a route that may refuse so: by status, each code with an example."""
    by_status: dict[int, dict[str, type[Refusal]]] = {}
    for kind in kinds:
        by_status.setdefault(kind.status, {})[kind.code] = kind
    return {status: _response(found.values()) for status, found in sorted(by_status.items())}


def _response(kinds: Iterable[type[Refusal]]) -> dict[str, Any]:
    examples = {kind.code: {"value": _example(kind)} for kind in kinds}
    return {
        "description": "; ".join(f"`{kind.code}`: {kind.title}" for kind in kinds),
        "content": {"application/problem+json": {"schema": _PROBLEM, "examples": examples}},
    }


def _example(kind: type[Refusal]) -> dict[str, Any]:
    refusal = kind.of("name", "required", "is required") if issubclass(kind, ValidationFailed) else kind()
    return refusal.problem(
        base="https://cards.example.com", instance="/api/v1/…", request_id=KEY_PARAMETER["example"]
    )


def describe_parameters(operation: dict[str, Any], *, needs_key: bool) -> None:
    """Say what each is: the key alike everywhere, optional unless it `needs_key`, and the path's parts."""
    for parameter in operation.get("parameters", ()):
        name = parameter["name"]
        if name == KEY_PARAMETER["name"]:
            # Optional to FastAPI always, so that its absence is a problem of its own, before the body's.
            parameter.update({**KEY_PARAMETER, "required": needs_key})
            if not needs_key:
                parameter["description"] = f"Optional. {KEY_PARAMETER['description']}"
        elif parameter["in"] == "path" and name in _PATHS:
            parameter.setdefault("description", _PATHS[name])

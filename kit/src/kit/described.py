"""What a document says of parameters that many routes have, said once: the key, and what a path names."""

from __future__ import annotations

from typing import Any

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

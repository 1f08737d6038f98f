"""What the gateway adds to the services' operations, described: the account of a card, approval in a move."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from gateway.edge.approval import STAFF, STAFF_SESSION
from gateway.edge.moves import MOVES
from gateway.edge.routes import METHODS


def _count(words: str, example: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": 0, "description": words, "examples": [example]}


_WORDS = ("description", "examples")


def _maybe(schema: dict[str, Any]) -> dict[str, Any]:
    words: dict[str, Any] = {name: schema.pop(name) for name in _WORDS if name in schema}
    return {"anyOf": [schema, {"type": "null"}], **words}


_TEXT = {"type": "string"}
_REWARD = {
    "type": "object",
    "required": ["id", "name", "points_required"],
    "properties": {
        "id": {**_TEXT, "format": "uuid", "description": "The reward"},
        "name": {**_TEXT, "description": "Its name"},
        "points_required": _count("What it costs", 100),
    },
}
#: What the ledger knows of a card's account.
VIEW: dict[str, Any] = {
    "stamp_count": _count("Stamps on the card now", 7),
    "stamps_target": _count("Stamps that make a reward", 10),
    "total_stamps_earned": _count("Stamps earned ever", 27),
    "stamps_redeemed": _count("Stamp rewards taken", 2),
    "points_balance": _count("Points now", 340),
    "total_points_earned": _count("Points earned ever", 1240),
    "points_redeemed": _count("Points spent ever", 900),
    "tier": _maybe({"type": "object", "description": "The tier in force; null without tiers"}),
    "can_stamp": {"type": "boolean", "description": "Whether a stamp is possible now", "examples": [True]},
    "next_stamp_available_at": _maybe(
        {**_TEXT, "format": "date-time", "description": "When a stamp is possible again; null when it is now"}
    ),
    "stamps_today": _count("Stamps of the merchant's day", 1),
    "stamps_remaining_today": _maybe(_count("Stamps left today; null without a limit", 4)),
    "can_redeem_stamps": {
        "type": "boolean",
        "description": "Whether the stamp reward is due",
        "examples": [False],
    },
    "available_rewards": {
        "type": "array",
        "items": _REWARD,
        "description": "Rewards within the balance, valid now",
    },
}


def describe_views(document: dict[str, Any]) -> None:
    """Add the view to the schema of each card that an operation with `x-compose` answers."""
    schemas = document.get("components", {}).get("schemas", {})
    for item in document["paths"].values():
        for method in (method for method in METHODS if item.get(method, {}).get("x-compose")):
            member = next(iter(item[method]["x-compose"].values()))
            for status, response in item[method]["responses"].items():
                schema = response.get("content", {}).get("application/json", {}).get("schema")
                if status[0] == "2" and schema is not None:
                    _describe(_card_in(schema, member, schemas))


def describe_switches(paths: dict[str, dict[str, Any]], switches: Iterable[str]) -> None:
    """What switches a card answers as the card is read: the path without its last segment."""
    for path in switches:
        read = paths.get(path.rpartition("/")[0], {}).get("get")
        if read is not None:
            paths[path]["post"]["responses"]["200"] = deepcopy(read["responses"]["200"])


def _card_in(schema: dict[str, Any], member: str, schemas: dict[str, Any]) -> dict[str, Any]:
    found = _resolved(schema, schemas)
    if member:
        found = _resolved(found["properties"][member], schemas)
    return _resolved(found["items"], schemas) if "items" in found else found


def _resolved(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    return schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def _describe(card: dict[str, Any]) -> None:
    card["properties"].update(VIEW)
    card["required"] = sorted({*card.get("required", ()), *VIEW})


_APPROVAL: dict[str, Any] = {
    STAFF: _maybe(
        {
            "type": "object",
            "additionalProperties": False,
            "required": ["code", "pin"],
            "properties": {
                "code": {
                    **_TEXT,
                    "minLength": 2,
                    "maxLength": 8,
                    "pattern": "^[A-Za-z0-9]+$",
                    "description": "Staff code",
                },
                "pin": {**_TEXT, "minLength": 4, "maxLength": 8, "pattern": "^[0-9]+$", "description": "PIN"},
            },
            "description": "The staff member's approval; give this or `staff_session`, where one is needed",
            "examples": [{"code": "07", "pin": "482913"}],
        }
    ),
    STAFF_SESSION: _maybe({**_TEXT, "maxLength": 4096, "description": "A staff session from before"}),
}
_KEY = {
    "name": "idempotency-key",
    "in": "header",
    "required": False,
    "description": "Required, but for a dry run: 16 to 255 printable ASCII characters, one for each intent",
    "schema": {**_TEXT, "minLength": 16, "maxLength": 255},
    "example": "0197c1c2-7d3e-7b1a-9c52-3f1f0f6f9a10",
}


def describe_moves(document: dict[str, Any]) -> None:
    """Add what the gateway takes out of a move, and the key, which a service may read by itself."""
    schemas = document.get("components", {}).get("schemas", {})
    for path in MOVES:
        operation = document["paths"].get(path, {}).get("post")
        if operation is None:
            continue
        schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
        if schema is not None:
            _resolved(schema, schemas).setdefault("properties", {}).update(_APPROVAL)
        parameters = operation.setdefault("parameters", [])
        if not any(parameter["name"].lower() == _KEY["name"] for parameter in parameters):
            parameters.append(_KEY)

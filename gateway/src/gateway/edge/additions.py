"""What the gateway adds to the services' operations, described: the account of a card, approval in a move."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from contracts.problem import StaffApprovalInvalid, StaffLocked, TerminalLocked
from gateway.edge.approval import STAFF, STAFF_SESSION
from gateway.edge.moves import MOVES
from gateway.edge.refusals import add_refusals
from gateway.edge.routes import METHODS
from kit.described import KEY_PARAMETER

#: The ledger's words for its part of a card; `id` and `status` are there without it.
_PART, _OWN = "CardAvailability", ("id", "status")


def view_of(ledger: Mapping[str, Any]) -> dict[str, Any]:
    """The members that the ledger's part adds to a card, each with its schema, from the ledger's document."""
    part = ledger.get("components", {}).get("schemas", {}).get(_PART, {"properties": {}})
    return {name: schema for name, schema in part["properties"].items() if name not in _OWN}


#: What the gateway adds to a reward, of which the ledger counts how often it was taken.
STOCK: dict[str, Any] = {
    "stock_left": {
        "anyOf": [{"type": "integer"}, {"type": "null"}],
        "title": "Stock Left",
        "description": "How many there still are; null: no limit",
        "examples": [12],
    }
}


#: The ledger's words for a program's figures; what says whose they are is there without it.
_FIGURES, _WHOSE = "ProgramFigures", ("program_id", "merchant_id", "store_id", "stores")
STATISTICS: dict[str, Any] = {
    "statistics": {
        "anyOf": [{"$ref": "#/components/schemas/ProgramTotals"}, {"type": "null"}],
        "title": "Statistics",
        "description": "What was counted of it; null while the ledger does not answer",
    }
}


def totals_of(ledger: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a program's figures in a list, from the ledger's document."""
    figures = ledger.get("components", {}).get("schemas", {}).get(_FIGURES, {"properties": {}})
    properties = {name: schema for name, schema in figures["properties"].items() if name not in _WHOSE}
    return {
        "type": "object",
        "title": "ProgramTotals",
        "description": "The figures of one program",
        "additionalProperties": False,
        "required": list(properties),
        "properties": properties,
    }


def describe_views(document: dict[str, Any], view: Mapping[str, Any]) -> None:
    """Add to the schema of each card, reward or program that `x-compose` names what the answer lacks."""
    schemas = document.get("components", {}).get("schemas", {})
    for item in document["paths"].values():
        for method in (method for method in METHODS if item.get(method, {}).get("x-compose")):
            ((kind, member),) = item[method]["x-compose"].items()
            added = {"reward": STOCK, "rewards": STOCK, "programs": STATISTICS}.get(kind, view)
            for status, response in item[method]["responses"].items():
                schema = response.get("content", {}).get("application/json", {}).get("schema")
                if status[0] == "2" and schema is not None:
                    _describe(_thing_in(schema, member, schemas), added)


def describe_switches(paths: dict[str, dict[str, Any]], switches: Iterable[str]) -> None:
    """What switches a card answers as the card is read: the path without its last segment."""
    for path in switches:
        read = paths.get(path.rpartition("/")[0], {}).get("get")
        if read is not None:
            paths[path]["post"]["responses"]["200"] = deepcopy(read["responses"]["200"])


def _thing_in(schema: dict[str, Any], member: str, schemas: dict[str, Any]) -> dict[str, Any]:
    found = _resolved(schema, schemas)
    if member:
        found = _resolved(found["properties"][member], schemas)
    return _resolved(found["items"], schemas) if "items" in found else found


def _resolved(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    return schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def _describe(thing: dict[str, Any], added: Mapping[str, Any]) -> None:
    thing["properties"].update(added)
    thing["required"] = sorted({*thing.get("required", ()), *added})


_TEXT = {"type": "string"}
_CODE = {**_TEXT, "minLength": 2, "maxLength": 8, "pattern": "^[A-Za-z0-9]+$", "examples": ["07"]}
_PIN = {**_TEXT, "minLength": 4, "maxLength": 8, "pattern": "^[0-9]+$", "examples": ["482913"]}
#: What schemas the additions refer to.
SCHEMAS: dict[str, Any] = {
    "StaffApproval": {
        "type": "object",
        "title": "StaffApproval",
        "additionalProperties": False,
        "required": ["code", "pin"],
        "properties": {
            "code": {**_CODE, "description": "The staff member's code, without regard to case"},
            "pin": {**_PIN, "description": "Their PIN"},
        },
        "description": "A staff member's approval",
    }
}
_APPROVAL: dict[str, Any] = {
    STAFF: {
        "anyOf": [{"$ref": "#/components/schemas/StaffApproval"}, {"type": "null"}],
        "description": "The staff member's approval; give this or `staff_session`, where one is needed",
        "examples": [{"code": "07", "pin": "482913"}],
    },
    STAFF_SESSION: {
        "anyOf": [{**_TEXT, "maxLength": 4096}, {"type": "null"}],
        "description": "A staff session from before; give this or `staff`, where an approval is needed",
    },
}
_KEY = {
    **KEY_PARAMETER,
    "required": False,
    "description": f"{KEY_PARAMETER['description']} A dry run needs none.",
}
#: What the gateway itself refuses in a move: it exchanges code and PIN for a session.
_REFUSED = (StaffApprovalInvalid, StaffLocked, TerminalLocked)


def describe_moves(document: dict[str, Any]) -> None:
    """Add what the gateway takes out of a move, and the key, which a service may read by itself."""
    schemas = document.get("components", {}).get("schemas", {})
    for path in MOVES:
        operation = document["paths"].get(path, {}).get("post")
        if operation is None:
            continue
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        if (schema := body.get("schema")) is not None:
            _resolved(schema, schemas).setdefault("properties", {}).update(_APPROVAL)
            if "title" in schema:  # written out where it is used: it gets its own name, as other bodies have
                body["schema"] = {"$ref": f"#/components/schemas/{schema['title']}"}
                document.setdefault("components", {}).setdefault("schemas", {})[schema["title"]] = schema
        parameters = operation.setdefault("parameters", [])
        if not any(parameter["name"].lower() == _KEY["name"] for parameter in parameters):
            parameters.append(_KEY)
        add_refusals(operation, _REFUSED)

"""The one public OpenAPI document, merged from those of the services."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from contracts import documents
from contracts.problem import CODES
from gateway.edge.additions import (
    SCHEMAS,
    describe_moves,
    describe_switches,
    describe_views,
    totals_of,
    view_of,
)
from gateway.edge.refusals import PROBLEM_JSON, codes_of, describe_refusals, example_of
from gateway.edge.routes import METHODS, Documents

SERVICES = ("programs", "auth-pins", "cards", "ledger", "wallet")
_PROBLEM_REF = {"$ref": "#/components/schemas/Problem"}

DESCRIPTION = """Loyalty cards for shops: stamps, points and rewards.

The merchant comes from the credential, never from a field; what belongs to another merchant is answered as if
it did not exist. Every error is `application/problem+json` with a stable `code`. Every POST that creates or
moves something takes an `Idempotency-Key`: the same key and request give the same answer and one effect,
however often they are sent. What is at no address is `not-found`, and another method than those shown
`method-not-allowed`."""

_SECURITY = {
    "terminal": ("terminalKey", "A terminal's API key, `pk_<environment>_<id>_<secret>`"),
    "user": ("userToken", "The access token of a signed-in user"),
}


def committed() -> dict[str, Any]:
    """The services' documents as they are committed."""
    found = {name: documents.document(f"openapi/{name}.json") for name in SERVICES}
    return {name: json.loads(content) for name, content in found.items() if content}


def merged(given: Documents, public_base_url: str) -> dict[str, Any]:
    """One document. ValueError when two services claim one operation id or one operation."""
    paths: dict[str, dict[str, Any]] = {}
    schemas: dict[str, Any] = {"Problem": _problem_schema(), **SCHEMAS}
    schemas["ProgramTotals"] = totals_of(given.get("ledger", {}))
    view = view_of(given.get("ledger", {}))
    seen: dict[str, str] = {}
    switches: list[str] = []
    for service, original in given.items():
        document = _own_names(service, deepcopy(dict(original)), schemas)
        describe_views(document, view)
        describe_moves(document)
        for path, item in document["paths"].items():
            for method in (method for method in METHODS if method in item):
                operation = _public(service, item[method])
                _claim(seen, operation["operationId"], f"{method.upper()} {path} of {service}")
                paths.setdefault(path, {})[method] = operation
                switches += [path] if item[method].get("x-card") else []
        schemas.update(document.get("components", {}).get("schemas", {}))
    describe_switches(paths, switches)
    _share_examples(paths)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Punchcard",
            "version": "1",
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0"},
        },
        "servers": [{"url": public_base_url}],
        "tags": [{"name": tag} for tag in sorted(_tags(paths))],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": _used(paths, schemas),
            "examples": {code: {"value": example_of(kind)} for code, kind in sorted(CODES.items())},
            "securitySchemes": {
                name: {"type": "http", "scheme": "bearer", "description": words}
                for name, words in _SECURITY.values()
            },
        },
    }


def _claim(seen: dict[str, str], operation_id: str, place: str) -> None:
    if operation_id in seen:
        raise ValueError(f"{operation_id} is the operation id of {seen[operation_id]} and of {place}")
    seen[operation_id] = place


def _public(service: str, operation: dict[str, Any]) -> dict[str, Any]:
    """The operation without what is between us, with who may call it in OpenAPI's own words."""
    callers = operation.get("x-callers", [])
    kept = {name: value for name, value in operation.items() if not name.startswith("x-")}
    kept["tags"] = operation.get("tags") or [service]
    kept["security"] = _security(callers)
    describe_refusals(kept, callers)
    kept["responses"] = {
        status: _problems(status, response) if status[0] in "45" else response
        for status, response in sorted(kept["responses"].items())
    }
    return kept


def _security(callers: list[str]) -> list[dict[str, list[str]]]:
    found: list[dict[str, list[str]]] = []
    if "terminal" in callers:
        found.append({_SECURITY["terminal"][0]: []})
    users = [role for role in callers if role in ("owner", "manager", "admin")]
    if users:
        found.append({_SECURITY["user"][0]: users})
    if "public" in callers:
        found.append({})
    return found


def _problems(status: str, response: Mapping[str, Any]) -> dict[str, Any]:
    """A problem's response: its schema, and an example of each code that the service names, else of all."""
    media = response.get("content", {}).get(PROBLEM_JSON, {})
    named = codes_of(response) or {code for code, kind in CODES.items() if str(kind.status) == status}
    examples = media.get("examples", {}) | {code: {"value": None} for code in named}
    words = response.get("description") or ", ".join(f"`{code}`" for code in sorted(named))
    content = {PROBLEM_JSON: {"schema": _PROBLEM_REF, "examples": dict(sorted(examples.items()))}}
    return {**response, "description": words, "content": content}


def _share_examples(paths: Mapping[str, Mapping[str, Any]]) -> None:
    """Each code's example is written down once: refer to it."""
    for operation in (operation for item in paths.values() for operation in item.values()):
        for response in operation["responses"].values():
            examples = response.get("content", {}).get(PROBLEM_JSON, {}).get("examples", {})
            for code in CODES.keys() & examples.keys():
                examples[code] = {"$ref": f"#/components/examples/{code}"}


_WHOLE = {"type": "integer"}
#: The members that help, of the codes that have them.
_HELPFUL: dict[str, Any] = {
    "retry_at": {"type": "string", "format": "date-time", "description": "When it may be tried again"},
    "balance": {**_WHOLE, "description": "Stamps or points that there are"},
    "required": {**_WHOLE, "description": "How much is needed: stamps, points, or minor units"},
    "amount": {**_WHOLE, "description": "How much it is, where `required` is a minimum"},
    "transaction_id": {"type": "string", "format": "uuid", "description": "The earlier transaction"},
    "remaining_cents": {**_WHOLE, "description": "What of the purchase can still be voided"},
}


def _problem_schema() -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "type": "object",
        "description": "A problem (RFC 9457); more members help with some codes",
        "required": ["type", "title", "status", "detail", "instance", "code", "request_id", "retryable"],
        "properties": {
            "type": {**text, "format": "uri", "description": "A page that says what it means and what to do"},
            "title": {**text, "description": "What it is"},
            "status": {"type": "integer", "description": "The HTTP status"},
            "detail": {**text, "description": "What it is in this case"},
            "instance": {**text, "description": "The path that was asked"},
            "code": {**text, "enum": sorted(CODES), "description": "Stable name of the problem"},
            "request_id": {**text, "description": "Names the request when you ask about it"},
            "retryable": {"type": "boolean", "description": "Whether the same request may succeed later"},
            **_HELPFUL,
            "errors": {
                "type": "array",
                "description": "The fields that were wrong, for `validation-failed`",
                "items": {
                    "type": "object",
                    "required": ["field", "code", "message"],
                    "properties": {
                        "field": {**text, "description": "Where it is, parts joined by dots"},
                        "code": {**text, "description": "Stable name of what is wrong"},
                        "message": {**text, "description": "The same in English"},
                    },
                },
            },
        },
    }


# -- names


def _own_names(service: str, document: dict[str, Any], taken: Mapping[str, Any]) -> dict[str, Any]:
    """The document with those schemas renamed whose name another service gave to something else."""
    own = document.get("components", {}).get("schemas", {})
    clashes = {name for name, schema in own.items() if name in taken and taken[name] != schema}
    if not clashes:
        return document
    prefix = "".join(part.capitalize() for part in service.split("-"))
    text = json.dumps(document)
    for name in clashes:
        text = text.replace(f'"#/components/schemas/{name}"', f'"#/components/schemas/{prefix}{name}"')
    renamed: dict[str, Any] = json.loads(text)
    schemas = renamed["components"]["schemas"]
    renamed["components"]["schemas"] = {
        # Generators name classes by titles: those too are of one meaning each.
        (prefix + n if n in clashes else n): {**value, "title": prefix + n} if n in clashes else value
        for n, value in schemas.items()
    }
    return renamed


def _used(paths: Any, schemas: Mapping[str, Any]) -> dict[str, Any]:
    """The schemas that the paths lead to."""
    found: dict[str, Any] = {}
    waiting = list(_refs(paths))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = schemas[name]
            waiting += _refs(schemas[name])
    return dict(sorted(found.items()))


def _refs(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(ref := value.get("$ref"), str) and ref.startswith("#/components/schemas/"):
            yield ref.rpartition("/")[2]
        for part in value.values():
            yield from _refs(part)
    elif isinstance(value, list):
        for part in value:
            yield from _refs(part)


def _tags(paths: Mapping[str, Mapping[str, Any]]) -> set[str]:
    return {tag for item in paths.values() for operation in item.values() for tag in operation["tags"]}

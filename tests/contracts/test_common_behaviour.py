"""What every operation of the public API promises alike, read from the one public document."""

from __future__ import annotations

import json
from typing import Any

import pytest

from contracts import documents

DOCUMENT = json.loads(documents.document("openapi/gateway.json") or b"")
OPERATIONS = [
    (method, path, operation)
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
]
MOVES = tuple(f"/{kind}{move}" for kind in ("stamp", "points") for move in ("/redeem", "/void", "/adjust"))
MOVES = (*MOVES, "/vendor/loyalty/stamp", "/points/earn")
#: A key is optional on these: they only switch, and the second time changes nothing.
SWITCHES = ("activate", "deactivate", "reactivate", "unlock", "restore", "retry", "discard")
#: These take none: nothing is created that counts.
KEYLESS = ("/api/v1/auth/", "/staff-sessions", "/cards/lookup", "/apple/", "/google/")
#: Things with a version: who changes one says which one they saw.
VERSIONED = ("programs", "program", "settings", "merchants", "stores", "rewards", "users", "pins", "customer")


def ids(found: list[Any]) -> list[str]:
    return [f"{method.upper()} {path}" for method, path, _ in found]


def each(*methods: str) -> Any:
    found = [one for one in OPERATIONS if one[0] in methods]
    return pytest.mark.parametrize(("method", "path", "operation"), found, ids=ids(found))


def parameter(operation: dict[str, Any], name: str) -> dict[str, Any] | None:
    return next((p for p in operation.get("parameters", ()) if p["name"].lower() == name), None)


@each("post")
def test_what_creates_or_moves_takes_a_key_and_what_switches_may(method, path, operation):
    key = parameter(operation, "idempotency-key")

    if any(part in path for part in KEYLESS):
        assert key is None
    elif path.rpartition("/")[2] in SWITCHES:
        assert key is None or "key" in key["name"]
    else:
        assert key is not None
        # A dry run needs none: there the body decides.
        assert key["required"] or path.endswith(MOVES)


@each("get")
def test_a_list_has_pages_of_50_and_at_most_100(method, path, operation):
    cursor, limit = parameter(operation, "cursor"), parameter(operation, "limit")

    assert (cursor is None) == (limit is None)
    if limit is not None:
        schema = limit["schema"]
        assert (schema["default"], schema["minimum"], schema["maximum"]) == (50, 1, 100)
        assert "422" in operation["responses"]


@each("patch", "delete")
def test_who_changes_what_has_a_version_names_the_one_they_saw(method, path, operation):
    thing = [part for part in path.split("/") if not part.startswith("{")][-1]
    match = parameter(operation, "if-match")

    if thing in VERSIONED:
        assert match is not None
        assert {"412", "428"} <= operation["responses"].keys()
    else:
        assert match is None


@each("delete")
def test_what_is_deleted_answers_nothing(method, path, operation):
    if operation["operationId"] == "unregisterDevice":
        assert "content" not in operation["responses"]["200"]  # as Apple's devices have it
        return
    assert "204" in operation["responses"]
    assert "content" not in operation["responses"]["204"]


@each("get", "post", "patch", "delete")
def test_every_operation_says_what_it_is_and_each_refusal_has_an_example(method, path, operation):
    assert operation["operationId"]
    assert operation["summary"]
    assert {"429", "500", "503"} <= operation["responses"].keys()
    for status, response in operation["responses"].items():
        if status[0] in "45":
            (media,) = response["content"]
            assert media == "application/problem+json"
            assert response["content"][media]["examples"]

"""Each change that breaks an old reader or an old message is caught, and nothing else is."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from punchcard.compatibility import breaks

OLD: dict[str, Any] = {
    "type": "object",
    "required": ["id", "data"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "data": {"$ref": "#/$defs/Visit"},
    },
    "$defs": {
        "Visit": {
            "type": "object",
            "required": ["kind", "count"],
            "properties": {
                "kind": {"enum": ["first", "again"], "type": "string"},
                "count": {"type": "integer", "minimum": 1},
                "ended_at": {
                    "anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}],
                    "default": None,
                },
                "parts": {"type": "array", "items": {"$ref": "#/$defs/Part"}, "default": []},
            },
        },
        "Part": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
    },
}


def visit(schema: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = schema["$defs"]["Visit"]
    return found


def changed(change: Callable[[dict[str, Any]], object]) -> list[str]:
    new = copy.deepcopy(OLD)
    change(new)
    return breaks(OLD, new)


def test_the_same_schema_breaks_nothing():
    assert breaks(OLD, copy.deepcopy(OLD)) == []


def test_a_new_optional_member_breaks_nothing():
    found = changed(lambda new: visit(new)["properties"].update(note={"type": "string", "default": ""}))

    assert found == []


def test_other_words_and_another_name_of_a_definition_break_nothing():
    def reword(new: dict[str, Any]) -> None:
        visit(new)["description"] = "Somebody came by"
        new["$defs"]["Stop"] = new["$defs"].pop("Visit")
        new["properties"]["data"]["$ref"] = "#/$defs/Stop"

    assert changed(reword) == []


BREAKING: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "a member that is gone": (
        lambda new: visit(new)["properties"].pop("ended_at"),
        "data.ended_at is gone: an old reader misses it",
    ),
    "a new required member": (
        lambda new: (
            visit(new)["properties"].update(place={"type": "string"}),
            visit(new)["required"].append("place"),
        ),
        "data.place is new and required: an old message lacks it",
    ),
    "a member that becomes required": (
        lambda new: visit(new)["required"].append("ended_at"),
        "data.ended_at is required now: an old message may lack it",
    ),
    "a required member that becomes optional": (
        lambda new: visit(new)["required"].remove("count"),
        "data.count may be left out now: an old reader needs it",
    ),
    "a narrowed enumeration": (
        lambda new: visit(new)["properties"]["kind"]["enum"].remove("again"),
        'data.kind may not be "again" any more: an old message is refused',
    ),
    "a widened enumeration": (
        lambda new: visit(new)["properties"]["kind"]["enum"].append("last"),
        'data.kind may be "last" now: an old reader refuses it',
    ),
    "an enumeration in place of any text": (
        lambda new: new["$defs"]["Part"]["properties"]["name"].update(enum=["left"]),
        'data.parts[].name may only be "left" now: an old message is refused',
    ),
    "any text in place of an enumeration": (
        lambda new: visit(new)["properties"]["kind"].pop("enum"),
        'data.kind may have any value now: an old reader knows "again", "first" only',
    ),
    "a type that changed": (
        lambda new: visit(new)["properties"]["count"].update(type="string"),
        "data.count takes no integer any more: an old message is refused",
    ),
    "a null that is no longer possible": (
        lambda new: visit(new)["properties"]["ended_at"]["anyOf"].pop(),
        "data.ended_at takes no null any more: an old message is refused",
    ),
    "a null that is new": (
        lambda new: visit(new)["properties"]["count"].update(
            anyOf=[{"type": "integer", "minimum": 1}, {"type": "null"}]
        ),
        "data.count may be null now: an old reader refuses it",
    ),
    "a bound that moved": (
        lambda new: visit(new)["properties"]["count"].update(minimum=0),
        "data.count has another minimum: 1 became 0",
    ),
    "a bound that is new": (
        lambda new: new["properties"]["id"].update(pattern="^0"),
        "id has another pattern: None became ^0",
    ),
    "a default that changed": (
        lambda new: visit(new)["properties"]["ended_at"].update(default="1970-01-01T00:00:00Z"),
        "data.ended_at has another default: an old message without it means something else",
    ),
    "other members of a list's items": (
        lambda new: new["$defs"]["Part"]["properties"].pop("name"),
        "data.parts[].name is gone: an old reader misses it",
    ),
    "members that were open and are closed": (
        lambda new: visit(new).update(additionalProperties=False),
        "data has another additionalProperties: None became False",
    ),
}


@pytest.mark.parametrize("name", BREAKING)
def test_a_breaking_change_is_caught_and_named(name: str):
    change, sentence = BREAKING[name]

    assert sentence in changed(change)

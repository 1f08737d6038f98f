"""The public document tells a newcomer everything: who may call, each field's meaning, examples, refusals."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator

from contracts import documents
from contracts.problem import CODES
from gateway.edge.refusals import codes_of

CAMEL = re.compile(r"[a-z][a-z0-9]*([A-Z][a-z0-9]*)*")
PROBLEM = "application/problem+json"
#: Those that answer anyone, and say so by a way in that asks for nothing.
PUBLIC = re.compile(r"/api/v1/(auth|loyalty|google|apple)/")
SIGNED_IN = {"changePassword"}
#: Always the same answer, which says nothing.
SAYS_NOTHING = {
    ("forgotPassword", "202"),
    *(("registerDevice", status) for status in ("200", "201")),
    *((name, "200") for name in ("unregisterDevice", "tellLog", "takeGoogleCallback")),
}


def document() -> dict[str, Any]:
    content = documents.document("openapi/gateway.json")
    assert content is not None
    found: dict[str, Any] = json.loads(content)
    return found


DOCUMENT = document()
SCHEMAS = DOCUMENT["components"]["schemas"]


class Operation(NamedTuple):
    """One operation with its place."""

    path: str
    method: str
    said: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.method}-{self.said['operationId']}"


OPERATIONS = [
    Operation(path, method, said) for path, item in DOCUMENT["paths"].items() for method, said in item.items()
]
RESPONSES = [
    (operation, status, response)
    for operation in OPERATIONS
    for status, response in operation.said["responses"].items()
]


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    return SCHEMAS[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def fields_without_words(schema: Any, place: str) -> Iterator[str]:
    """Where a member is at any depth that nobody described."""
    if isinstance(schema, dict):
        for name, member in schema.get("properties", {}).items():
            if not member.get("description"):
                yield f"{place}.{name}"
        for name, part in schema.items():
            yield from fields_without_words(part, f"{place}.{name}")
    elif isinstance(schema, list):
        for part in schema:
            yield from fields_without_words(part, place)


def wrong(schema: dict[str, Any], value: Any) -> list[str]:
    whole = {**schema, "components": DOCUMENT["components"]}
    validator = Draft202012Validator(whole, format_checker=FormatChecker())
    return [error.message for error in validator.iter_errors(value)]


def examples_of(body: dict[str, Any]) -> list[Any]:
    """Of a media type: its own, else those of its schema or of what the schema may be."""
    own = [example["value"] for example in body.get("examples", {}).values()]
    own += [body["example"]] if "example" in body else []
    schema = resolved(body["schema"])
    kinds = [schema, *(resolved(kind) for kind in schema.get("anyOf", ()))]
    return own or [example for kind in kinds for example in kind.get("examples", ())]


@pytest.mark.slow
def test_it_is_openapi_3_1():
    assert DOCUMENT["openapi"].startswith("3.1.")
    assert [error.message for error in OpenAPIV31SpecValidator(DOCUMENT).iter_errors()] == []


def test_every_operation_has_a_name_of_its_own_in_camel_case():
    names = [operation.said["operationId"] for operation in OPERATIONS]

    assert len(names) == len(set(names))
    assert [name for name in names if not CAMEL.fullmatch(name)] == []


def test_nothing_that_is_between_us_is_told():
    assert re.findall(r'"x-[a-z-]+":|/internal/', json.dumps(DOCUMENT)) == []


def test_an_operation_says_what_it_does_and_who_may_call_it():
    for operation in OPERATIONS:
        said = operation.said
        for told in ("summary", "description", "tags", "security"):
            assert said[told], f"{operation}: no {told}"
        open_to_all = {} in said["security"]
        assert open_to_all == bool(PUBLIC.match(operation.path) and said["operationId"] not in SIGNED_IN), (
            f"{operation}: open to anyone, or not, by mistake"
        )


def test_an_operation_describes_its_parameters():
    without = [
        f"{operation}: {parameter['name']}"
        for operation in OPERATIONS
        for parameter in operation.said.get("parameters", ())
        if not (parameter.get("description") or parameter["schema"].get("description"))
    ]

    assert without == []


def test_every_field_has_a_description():
    places = {**SCHEMAS, **DOCUMENT["paths"]}
    without = [place for name, part in places.items() for place in fields_without_words(part, name)]

    assert without == []


def test_a_body_has_an_example_that_it_takes():
    for operation in OPERATIONS:
        for body in operation.said.get("requestBody", {}).get("content", {}).values():
            examples = examples_of(body)

            assert examples, f"{operation}: no example"
            assert [wrong(body["schema"], example) for example in examples] == [[]] * len(examples), operation


def test_an_answer_has_a_shape():
    for operation, status, response in RESPONSES:
        silent = (operation.said["operationId"], status) in SAYS_NOTHING
        if status == "204" or status[0] == "3" or silent:
            assert "content" not in response, f"{operation} {status}"
            continue
        assert response["content"], f"{operation} {status}"
        for kind, body in response["content"].items():
            assert body.get("schema"), f"{operation} {status} {kind} can be anything"


def test_a_refusal_has_an_example_of_each_code():
    for operation, status, response in RESPONSES:
        if status[0] not in "45":
            continue
        body = response["content"][PROBLEM]
        assert body["schema"] == {"$ref": "#/components/schemas/Problem"}, f"{operation} {status}"
        assert body["examples"].keys() == codes_of(response) != set(), f"{operation} {status}"
        assert {str(CODES[code].status) for code in body["examples"]} == {status}, f"{operation} {status}"


def test_every_code_is_one_that_some_operation_names():
    named = {
        name
        for _, _, response in RESPONSES
        for name in response.get("content", {}).get(PROBLEM, {}).get("examples", ())
    }

    # There is no operation where another method is asked for.
    assert CODES.keys() - named == {"method-not-allowed"}


@pytest.mark.parametrize("code", CODES)
def test_the_example_of_a_code_is_a_problem(code: str):
    assert wrong(SCHEMAS["Problem"], DOCUMENT["components"]["examples"][code]["value"]) == []


def test_a_key_is_described_alike_wherever_one_is_taken():
    keys = [
        parameter
        for operation in OPERATIONS
        for parameter in operation.said.get("parameters", ())
        if parameter["name"].lower() == "idempotency-key"
    ]

    assert len(keys) > 20
    assert {json.dumps(key["schema"], sort_keys=True) for key in keys} == {
        '{"maxLength": 255, "minLength": 16, "pattern": "^[ -~]+$", "type": "string"}'
    }
    assert all("16 to 255 printable ASCII characters" in key["description"] for key in keys)
    assert len({(key["required"], key["description"]) for key in keys}) == 3  # needed, but when dry, optional

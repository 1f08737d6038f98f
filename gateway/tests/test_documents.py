"""The services' documents as a table of routes, and as the one public document."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest

from contracts.problem import CODES
from gateway.edge.merging import merged
from gateway.edge.routes import RouteTable, routes_of
from gateway.settings import GatewaySettings
from kit.settings import SettingsProblem
from kit.testing import Keys

VENDOR = "/api/v1/vendor/loyalty"


def test_a_path_finds_its_template_and_its_services(described):
    table = RouteTable(routes_of(described))

    found = table.at(f"{VENDOR}/cards/0197/passes")["GET"]
    assert (found.service, found.path) == ("wallet", f"{VENDOR}/cards/{{card_id}}/passes")
    both = table.at(f"{VENDOR}/cards")
    assert both.keys() == {"GET", "POST"}
    assert (both["POST"].needs_key, both["POST"].cards_in, both["GET"].cards_in) == (True, "card", "items")
    assert table.at(f"{VENDOR}/cards/lookup").keys() == {"POST"}


def test_a_template_is_found_behind_a_literal_that_leads_nowhere(described):
    described["wallet"]["paths"][f"{VENDOR}/cards/{{id}}/passes/{{platform}}"] = {
        "get": {"x-callers": ["owner"], "operationId": "p"}
    }
    table = RouteTable(routes_of(described))

    assert table.at(f"{VENDOR}/cards/lookup/passes").keys() == {"GET"}
    assert table.at(f"{VENDOR}/cards/x/passes/apple").keys() == {"GET"}


@pytest.mark.parametrize("segment", ["", ".", ".."])
def test_a_segment_that_could_mean_another_path_finds_nothing(described, segment):
    table = RouteTable(routes_of(described))

    assert table.at(f"{VENDOR}/cards/x") != {}
    assert table.at(f"{VENDOR}/cards/{segment}") == {}


def test_two_services_cannot_claim_one_route(described):
    described["wallet"]["paths"][f"{VENDOR}/stamp"] = deepcopy(
        described["ledger"]["paths"][f"{VENDOR}/stamp"]
    )

    with pytest.raises(ValueError, match="claimed by ledger and by wallet"):
        RouteTable(routes_of(described))


def test_a_route_that_does_not_say_who_may_call_it_is_refused(described):
    del described["ledger"]["paths"][f"{VENDOR}/stamp"]["post"]["x-callers"]

    with pytest.raises(ValueError, match="does not say who"):
        list(routes_of(described))


def test_an_internal_route_in_a_document_is_refused(described):
    described["ledger"]["paths"]["/internal/card-views"] = {"post": {"x-callers": ["owner"]}}

    with pytest.raises(ValueError, match="outside"):
        list(routes_of(described))


# -- the public document


def test_the_public_document_holds_all_and_nothing_of_what_is_between_us(described):
    document = merged(described, "https://cards.example.com")

    operations = [operation for item in document["paths"].values() for operation in item.values()]
    ids = [operation["operationId"] for operation in operations]
    assert len(ids) == len(set(ids)) == sum(1 for _ in routes_of(described))
    assert '"x-' not in json.dumps(document)
    assert document["servers"] == [{"url": "https://cards.example.com"}]
    for operation in operations:
        assert operation["tags"]
        assert "503" in operation["responses"]


def test_who_may_call_is_said_in_the_documents_own_words(described):
    paths = merged(described, "x")["paths"]

    assert paths[f"{VENDOR}/program"]["get"]["security"] == [
        {"terminalKey": []},
        {"userToken": ["owner", "manager"]},
    ]
    assert paths["/api/v1/auth/token"]["post"]["security"] == [{}]


def test_a_card_is_described_with_its_account_and_a_move_with_its_approval(described):
    view = {name: {"description": name} for name in ("id", "status", "stamp_count", "tier")}
    described["ledger"]["components"]["schemas"]["CardAvailability"] = {"properties": view}
    body = {"schema": {"type": "object", "properties": {"qr": {}}, "additionalProperties": False}}
    stamp = described["ledger"]["paths"][f"{VENDOR}/stamp"]["post"]
    stamp["requestBody"] = {"content": {"application/json": body}}

    document = merged(described, "x")

    card = document["components"]["schemas"]["Card"]
    assert {"id", "stamp_count", "tier"} <= card["properties"].keys()
    assert card["properties"]["stamp_count"] == {"description": "stamp_count"}
    assert "stamp_count" in card["required"]
    operation = document["paths"][f"{VENDOR}/stamp"]["post"]
    members = operation["requestBody"]["content"]["application/json"]["schema"]["properties"]
    assert members.keys() == {"qr", "staff", "staff_session"}
    assert [parameter["name"] for parameter in operation["parameters"]] == ["idempotency-key"]
    # What was given is not touched.
    assert body["schema"]["properties"].keys() == {"qr"}


def test_problems_have_one_schema_and_examples_of_their_codes(described):
    described["ledger"]["paths"][f"{VENDOR}/stamp"]["post"]["responses"]["404"] = {"description": ""}

    document = merged(described, "x")
    responses = document["paths"][f"{VENDOR}/stamp"]["post"]["responses"]

    content = responses["404"]["content"]["application/problem+json"]
    assert content["schema"] == {"$ref": "#/components/schemas/Problem"}
    assert content["examples"].keys() == {code for code, kind in CODES.items() if kind.status == 404}
    assert content["examples"]["card-not-found"] == {"$ref": "#/components/examples/card-not-found"}
    assert responses["404"]["description"]
    shared = {code: example["value"]["code"] for code, example in document["components"]["examples"].items()}
    assert shared == {code: code for code in CODES}


def test_a_service_that_names_its_codes_gets_these_and_those_of_every_operation(described):
    stamp = described["ledger"]["paths"][f"{VENDOR}/stamp"]["post"]
    stamp["responses"]["409"] = {"description": "`stamp-cooldown`: too soon"}
    stamp["requestBody"] = {"content": {}}

    operation = merged(described, "x")["paths"][f"{VENDOR}/stamp"]["post"]

    def codes(status: str) -> set[str]:
        return operation["responses"][status]["content"]["application/problem+json"]["examples"].keys()

    assert codes("409") == {"stamp-cooldown", "idempotency-key-in-use", "idempotency-key-expired"}
    assert codes("413") == {"body-too-large"}
    assert codes("423") == {"staff-locked", "terminal-locked"}
    assert {"unauthenticated"} == codes("401")
    assert "staff-approval-invalid" in codes("403")
    assert "`idempotency-key-in-use`" in operation["responses"]["409"]["description"]


def test_schemas_of_one_name_and_two_meanings_both_stay(described):
    def give(service: str, path: str, method: str, kind: str) -> None:
        schema = {"type": "object", "properties": {"items": {"type": kind}}}
        described[service]["components"]["schemas"]["Page"] = schema
        content = {"application/json": {"schema": {"$ref": "#/components/schemas/Page"}}}
        described[service]["paths"][path][method]["responses"]["200"]["content"] = content

    give("programs", f"{VENDOR}/program", "get", "string")
    give("wallet", f"{VENDOR}/cards/{{card_id}}/passes", "get", "integer")

    document = merged(described, "x")

    def shown(path: str) -> Any:
        content = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
        return document["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]

    assert shown(f"{VENDOR}/program")["properties"]["items"] == {"type": "string"}
    assert shown(f"{VENDOR}/cards/{{card_id}}/passes")["properties"]["items"] == {"type": "integer"}


def test_two_operations_of_one_id_are_refused(described):
    described["wallet"]["paths"][f"{VENDOR}/cards/{{card_id}}/passes"]["get"]["operationId"] = "getProgram"

    with pytest.raises(ValueError, match="getProgram"):
        merged(described, "x")


# -- settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cors_origins", "till.example"),
        ("cors_origins", "https://till.example/"),
        ("cors_origins", "*"),
        ("trusted_proxies", "proxy.example"),
        ("trusted_proxies", "10.0.0.1/8"),
    ],
)
def test_a_setting_that_means_nothing_is_refused_at_the_start(tmp_path, name, value):
    given = Keys(tmp_path).settings("gateway", "postgresql://nobody@127.0.0.1:1/none", **{name: value})

    with pytest.raises(SettingsProblem, match=name.upper()):
        GatewaySettings.load(**given)

"""The AsyncAPI documents say what topics.yaml says: who tells, who hears, where, in which schema."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from contracts import documents
from punchcard.services import SERVICE_NAMES

TOPICS: dict[str, Any] = yaml.safe_load(documents.document("topics.yaml") or b"")["topics"]


def asyncapi(service: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(documents.document(f"asyncapi/{service}.json") or b"")
    return found


def resolve(document: dict[str, Any], reference: str) -> Any:
    place: Any = document
    for part in reference.removeprefix("#/").split("/"):
        place = place[part]
    return place


@pytest.mark.parametrize("service", SERVICE_NAMES)
def test_a_service_sends_what_it_owns_and_receives_what_it_consumes(service: str):
    operations = asyncapi(service)["operations"]

    sent = {name for name, topic in TOPICS.items() if topic["owner"] == service}
    heard = {name for name, topic in TOPICS.items() if service in topic["consumers"]}
    parked = {f"{name}-dlq" for name in heard}

    assert {name for name, row in operations.items() if row["action"] == "send"} == {
        f"send-{t}" for t in sent | parked
    }
    assert {name for name, row in operations.items() if row["action"] == "receive"} == {
        f"receive-{t}" for t in heard
    }


@pytest.mark.parametrize("service", SERVICE_NAMES)
def test_every_message_of_an_operation_leads_to_a_committed_schema(service: str):
    document = asyncapi(service)

    for operation in document["operations"].values():
        channel = resolve(document, operation["channel"]["$ref"])
        types = TOPICS[channel["address"].removesuffix("-dlq")]["types"]
        assert len(operation["messages"]) == len(types)
        for reference in operation["messages"]:
            message = resolve(document, resolve(document, reference["$ref"])["$ref"])
            schema = message["payload"]["schema"]["$ref"]
            assert documents.document(schema.removeprefix("../")) is not None, schema


def test_a_channel_tells_how_its_topic_is_kept():
    kept = asyncapi("ledger")["channels"]["ledger-events"]["bindings"]["kafka"]

    assert (kept["partitions"], kept["topicConfiguration"]) == (
        12,
        {"cleanup.policy": ["delete"], "retention.ms": -1},
    )

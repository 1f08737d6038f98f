"""Every event has a model, a schema that breaks nobody, a place on a topic, and examples."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator, FormatChecker

from contracts import documents
from contracts.event import Envelope, Fact, State
from kit.work import envelope
from punchcard import generate
from punchcard.compatibility import breaks
from punchcard.problems import Found
from punchcard.services import SERVICE_NAMES

FOLDER = documents.folder()
FACTS = generate.facts()
EXAMPLES = sorted(
    path.relative_to(FOLDER / "examples").as_posix() for path in FOLDER.glob("examples/*/*.json")
)
#: Words of people that may be in no event, wherever they stand in a member's name.
PERSONAL = re.compile(
    r"(.+_)?(email|e_mail|phone|first_name|last_name|full_name|staff_name|customer_name|birthday|notes?|ip|ip_address"
    r"|user_agent|contact|pin|pin_hash|password|password_hash|secret|api_key|token)"
)
#: A place on the map and a shop's name are no personal data; a person's name is.
MAY_BE_NAMED = {"programs"}


def committed(fact_type: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / "schemas" / f"{fact_type}.json").read_bytes())
    return found


def topics() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((FOLDER / "topics.yaml").read_text())["topics"]
    return found


def example(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / "examples" / name).read_bytes())
    return found


def members(schema: Any) -> Iterator[str]:
    """Every member's name, at any depth, but of those that say yes or no: `require_staff_pin` holds none."""
    if isinstance(schema, dict):
        yield from (
            name for name, part in schema.get("properties", {}).items() if part.get("type") != "boolean"
        )
        for part in schema.values():
            yield from members(part)


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts(part)


# -- schemas


def test_every_type_on_a_topic_has_a_model_and_every_model_a_topic():
    declared = {(name, kind) for name, topic in topics().items() for kind in topic["types"]}

    assert declared == {(fact.topic, kind) for kind, fact in FACTS.items()}


def test_a_type_is_named_after_the_service_that_owns_its_topic():
    for name, topic in topics().items():
        for kind in topic["types"]:
            assert re.fullmatch(rf"{topic['owner']}\.[a-z-]+(ed)\.v[0-9]+", kind), f"{kind} on {name}"


def test_a_compacted_topic_carries_whole_states_only():
    for topic in topics().values():
        if topic["cleanup"] == "compact":
            assert all(issubclass(FACTS[kind], State) for kind in topic["types"])


def test_one_key_of_a_topic_has_one_kind_of_state():
    kinds = [(fact.topic, fact.kind) for fact in FACTS.values() if issubclass(fact, State)]

    assert len(kinds) == len(set(kinds))


@pytest.mark.parametrize("kind", FACTS)
def test_a_schema_is_a_good_schema_and_is_what_the_model_says(kind: str):
    schema = committed(kind)

    Draft202012Validator.check_schema(schema)
    assert schema == generate.schema_of(FACTS[kind])


@pytest.mark.parametrize("path", sorted((FOLDER / "schemas").glob("*.json")), ids=lambda path: path.stem)
def test_the_models_break_no_reader_of_a_committed_schema(path: Path):
    fact = FACTS.get(path.stem)

    assert fact is not None, f"{path.stem} was told once: its model has to stay"
    assert breaks(committed(path.stem), generate.schema_of(fact)) == []


def test_a_model_that_breaks_a_committed_schema_is_not_written(tmp_path: Path):
    (tmp_path / "schemas").mkdir()
    kind = "cards.card-changed.v1"
    new = committed(kind)
    (tmp_path / "schemas" / f"{kind}.json").write_text(json.dumps(new))

    del new["$defs"]["CardChanged"]["properties"]["qr_code"]
    new["$defs"]["CardChanged"]["required"].remove("qr_code")
    found = generate.broken_schemas(tmp_path, {f"schemas/{kind}.json": json.dumps(new).encode()})

    assert found == [f"{kind}: data.qr_code is gone: an old reader misses it"]
    assert generate.broken_schemas(tmp_path, {}) == [f"{kind} has a schema and no model any more"]


@pytest.mark.parametrize("kind", FACTS)
def test_no_member_is_named_like_personal_data(kind: str):
    names = set(members(committed(kind)))

    assert not [name for name in names if PERSONAL.fullmatch(name)]
    assert "name" not in names or kind.partition(".")[0] in MAY_BE_NAMED


@pytest.mark.parametrize(
    "name", ["contact_email", "staff_name", "pin", "phone", "notes", "link_token", "ip_address"]
)
def test_the_word_list_finds_personal_data(name: str):
    assert PERSONAL.fullmatch(name)


def test_a_reader_passes_over_members_it_does_not_know():
    newer = example("cards.card-changed.v1/erased.json")
    newer["data"]["favourite_colour"] = newer["a-new-extension"] = "green"

    Draft202012Validator(committed("cards.card-changed.v1")).validate(newer)
    FACTS["cards.card-changed.v1"].model_validate(Envelope.model_validate(newer).data)


# -- examples


def test_every_type_has_two_examples_at_least():
    counts = {kind: sum(name.startswith(f"{kind}/") for name in EXAMPLES) for kind in FACTS}

    assert {kind: count for kind, count in counts.items() if count < 2} == {}


def test_no_example_was_ever_deleted_or_changed():
    index = json.loads((FOLDER / "examples" / "index.json").read_bytes())

    there = {name: generate.digest(FOLDER / "examples" / name) for name in EXAMPLES}

    assert there == index, "an example stays as it is for ever; a new one is listed by `make contracts`"


def test_the_index_of_examples_never_forgets_nor_relearns_one(tmp_path: Path):
    (tmp_path / "examples" / "a.b.v1").mkdir(parents=True)
    (tmp_path / "examples" / "a.b.v1" / "first.json").write_text("{}")
    (tmp_path / "examples" / "index.json").write_text(
        '{"a.b.v1/first.json": "as it was", "a.b.v1/gone.json": "0"}'
    )
    (tmp_path / "examples" / "a.b.v1" / "second.json").write_text("[]")

    index = json.loads(generate.examples_index(tmp_path)["examples/index.json"])

    assert set(index) == {"a.b.v1/first.json", "a.b.v1/gone.json", "a.b.v1/second.json"}
    assert (index["a.b.v1/first.json"], index["a.b.v1/gone.json"]) == ("as it was", "0")


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_follows_its_schema_and_is_read_by_todays_model(name: str):
    message = example(name)

    Draft202012Validator(committed(message["type"]), format_checker=FormatChecker()).validate(message)
    parsed = Envelope.model_validate(message)
    fact = FACTS[parsed.type].model_validate(parsed.data)

    assert parsed.type == name.partition("/")[0]
    assert (fact.key(), fact.order()) == (parsed.subject, parsed.sequence)
    assert parsed.id.version == 7


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_names_no_person(name: str):
    found = [text for text in texts(example(name)) if "@" in text or re.search(r"\+\d{6,}", text)]

    assert found == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_a_service_says_follows_the_schema(name: str):
    message = example(name)
    fact: Fact = FACTS[message["type"]].model_validate(message["data"])

    said = json.loads(envelope(message["source"].removeprefix("/punchcard/"), fact))

    Draft202012Validator(committed(message["type"]), format_checker=FormatChecker()).validate(said)
    assert {**said["data"], **message["data"]} == said["data"], "what was said once can still be said"
    assert said["dataschema"] == committed(message["type"])["$id"]


@pytest.mark.parametrize(
    ("member", "value"), [("sequence", "two"), ("type", "cards.card-lost.v1"), ("subject", None)]
)
def test_a_message_that_is_not_right_is_refused_by_its_schema(member: str, value: Any):
    message = example("cards.card-changed.v1/erased.json")

    message[member] = value

    assert not Draft202012Validator(committed("cards.card-changed.v1")).is_valid(message)


# -- drift


@pytest.mark.slow
def test_the_committed_documents_are_what_the_code_says():
    try:
        generate.main(["--check"])
    except Found as found:
        pytest.fail(str(found))


def test_every_service_has_its_openapi_document():
    assert {path.stem for path in FOLDER.glob("openapi/*.json")} == set(SERVICE_NAMES)


def test_drift_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(documents, "folder", lambda: tmp_path)
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "left-over.json").write_text("{}")
    (tmp_path / "schemas" / "same.json").write_text("{}")

    assert generate.drift(tmp_path, {"schemas/same.json": b"{}", "asyncapi/new.json": b"{}"}) == [
        "asyncapi/new.json",
        "schemas/left-over.json",
    ]

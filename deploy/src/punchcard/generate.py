"""Writes what models and routes say as documents: JSON Schema, AsyncAPI and OpenAPI.

`python -m punchcard.generate` writes them under contracts/, `--check` names those that the code says no
longer. A schema that would break an old reader or an old message is refused: that is a new version of the
event.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic.json_schema import GenerateJsonSchema

from contracts import documents
from contracts.event import Envelope, Fact
from gateway.edge import own
from gateway.edge.merging import merged
from kit.app import openapi_of
from kit.settings import ServiceSettings
from kit.testing import Keys
from punchcard.compatibility import breaks
from punchcard.problems import Found, Problem, WrongUsage
from punchcard.services import GATEWAY, SERVICES, ServiceKind

#: What the documents say of this platform's address; a running one says its own.
PUBLIC_BASE_URL = "http://localhost:8000"

_MODULES = ("auth_pins", "cards", "ledger", "programs", "wallet")
_GENERATED = ("schemas", "asyncapi", "openapi")


def main(arguments: Sequence[str]) -> None:
    """Write the documents, or compare them when told to `--check`."""
    if list(arguments) not in ([], ["--check"]):
        raise WrongUsage("usage: python -m punchcard.generate [--check]")
    folder = documents.folder()
    wanted = {**schemas(), **asyncapi(), **openapi(), **examples_index(folder)}
    broken = broken_schemas(folder, wanted)
    if broken:
        raise Found(
            "\n".join([*broken, "Give the event a new version, and tell both until no consumer is left."])
        )
    drifted = drift(folder, wanted)
    if arguments:
        if drifted:
            raise Found("\n".join([*drifted, "Run `make contracts` and commit what it writes."]))
    else:
        _write(folder, wanted)
    for path in drifted:
        print(path)  # noqa: T201 - what changed is this command's answer


# -- what the code says


def facts() -> dict[str, type[Fact]]:
    """Every event that is told, by its type."""
    modules = [importlib.import_module(f"contracts.{name}") for name in _MODULES]
    found = [value for module in modules for value in vars(module).values() if isinstance(value, type)]
    return dict(
        sorted((fact.type, fact) for fact in found if issubclass(fact, Fact) and "type" in vars(fact))
    )


class _Plain(GenerateJsonSchema):
    """Without a title for each member: it would only say its name again."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def schema_of(fact: type[Fact]) -> dict[str, Any]:
    """The JSON Schema (2020-12) of the whole message: the envelope with this fact as its data."""
    envelope = Envelope.model_json_schema(schema_generator=_Plain)
    data = fact.model_json_schema(schema_generator=_Plain)
    definitions = data.pop("$defs", {})
    envelope["properties"]["type"] = {"const": fact.type, "type": "string"}
    envelope["properties"]["data"] = {"$ref": f"#/$defs/{fact.__name__}"}
    return {
        **envelope,
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"/schemas/{fact.type}.json",
        "title": fact.type,
        "description": data.get("description", "").partition("\n")[0],
        "$defs": {**definitions, fact.__name__: data},
    }


def schemas() -> dict[str, bytes]:
    return {f"schemas/{name}.json": _text(schema_of(fact)) for name, fact in facts().items()}


def asyncapi() -> dict[str, bytes]:
    """An AsyncAPI 3 document per service."""
    topics = yaml.safe_load(documents.document("topics.yaml") or b"")
    return {f"asyncapi/{kind.name}.json": _text(_asyncapi_of(kind, topics)) for kind in SERVICES}


def openapi() -> dict[str, bytes]:
    """An OpenAPI document per service, of its public routes; the gateway's is all of them and its own."""
    with tempfile.TemporaryDirectory() as folder:
        keys = Keys(Path(folder))
        found = {kind.name: _openapi_of(kind, keys) for kind in SERVICES}
    found[GATEWAY.name] = merged(found, PUBLIC_BASE_URL)
    return {f"openapi/{name}.json": _text(document) for name, document in found.items()}


def _openapi_of(kind: ServiceKind, keys: Keys) -> dict[str, Any]:
    if kind is GATEWAY:
        # Its own operations, whatever was committed of the services'.
        return own.document()
    module = importlib.import_module(f"{kind.package}.settings")
    (settings,) = (
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, ServiceSettings)
        and value.__module__ == module.__name__
    )
    nowhere = {f"{peer.package}_url": "http://127.0.0.1:1" for peer in SERVICES}
    given = keys.settings(kind.name, "postgresql://nobody@127.0.0.1:1/none", public_base_url=PUBLIC_BASE_URL)
    build = importlib.import_module(f"{kind.package}.main").build
    return openapi_of(build(settings.load(**nowhere, **given)))


# -- AsyncAPI


def _asyncapi_of(kind: ServiceKind, topics: dict[str, Any]) -> dict[str, Any]:
    letters = topics["dead_letters"]
    channels: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    types: set[str] = set()
    for name, declared in topics["topics"].items():
        topic = {**topics["defaults"], **declared}
        told, hears = topic["owner"] == kind.name, kind.name in topic["consumers"]
        if told or hears:
            types.update(topic["types"])
            channels[name] = _channel(name, topic)
        if told:
            operations[f"send-{name}"] = _operation("send", name, f"What {kind.name} tells", topic["types"])
        if hears:
            summary = f"What {kind.name} hears of {topic['owner']}"
            operations[f"receive-{name}"] = _operation("receive", name, summary, topic["types"])
        if hears:
            dead = name + letters["suffix"]
            channels[dead] = _channel(dead, {**topic, "retention_ms": None, **letters})
            operations[f"send-{dead}"] = _operation("send", dead, f"What {kind.name} parked", topic["types"])
    return {
        "asyncapi": "3.0.0",
        "info": {"title": f"Punchcard {kind.name}", "version": "1", "license": {"name": "Apache-2.0"}},
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {"messages": {name: _message(name) for name in types}},
    }


def _channel(name: str, topic: dict[str, Any]) -> dict[str, Any]:
    kept = {"cleanup.policy": [topic["cleanup"]]}
    if topic.get("retention_ms") is not None:
        kept["retention.ms"] = topic["retention_ms"]
    kafka = {"topic": name, "partitions": topic["partitions"], "replicas": topic["replication_factor"]}
    return {
        "address": name,
        "description": f"Keyed by {topic['key']}; order is kept per key",
        "messages": {kind: {"$ref": f"#/components/messages/{kind}"} for kind in topic["types"]},
        "bindings": {"kafka": {**kafka, "topicConfiguration": kept, "bindingVersion": "0.5.0"}},
    }


def _operation(action: str, channel: str, summary: str, types: Sequence[str]) -> dict[str, Any]:
    messages = [{"$ref": f"#/channels/{channel}/messages/{kind}"} for kind in types]
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": summary,
        "messages": messages,
    }


def _message(name: str) -> dict[str, Any]:
    fact = facts()[name]
    return {
        "name": name,
        "title": fact.__name__,
        "contentType": "application/cloudevents+json",
        "payload": {
            "schemaFormat": "application/schema+json;version=draft-2020-12",
            "schema": {"$ref": f"../schemas/{name}.json"},
        },
        "bindings": {"kafka": {"key": {"type": "string"}, "bindingVersion": "0.5.0"}},
    }


# -- golden examples: each is kept for ever as it was added


def examples_index(folder: Path) -> dict[str, bytes]:
    """The index with the examples that are new; those it holds already stay as they were written down."""
    root = folder / "examples"
    index = root / "index.json"
    known: dict[str, str] = json.loads(index.read_bytes()) if index.exists() else {}
    there = {path.relative_to(root).as_posix(): path for path in root.glob("*/*.json")}
    added = {name: digest(path) for name, path in there.items() if name not in known}
    return {"examples/index.json": _text({**known, **added})}


def digest(path: Path) -> str:
    """What the index says of an example."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


# -- what is committed


def broken_schemas(folder: Path, wanted: dict[str, bytes]) -> list[str]:
    """A sentence for each committed schema that the new one would break, and for each type that is gone."""
    found = []
    for path in sorted((folder / "schemas").glob("*.json")):
        fresh = wanted.get(f"schemas/{path.name}")
        if fresh is None:
            found.append(f"{path.stem} has a schema and no model any more")
        else:
            found += [
                f"{path.stem}: {words}" for words in breaks(json.loads(path.read_bytes()), json.loads(fresh))
            ]
    return found


def drift(folder: Path, wanted: dict[str, bytes]) -> list[str]:
    """The paths whose file is not what the code says."""
    there = {
        path.relative_to(folder).as_posix() for kind in _GENERATED for path in (folder / kind).glob("*.json")
    }
    stale = {path for path, content in wanted.items() if documents.document(path) != content}
    return sorted(stale | (there - wanted.keys()))


def _write(folder: Path, wanted: dict[str, bytes]) -> None:
    for path, content in wanted.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def _text(document: Any) -> bytes:
    return (json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Problem as problem:
        print(problem, file=sys.stderr)  # noqa: T201 - a command's one sentence
        sys.exit(problem.exit_code)

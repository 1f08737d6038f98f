"""The committed documents beside the models: topics, schemas, AsyncAPI and OpenAPI, by their path."""

from __future__ import annotations

from importlib import resources
from pathlib import Path


def folder() -> Path:
    """Where they are: inside the package that a wheel installed, or around it in a work tree."""
    package = Path(str(resources.files("contracts")))
    return package if (package / "topics.yaml").exists() else package.parents[1]


def document(path: str) -> bytes | None:
    """The bytes of one, `asyncapi/ledger.json`; None when there is none."""
    file = folder() / path
    return file.read_bytes() if file.is_file() else None

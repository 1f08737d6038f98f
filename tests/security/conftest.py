"""What the security tests share: every operation of the public document, and who may call it."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest


class Operation(NamedTuple):
    """One operation of /openapi.json; `body` is the schema of its request, None without one."""

    name: str
    method: str
    path: str
    callers: frozenset[str]
    needs_key: bool
    body: dict[str, Any] | None

    @property
    def is_public(self) -> bool:
        return not self.callers

    def at(self, some_id: str) -> str:
        """Its path with that id wherever it names a thing."""
        return "/".join(some_id if part.startswith("{") else part for part in self.path.split("/"))


@pytest.fixture(scope="session")
def operations_of() -> Any:
    """Reads them from a platform's document."""
    return _operations


def _operations(platform: Any) -> list[Operation]:
    document = platform.http.get("/openapi.json").json()
    found = []
    for path, methods in document["paths"].items():
        for method, said in methods.items():
            schemas = [part["schema"] for part in said.get("requestBody", {}).get("content", {}).values()]
            keys = [p for p in said.get("parameters", []) if p["name"].lower() == "idempotency-key"]
            found.append(
                Operation(
                    said["operationId"],
                    method.upper(),
                    path,
                    _callers(said["security"]),
                    bool(keys) and bool(keys[0].get("required")),
                    _resolved(schemas[0], document) if schemas else None,
                )
            )
    return found


def _callers(security: list[dict[str, list[str]]]) -> frozenset[str]:
    callers = {role for need in security for role in need.get("userToken", [])}
    return frozenset(callers | {"terminal" for need in security if "terminalKey" in need})


def _resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    for option in schema.get("anyOf", [schema]):
        if "$ref" in option:
            found: dict[str, Any] = document["components"]["schemas"][option["$ref"].rsplit("/", 1)[1]]
            return found
    return schema


@pytest.fixture(scope="module")
def shop(platform: Any) -> Any:
    return platform.open_shop()


@pytest.fixture(scope="module")
def tokens(platform: Any, shop: Any) -> dict[str, str]:
    """Credentials by role; a manager may do nothing that an owner may not."""
    return {"admin": platform.admin, "owner": shop.owner, "manager": shop.owner, "terminal": shop.key}

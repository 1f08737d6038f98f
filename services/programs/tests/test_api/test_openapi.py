"""What the OpenAPI document says of this service."""

from __future__ import annotations

from typing import Any

from kit.app import Service, openapi_of

ADMIN, EDITORS, READERS = ["admin"], ["owner", "manager"], ["owner", "manager", "terminal"]


def _operations(service: Service) -> dict[str, dict[str, Any]]:
    paths = openapi_of(service)["paths"]
    return {f"{method.upper()} {path}": one for path, item in paths.items() for method, one in item.items()}


async def test_every_operation_says_who_may_call_it(nowhere: Any):
    callers = {name: one["x-callers"] for name, one in _operations(nowhere.service).items()}

    for name, roles in callers.items():
        _, path = name.split(" ")
        if "/admin/" in path:
            assert roles == ADMIN, name
        elif "/vendor/" in path:
            assert roles == (READERS if name.startswith("GET") else EDITORS), name
        else:
            assert (roles, name.startswith("GET")) == (["public"], True), name
    assert len(callers) == 33
    assert not any("/internal" in name for name in callers)


async def test_every_operation_is_described_with_its_problems(nowhere: Any):
    operations = _operations(nowhere.service)

    assert len({one["operationId"] for one in operations.values()}) == len(operations)
    for name, one in operations.items():
        assert one["summary"], name
        assert one["description"], name
        refused = {status: response for status, response in one["responses"].items() if status >= "400"}
        assert {"401", "403", "422"} <= set(refused), name
        for response in refused.values():
            problem = response["content"]["application/problem+json"]
            assert all(example["value"]["code"] == code for code, example in problem["examples"].items())


async def test_every_body_has_an_example_and_says_what_its_fields_mean(nowhere: Any):
    schemas = openapi_of(nowhere.service)["components"]["schemas"]

    bodies = [name for name, schema in schemas.items() if schema.get("additionalProperties") is False]
    assert {"NewMerchant", "ProgramChanges", "NewReward", "Deactivation"} <= set(bodies)
    for name in bodies:
        for field, schema in schemas[name].get("properties", {}).items():
            assert schema.get("description"), f"{name}.{field}"
            assert "default" not in schema or not name.endswith("Changes"), f"{name}.{field}"
        if name not in ("NoBody", "TierBody"):
            assert schemas[name]["examples"], name

"""Routes and what they depend on run on the event loop: a plain function costs a thread with each request."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from .sources import nodes

ROOT = Path(__file__).parents[2]
MODULES = [
    path
    for folder in ("kit/src", "gateway/src", "services")
    for path in sorted((ROOT / folder).rglob("*.py"))
]
WITH_ROUTES = [
    path for path in MODULES if "tests" not in path.parts and "from fastapi import" in path.read_text()
]
METHODS = {"get", "post", "put", "patch", "delete"}


def asked_for(path: Path) -> Iterator[str]:
    """Functions that routes of this module depend on."""
    for node in nodes(path):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Depends":
            yield from (one.id for one in node.args if isinstance(one, ast.Name))


def answers(function: ast.FunctionDef) -> bool:
    calls = [one for one in function.decorator_list if isinstance(one, ast.Call)]
    return any(isinstance(one.func, ast.Attribute) and one.func.attr in METHODS for one in calls)


def test_the_routes_are_found():
    assert len(WITH_ROUTES) > 20


def in_a_thread(path: Path) -> list[str]:
    wanted = set(asked_for(path))
    plain = [node for node in nodes(path) if isinstance(node, ast.FunctionDef)]
    return [one.name for one in plain if one.name in wanted or answers(one)]


def test_nothing_that_answers_a_request_needs_a_thread():
    found = {path.relative_to(ROOT).as_posix(): in_a_thread(path) for path in WITH_ROUTES}

    assert {path: names for path, names in found.items() if names} == {}

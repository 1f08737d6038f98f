"""Who may know whom: the import rules hold, and each would notice an import that the house does not allow."""

from __future__ import annotations

import ast
import copy
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import grimp
import pytest
from importlinter.api import read_configuration
from importlinter.application import use_cases
from importlinter.domain.contract import registry

from .sources import nodes

ROOT = Path(__file__).parents[2]
SERVICES = ("programs", "cards", "ledger", "auth_pins", "wallet")
#: What a rule may not know of the standard library: clock, chance, files, network, log.
CLOCK = re.compile(r"\b(datetime|date)\.(now|utcnow|today)$")
NOT_FOR_RULES = {
    "asyncio",
    "logging",
    "os",
    "pathlib",
    "random",
    "secrets",
    "socket",
    "subprocess",
    "threading",
    "time",
}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    packages = read_configuration(str(ROOT / "pyproject.toml"))["session_options"]["root_packages"]
    return grimp.build_graph(*packages, include_external_packages=True, cache_dir=None)


@pytest.fixture(scope="module")
def rules() -> list[Any]:
    """The contracts of pyproject.toml, each able to check a graph."""
    use_cases._register_contract_types(use_cases.read_user_options(str(ROOT / "pyproject.toml")))
    read = read_configuration(str(ROOT / "pyproject.toml"))
    return [
        registry.get_contract_class(options["type"])(options["name"], read["session_options"], options)
        for options in read["contracts_options"]
    ]


def holds(rule: Any, graph: grimp.ImportGraph) -> bool:
    return bool(rule.check(graph=copy.deepcopy(graph), verbose=False).kept)


def test_every_import_rule_holds(rules: list[Any], graph: grimp.ImportGraph):
    assert [rule.name for rule in rules if not holds(rule, graph)] == []


def strangers() -> Iterator[tuple[str, str]]:
    everyone = (*SERVICES, "gateway")
    for one in everyone:
        yield from ((f"{one}.main", f"{other}.main") for other in everyone if other != one)
        yield f"{one}.main", "punchcard.stack"
        yield "kit.app", f"{one}.main"
        yield "contracts.event", f"{one}.main"


def inside() -> Iterator[tuple[str, str]]:
    upwards = [
        ("domain", "tables"),
        ("domain", "store"),
        ("tables", "store"),
        ("store", "commands"),
        ("store", "queries"),
        ("commands", "api"),
        ("commands", "consumers"),
        ("queries", "api"),
        ("api", "main"),
        ("consumers", "main"),
    ]
    for service in SERVICES:
        yield from ((f"{service}.{lower}", f"{service}.{upper}") for lower, upper in upwards)
        known = (
            "sqlalchemy",
            "time",
            "logging",
            "pydantic",
            "fastapi",
            "kit.ids",
            "kit.work",
            "contracts.event",
        )
        yield from ((f"{service}.domain", other) for other in known)


FORBIDDEN = [
    *strangers(),
    *inside(),
    ("kit.app", "punchcard.stack"),
    ("contracts.event", "kit.ids"),
    ("contracts.event", "sqlalchemy"),
    ("contracts.event", "fastapi"),
    ("ledger.main", "httpx"),
    ("wallet.main", "aiohttp"),
    ("gateway.clients", "httpx"),
]


@pytest.mark.parametrize(("importer", "imported"), FORBIDDEN, ids=lambda name: name)
def test_an_import_that_the_house_does_not_allow_is_noticed(
    rules: list[Any], graph: grimp.ImportGraph, importer: str, imported: str
):
    missing = [name for name in (importer, imported) if name not in graph.modules and "." in name]
    if missing:
        # A service without queries has none; its other rooms are there, which another test says.
        assert all(name.endswith((".queries", ".consumers", ".tables")) for name in missing), missing
        return

    changed = copy.deepcopy(graph)
    if imported not in changed.modules:
        changed.add_module(imported, is_squashed=True)
    changed.add_import(importer=importer, imported=imported)

    assert not all(holds(rule, changed) for rule in rules)


# -- what import-linter cannot say


def python_files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


@cache
def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            found.update(
                {f"contracts.{alias.name}" for alias in node.names} if module == "contracts" else {module}
            )
    return found


def test_contracts_import_pydantic_and_the_standard_library_only():
    allowed = {"contracts", "pydantic", *sys.stdlib_module_names}
    for path in python_files("contracts/src"):
        assert {name.partition(".")[0] for name in imports_of(path)} <= allowed, path


def rule_files() -> list[Path]:
    return sorted(
        path
        for path in python_files("services")
        if path.name == "domain.py" or (path.parent.name == "domain" and "src" in path.parts)
    )


def test_every_service_has_rules_to_look_at():
    assert {path.relative_to(ROOT).parts[1].replace("-", "_") for path in rule_files()} == set(SERVICES)


def test_rules_know_the_standard_library_problems_and_money():
    allowed = sys.stdlib_module_names - NOT_FOR_RULES
    for path in rule_files():
        package = path.relative_to(ROOT / "services").parts[2]
        for name in imports_of(path):
            known = name in ("contracts.problem", "contracts.money") or name.startswith(f"{package}.domain")
            assert known or name.partition(".")[0] in allowed, f"{path} imports {name}"


def test_rules_do_not_ask_the_clock_nor_open_or_print_anything():
    for path, node in [(file, node) for file in rule_files() for node in nodes(file)]:
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            assert called not in ("open", "print", "input"), f"{path}:{node.lineno}"
            assert not CLOCK.search(called), f"{path}:{node.lineno} asks the clock"
        assert not isinstance(node, (ast.AsyncFunctionDef, ast.Await)), f"{path}:{node.lineno} waits"


def test_no_import_is_relative():
    for path in python_files("contracts", "kit", "services", "gateway", "deploy"):
        if "src" in path.parts:
            assert not [name for name in imports_of(path) if name.startswith(".")], path

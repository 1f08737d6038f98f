"""Whether this machine and these settings can run the platform: each answer is a sentence."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from kit.settings import ServiceSettings, SettingsProblem
from punchcard.embedded.java import find_java, java_version
from punchcard.embedded.postgres import find_binaries
from punchcard.home import Home
from punchcard.problems import Problem
from punchcard.services import SERVICES, ServiceKind


class Finding(NamedTuple):
    """One thing that was looked at."""

    what: str
    good: bool
    words: str


def machine(home: Home) -> list[Finding]:
    """What `punchcard up` needs of the machine."""
    return [_postgres(), _java(), _home(home)]


def settings(kind: ServiceKind, env: Mapping[str, str] | None = None) -> Finding:
    """The service's settings as it would read them from this environment (ours by default)."""
    with _environment(env):
        try:
            loaded = settings_class(kind).load()
        except SettingsProblem as problem:
            return Finding(kind.name, False, str(problem))
    return Finding(kind.name, True, f"{loaded.environment} settings are complete")


def settings_class(kind: ServiceKind) -> type[ServiceSettings]:
    module = importlib.import_module(f"{kind.package}.settings")
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, ServiceSettings) and value.service == kind.name:
            return value
    raise LookupError(f"{module.__name__} has no settings of {kind.name}")


def all_services() -> list[Finding]:
    return [settings(kind) for kind in SERVICES]


def _postgres() -> Finding:
    try:
        return Finding("PostgreSQL", True, str(find_binaries()))
    except Problem as problem:
        return Finding("PostgreSQL", False, str(problem))


def _java() -> Finding:
    try:
        java = find_java()
    except Problem as problem:
        return Finding("Java", False, str(problem))
    return Finding("Java", True, f"{java_version(java)}, {java}")


def _home(home: Home) -> Finding:
    parent = next(folder for folder in (home.path, *home.path.parents) if folder.exists())
    if os.access(parent, os.W_OK | os.X_OK):
        return Finding("state directory", True, str(home.path))
    return Finding("state directory", False, f"{home.path} cannot be written")


@contextmanager
def _environment(env: Mapping[str, str] | None) -> Iterator[None]:
    """Settings are read from os.environ only: another environment has to stand there for a moment."""
    if env is None:
        yield
        return
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(env)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)

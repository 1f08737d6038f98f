"""Whether this machine and these settings can run the platform: each answer is a sentence."""

from __future__ import annotations

import importlib
import io
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr
from pathlib import Path
from typing import NamedTuple

import psutil

from kit.settings import ServiceSettings, SettingsProblem
from punchcard.embedded.jars import cache_directory, ensure_jars
from punchcard.embedded.java import find_java, java_version
from punchcard.embedded.postgres import find_binaries
from punchcard.embedded.process import recorded
from punchcard.environment import environment
from punchcard.home import Home
from punchcard.keys import Keys
from punchcard.ports import is_free
from punchcard.preflight import taken
from punchcard.problems import MachineCannot, Problem
from punchcard.services import GATEWAY, SERVICES, ServiceKind

MB = 1_000_000
#: What the README promises to be enough for a start.
MEMORY_MB = 1000
DISK_MB = 300


class Finding(NamedTuple):
    """One thing that was looked at."""

    what: str
    good: bool
    words: str


def machine(home: Home, port: int) -> list[Finding]:
    """What `punchcard up` needs of the machine."""
    own = home.supervisor() is not None
    return [_memory(own), _disk(home), _port(home, port), _home(home), _postgres(), _java(), _jars()]


def check_given(values: Mapping[str, str]) -> None:
    """MachineCannot names each of these settings that a service would refuse, before any server starts."""
    wrong = [finding for finding in as_up_gives_them(SERVICES, values) if not finding.good]
    if wrong:
        sentences = dict.fromkeys(finding.words for finding in wrong)
        raise MachineCannot(f"A setting in the environment is wrong: {'; '.join(sentences)}.")


def as_up_gives_them(kinds: Sequence[ServiceKind], values: Mapping[str, str]) -> list[Finding]:
    """Services' settings as `punchcard up` would give them with these of ours; keys are made for the look."""
    with tempfile.TemporaryDirectory(prefix="punchcard-check-") as folder:
        keys = Keys(Path(folder))
        keys.ensure()
        found = [settings(kind, _as_told(kind, keys) | dict(values)) for kind in kinds]
    return [
        finding._replace(words=f"{finding.words}, as `make up` gives them") if finding.good else finding
        for finding in found
    ]


def _as_told(kind: ServiceKind, keys: Keys) -> dict[str, str]:
    """What does not matter for the look is made up."""
    return environment(
        kind,
        keys=keys,
        database_url="postgresql://up@127.0.0.1/up",
        bootstrap="127.0.0.1:9092",
        public_base_url="http://localhost:8000",
        port=8000,
        sockets=keys.directory,
        mail=keys.directory,
    )


def are_in_the_environment() -> bool:
    """Whether somebody runs a service by hand here, with its settings in the environment."""
    return any(name in os.environ or f"{name}_FILE" in os.environ for name in _OWN)


#: What every service that is run by hand is told, and what `punchcard up` decides by itself.
_OWN = ("DATABASE_URL", "SIGNING_KEY", "TRUSTED_KEYS")


def settings(kind: ServiceKind, env: Mapping[str, str] | None = None) -> Finding:
    """The service's settings as it would read them from this environment (ours by default)."""
    # The settings tell what is wrong on standard error too; here it is told once, by the finding.
    with _environment(env), redirect_stderr(io.StringIO()):
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


def _memory(own: bool) -> Finding:
    free_mb = psutil.virtual_memory().available // MB
    enough = own or free_mb >= MEMORY_MB
    return Finding("memory", enough, f"{free_mb} MB are free, {MEMORY_MB} are needed")


def _disk(home: Home) -> Finding:
    """An empty directory needs what the first start writes; one that is in use grows with its data."""
    free_mb = shutil.disk_usage(_nearest(home.path)).free // MB
    return Finding("disk", free_mb >= DISK_MB, f"{free_mb} MB are free, {DISK_MB} are needed")


def _port(home: Home, port: int) -> Finding:
    if (gateway := recorded(home.record(GATEWAY.name))) is not None:
        return Finding("port", True, f"{gateway.environ()['HTTP_PORT']}: this platform runs")
    return Finding("port", True, f"{port} is free") if is_free(port) else Finding("port", False, taken(port))


def _jars() -> Finding:
    """Fetches what is not there yet: nothing else shows that the registry is reached."""
    try:
        jars = ensure_jars()
    except Problem as problem:
        return Finding("Kafka's jars", False, str(problem))
    return Finding("Kafka's jars", True, f"{len(jars)}, in {cache_directory()}")


def _nearest(path: Path) -> Path:
    return next(folder for folder in (path, *path.parents) if folder.exists())


def _home(home: Home) -> Finding:
    if os.access(_nearest(home.path), os.W_OK | os.X_OK):
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

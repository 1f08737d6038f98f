"""The broker's jars: locked with their SHA-256 in kafka-jars.lock, fetched once into the user's cache."""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import platformdirs

from punchcard.problems import MachineCannot

_THREADS = 8
_TIMEOUT_S = 60


class Jar(NamedTuple):
    """One line of the lock."""

    group: str
    artifact: str
    version: str
    sha256: str

    def __str__(self) -> str:
        return f"{self.group}:{self.artifact}:{self.version}"

    def path(self, cache: Path) -> Path:
        """Where Maven's layout puts it."""
        folder = cache.joinpath(*self.group.split("."), self.artifact, self.version)
        return folder / f"{self.artifact}-{self.version}.jar"


def read_lock(text: str | None = None) -> list[Jar]:
    """Lines of `group:artifact:version sha256`; those that begin with # are words."""
    if text is None:
        text = resources.files("punchcard.embedded").joinpath("kafka-jars.lock").read_text()
    lines = [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [Jar._make([*name.split(":"), digest]) for name, digest in lines]


def cache_directory() -> Path:
    return platformdirs.user_cache_path("punchcard") / "maven"


def ensure_jars(cache: Path | None = None, jars: list[Jar] | None = None) -> list[Path]:
    """All of them, as locked; fetches what is missing. MachineCannot names a jar that cannot be had."""
    cache = cache or cache_directory()
    jars = read_lock() if jars is None else jars
    with ThreadPoolExecutor(_THREADS) as pool:
        right = list(pool.map(lambda jar: _sha256(jar.path(cache)) == jar.sha256, jars))
        missing = [jar for jar, is_right in zip(jars, right, strict=True) if not is_right]
        if missing:
            with _only_us(cache):
                list(pool.map(lambda jar: _fetch(jar, cache), missing))
    return [jar.path(cache) for jar in jars]


def _fetch(jar: Jar, cache: Path) -> None:
    """Called with the cache locked: what lies there and is not right was cut off, or worse."""
    path = jar.path(cache)
    if _sha256(path) == jar.sha256:
        return
    path.unlink(missing_ok=True)
    try:
        _download(jar, cache)
    except Exception as error:  # whatever the client meets, a person wants to hear which jar and why
        path.unlink(missing_ok=True)
        raise MachineCannot(
            f"The jar {jar} could not be fetched ({type(error).__name__}: {error}); "
            "check the network, or name a mirror under [repositories] in jgo's configuration."
        ) from error
    if _sha256(path) != jar.sha256:
        path.unlink(missing_ok=True)
        raise MachineCannot(
            f"The jar {jar} is not the one that was locked (its SHA-256 differs); it was deleted."
        )


def _download(jar: Jar, cache: Path) -> None:
    # Imported here: a start that finds every jar in the cache needs none of it.
    from jgo.config import GlobalSettings
    from jgo.maven import MavenContext

    mirrors = GlobalSettings.load().repositories
    context = MavenContext(repo_cache=cache, remote_repos=mirrors or None, timeout=_TIMEOUT_S)
    context.project(jar.group, jar.artifact).at_version(jar.version).artifact().resolve()


def _sha256(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None


@contextmanager
def _only_us(cache: Path) -> Iterator[None]:
    """Two runs that start at once fetch once: the second waits and finds the jars there."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield

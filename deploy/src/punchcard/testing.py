"""A pytest plugin: real servers for tests, started when first asked for, beside whatever else runs here.

`postgres` and `kafka` are bare servers, `database("ledger")` is a fresh migrated database, `stack` is the
whole platform, `durable_stack` one that may be killed. A test that asks for any is marked `servers`.
"""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

# What drives servers is imported by the fixtures that need it: it would cost the quick tests seconds.
if TYPE_CHECKING:
    from punchcard.embedded.kafka import Kafka
    from punchcard.embedded.postgres import Postgres
    from punchcard.fresh_databases import DatabaseFactory
    from punchcard.home import Home
    from punchcard.stack import Stack

#: Fixtures that need a server, in the order in which their tests run: the quick ones tell first.
SERVER_FIXTURES = ("postgres", "database", "kafka", "stack", "durable_stack")


def pytest_configure() -> None:
    """Thousands of modules and tests stay until the end: looking through them for garbage costs seconds."""
    gc.set_threshold(50_000, 20, 50)


def pytest_collection_finish() -> None:
    """What was collected is left out of every later look."""
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests that need servers, and put them behind those that don't."""
    for item in items:
        if _needs(item):
            item.add_marker(pytest.mark.servers)
    items.sort(key=_needs)


def _needs(item: pytest.Item) -> int:
    """0 for a test without servers, more for each kind of server."""
    names = getattr(item, "fixturenames", ())
    return max((place for place, name in enumerate(SERVER_FIXTURES, start=1) if name in names), default=0)


# -- where a session's servers live


@pytest.fixture(scope="session")
def punchcard_homes() -> Iterator[Callable[[str], Home]]:
    """Makes this session's state directories; they go at its end, and those of killed sessions before."""
    from punchcard.home import Home

    folder = Path(tempfile.gettempdir()) / f"punchcard-tests-{os.getuid()}"
    folder.mkdir(mode=0o755, exist_ok=True)
    for old in folder.iterdir():
        _sweep(old)
    made: list[Path] = []

    def make(name: str) -> Home:
        path = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=folder))
        # The database's user has to reach its files when we are root.
        path.chmod(0o755)
        made.append(path)
        return Home(path)

    yield make
    if os.environ.get("PUNCHCARD_KEEP_LOGS"):
        return
    for path in made:
        shutil.rmtree(path, ignore_errors=True)


def _sweep(path: Path) -> None:
    """End and remove what a killed session left, unless another session holds it."""
    from punchcard.home import Home
    from punchcard.problems import MachineCannot

    home = Home(path)
    try:
        home.acquire()
    except MachineCannot:
        return
    home.end_leftovers()
    home.drop_socket_directory()
    home.release()
    shutil.rmtree(path, ignore_errors=True)


# -- bare servers


@pytest.fixture(scope="session")
def postgres(punchcard_homes: Callable[[str], Home]) -> Iterator[Postgres]:
    """A cluster without fsync: quick, and nothing here is worth keeping."""
    from punchcard import databases
    from punchcard.embedded.postgres import Postgres

    home = punchcard_homes("postgres")
    home.acquire()
    server = Postgres(home.postgres, durable=False, log=home.logs / "postgres.log")
    server.start()
    databases.close_shared_ones(server.url())
    yield server
    server.stop_at_once()
    home.release()


@pytest.fixture(scope="session")
def _database_factory(postgres: Postgres) -> DatabaseFactory:
    from punchcard.fresh_databases import DatabaseFactory

    return DatabaseFactory(postgres)


@pytest.fixture(scope="module")
def database(_database_factory: DatabaseFactory) -> Iterator[DatabaseFactory]:
    """`database("ledger")` is this module's database of that service, `.fresh("ledger")` a new one."""
    yield _database_factory
    _database_factory.forget()


@pytest.fixture(scope="session")
def kafka(punchcard_homes: Callable[[str], Home]) -> Iterator[Kafka]:
    """A broker with all topics of contracts/topics.yaml."""
    from punchcard import topics
    from punchcard.embedded.kafka import Kafka

    home = punchcard_homes("kafka")
    home.acquire()
    broker = Kafka(home.kafka, log=home.logs / "kafka.log")
    broker.start()
    topics.create(broker.bootstrap)
    yield broker
    broker.stop_at_once()
    home.release()


# -- the whole platform


def _quick() -> dict[str, dict[str, str]]:
    """Hashes cost a tenth of a second each otherwise, and tests are busier than any till."""
    from punchcard.environment import RAISED_LIMITS

    return {"auth-pins": {"PIN_HASH_COST": "4", "PASSWORD_HASH_COST": "4"}, "gateway": RAISED_LIMITS}


class _Running:
    """The session's shared stack, so that the durable one can end it: two at once are much for two cores."""

    stack: Stack | None = None


@pytest.fixture(scope="session")
def stack(punchcard_homes: Callable[[str], Home]) -> Iterator[Stack]:
    """The whole platform, shared by all tests: make your own merchant, and leave everything running."""
    from punchcard.stack import Stack

    _Running.stack = Stack(punchcard_homes("stack"), durable=False, env=_quick())
    yield _Running.stack.start()
    if _Running.stack is not None:
        _Running.stack.stop()


@pytest.fixture(scope="session")
def durable_stack(punchcard_homes: Callable[[str], Home]) -> Iterator[Stack]:
    """A platform of its own with fsync on, for tests that kill: each leaves everything running."""
    from punchcard.stack import Stack

    if _Running.stack is not None:
        _Running.stack.stop()
        _Running.stack = None
    with Stack(punchcard_homes("durable"), durable=True, env=_quick()) as running:
        yield running

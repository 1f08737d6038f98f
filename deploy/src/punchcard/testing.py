"""A pytest plugin: real servers for tests, started when first asked for, beside whatever else runs here.

`postgres` and `kafka` are bare servers, `database("ledger")` is a fresh migrated database, `stack` is the
whole platform, `durable_stack` one that may be killed. A test that asks for any is marked `servers`.
"""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pytest

# What drives servers is imported by the fixtures that need it: it would cost the quick tests seconds.
if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import LoadScopeScheduling

    from punchcard.embedded.kafka import Kafka
    from punchcard.embedded.postgres import Postgres
    from punchcard.embedded.wallet_identities import WalletIdentities
    from punchcard.fresh_databases import DatabaseFactory
    from punchcard.home import Home
    from punchcard.stack import Stack

#: Fixtures that need a server, in the order in which their tests run: the quick ones tell first.
SERVER_FIXTURES = ("postgres", "database", "kafka", "stack", "durable_stack")


#: What the tests of a file need at most: its place in SERVER_FIXTURES, from 1; 0 for none.
_needs_of_files: dict[str, int] = {}
#: What runs while a file that needs one of these runs.
_RUNNING: dict[str, tuple[str, ...]] = {
    "postgres": ("postgres",),
    "database": ("postgres",),
    "kafka": ("postgres", "kafka"),
    "stack": ("stack",),
    "durable_stack": ("durable_stack",),
}
#: A state directory younger than this may be one that another worker makes just now.
NEW_S = 60


def pytest_configure(config: pytest.Config) -> None:
    """Thousands of modules and tests stay until the end: looking through them for garbage costs seconds."""
    gc.set_threshold(50_000, 20, 50)
    worker = getattr(config, "workerinput", None)
    if worker is not None:
        from punchcard import ports

        # Two that look for a free port at the same moment must not find the same.
        ports.keep_to(int(worker["workerid"].removeprefix("gw")), worker["workercount"])


def pytest_collection_finish() -> None:
    """What was collected is left out of every later look."""
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests that need servers, and put their files behind those that don't."""
    for item in items:
        if _needs(item):
            item.add_marker(pytest.mark.servers)
        _needs_of_files[_file(item)] = max(_needs(item), _needs_of_files.get(_file(item), 0))
    items.sort(key=lambda item: (_needs_of_files[_file(item)], _needs(item)))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """What runs for files that are over would only take the time of those to come: they are sorted."""
    if needs := _needs_of_files.get(_file(item)):
        _Running.end_all_but(_RUNNING[SERVER_FIXTURES[needs - 1]])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    from punchcard.testing_workers import FromBothEnds

    # The order of the tests is meant: the files with the most tests are not the longest ones.
    config.option.loadscopereorder = False
    return FromBothEnds(config, log)


def _file(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


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
    """End and remove what a killed session left, unless another session or worker holds it or is about to."""
    try:
        is_new = time.time() - path.stat().st_mtime < NEW_S
    except FileNotFoundError:
        return  # the other worker was quicker
    if is_new:
        return
    from punchcard.home import Home
    from punchcard.problems import MachineCannot

    home = Home(path)
    try:
        home.acquire()
    except (MachineCannot, FileNotFoundError):
        return
    home.end_leftovers()
    home.drop_socket_directory()
    home.release()
    shutil.rmtree(path, ignore_errors=True)


# -- identities


@pytest.fixture(scope="session")
def identities(tmp_path_factory: pytest.TempPathFactory) -> WalletIdentities:
    """With Apple and Google, for trying out. Their keys take seconds to make: leave them as they are."""
    from punchcard.embedded.wallet_identities import WalletIdentities

    return WalletIdentities.ensure(tmp_path_factory.mktemp("identities"))


# -- bare servers


class _Running:
    """What runs in this process, each with what ends it: much at once is too much for two cores."""

    _ends: ClassVar[dict[str, Callable[[], None]]] = {}

    @classmethod
    def begin(cls, name: str, end: Callable[[], None]) -> None:
        cls._ends[name] = end

    @classmethod
    def end(cls, name: str) -> None:
        """End it, unless that was done before."""
        if end := cls._ends.pop(name, None):
            end()

    @classmethod
    def end_all_but(cls, names: Container[str]) -> None:
        for name in [name for name in cls._ends if name not in names]:
            cls.end(name)


@contextmanager
def _held(name: str, home: Home, stop: Callable[[], None]) -> Iterator[None]:
    """However this process ends, what runs there ends too."""
    from punchcard.embedded.watchdog import Watchdog

    watchdog = Watchdog(home)
    home.acquire()
    watchdog.start()

    def end() -> None:
        stop()
        watchdog.dismiss()
        home.release()

    _Running.begin(name, end)
    try:
        yield
    finally:
        _Running.end(name)


@pytest.fixture(scope="session")
def postgres(punchcard_homes: Callable[[str], Home]) -> Iterator[Postgres]:
    """A cluster without fsync: quick, and nothing here is worth keeping."""
    from punchcard import databases
    from punchcard.embedded.postgres import Postgres

    home = punchcard_homes("postgres")
    log = home.logs / "postgres.log"
    # Hundreds of databases that live for a second each: looking after them would never end.
    server = Postgres(home.postgres, durable=False, log=log, settings={"autovacuum": "off"})
    with _held("postgres", home, server.stop_at_once):
        server.start()
        databases.close_shared_ones(server.url())
        yield server


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
    broker = Kafka(home.kafka, log=home.logs / "kafka.log")
    with _held("kafka", home, broker.stop_at_once):
        broker.start()
        topics.create(broker.bootstrap)
        yield broker


# -- the whole platform


def _quick() -> dict[str, dict[str, str]]:
    """Hashes cost a tenth of a second each otherwise, and tests are busier than any till."""
    from punchcard.environment import RAISED_LIMITS

    return {"auth-pins": {"PIN_HASH_COST": "4", "PASSWORD_HASH_COST": "4"}, "gateway": RAISED_LIMITS}


def _run(name: str, stack: Stack) -> Iterator[Stack]:
    _Running.begin(name, stack.stop)
    stack.start()
    yield stack
    _Running.end(name)


@pytest.fixture(scope="session")
def stack(punchcard_homes: Callable[[str], Home]) -> Iterator[Stack]:
    """The whole platform, shared by all tests: make your own merchant, and leave everything running."""
    from punchcard.stack import Stack

    yield from _run("stack", Stack(punchcard_homes("stack"), durable=False, env=_quick()))


@pytest.fixture(scope="session")
def durable_stack(punchcard_homes: Callable[[str], Home]) -> Iterator[Stack]:
    """A platform of its own with fsync on, for tests that kill: each leaves everything running."""
    from punchcard.stack import Stack

    yield from _run("durable_stack", Stack(punchcard_homes("durable"), durable=True, env=_quick()))

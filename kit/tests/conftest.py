"""What the kit's tests share: keys, a fresh database with the kit's own tables, and a small service on it."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import httpx
import psycopg
import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from kit.app import Service
from kit.migrations import create_plumbing
from kit.settings import ServiceSettings
from kit.tables import sqlalchemy_url
from kit.testing import Keys

_numbers = itertools.count(1)
NOWHERE = "postgresql://nobody@127.0.0.1:1/none"


class ToySettings(ServiceSettings):
    service: ClassVar[str] = "cards"


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(tmp_path)


@pytest.fixture
def plain_database(postgres: Any) -> Iterator[str]:
    """The address of a fresh database that holds the kit's tables and nothing else."""
    name = f"plain_kit_{next(_numbers)}"
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    url: str = postgres.url(name)
    engine = create_engine(sqlalchemy_url(url), poolclass=NullPool)
    with engine.begin() as plumbed:
        create_plumbing(Operations(MigrationContext.configure(plumbed)))
    yield url
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def service_on(keys: Keys) -> Callable[..., Service]:
    """`service_on(url)` makes a service that hears nothing; without an address it has no database."""

    def make(url: str = NOWHERE, **settings: Any) -> Service:
        given = keys.settings("cards", url, public_base_url="https://shop.example", **settings)
        return Service(ToySettings.load(**given), title="Toy", listens=False)

    return make


class Process:
    """The toy service, running."""

    def __init__(self, keys: Keys, database_url: str, folder: Path, **more: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.socket = folder / "toy.sock"
        self.url = f"http://127.0.0.1:{self.port}"
        env = {
            **os.environ,
            "DATABASE_URL": database_url,
            "SIGNING_KEY_FILE": str(keys.file("cards")),
            "TRUSTED_KEYS_FILE": str(keys.trusted_file),
            "KAFKA_BOOTSTRAP": "127.0.0.1:1",
            "HTTP_PORT": str(self.port),
            "HTTP_SOCKET": str(self.socket),
            **more,
        }
        command = [sys.executable, str(Path(__file__).parent / "toy.py")]
        self._log = folder / "log"
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(command, env=env, stdout=log, stderr=subprocess.STDOUT)

    @property
    def log(self) -> str:
        return self._log.read_text()

    async def until_live(self) -> None:
        async with httpx.AsyncClient(base_url=self.url) as http:
            for _ in range(600):
                try:
                    await http.get("/health/live")
                except httpx.TransportError:
                    assert self.process.poll() is None, self.log
                    await asyncio.sleep(0.05)
                else:
                    return
        pytest.fail(f"not live in 30 s: {self.log}")

    async def until_logged(self, words: str) -> None:
        for _ in range(200):
            if words in self.log:
                return
            await asyncio.sleep(0.05)
        pytest.fail(f"{words!r} was not logged in 10 s")

    async def end(self) -> int:
        return await asyncio.to_thread(self.process.wait, 20)


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A unix socket's path has at most 107 bytes; pytest's folders are longer."""
    folder = Path(tempfile.mkdtemp(prefix="kit-"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
async def running(keys: Keys, plain_database: str, short_folder: Path) -> AsyncIterator[Process]:
    made = Process(keys, plain_database, short_folder)
    await made.until_live()
    yield made
    if made.process.poll() is None:
        made.process.kill()
        made.process.wait()


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """The toy service without a database, in more of a hurry than a real one."""
    folder = Path(tempfile.mkdtemp(prefix="kit-"))
    hurry = {"REQUEST_HEAD_TIMEOUT_S": "0.4", "REQUEST_BODY_TIMEOUT_S": "0.5", "LOG_LEVEL": "ERROR"}
    made = Process(Keys(tmp_path_factory.mktemp("keys")), NOWHERE, folder, **hurry)
    asyncio.run(made.until_live())
    yield made
    made.process.kill()
    made.process.wait()
    shutil.rmtree(folder)

"""What the kit's tests share: keys, a fresh database with the kit's own tables, and a small service on it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

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

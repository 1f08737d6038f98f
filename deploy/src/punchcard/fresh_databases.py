"""Fresh migrated databases for tests: one template for each service, copied within some 30 ms."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import psycopg
from psycopg import sql

from kit import migrations
from punchcard import databases
from punchcard.embedded.postgres import Postgres
from punchcard.keys import Keys
from punchcard.services import kind_of


class FreshDatabase(NamedTuple):
    """A migrated database of one service, and how each role reaches it."""

    app_url: str
    owner_url: str
    superuser_url: str


class DatabaseFactory:
    """`factory("ledger")` is the same database until forget(), `factory.fresh("ledger")` always a new one."""

    def __init__(self, server: Postgres) -> None:
        self._server = server
        self._keys = Keys(server.directory.parent / "keys")
        self._keys.ensure()
        self._templates: set[str] = set()
        self._numbers = itertools.count(1)
        self._kept: dict[str, FreshDatabase] = {}

    def __call__(self, service: str) -> FreshDatabase:
        if service not in self._kept:
            self._kept[service] = self.fresh(service)
        return self._kept[service]

    def forget(self) -> None:
        """The next test module gets databases of its own."""
        self._kept.clear()

    def fresh(self, service: str) -> FreshDatabase:
        """A copy of the service's template."""
        kind = kind_of(service)
        template = self._template(service)
        name = f"test_{kind.package}_{next(self._numbers)}"
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY OWNER {}")
        owner, app = databases.owner_role(kind), databases.app_role(kind)
        with psycopg.connect(self._server.url(), autocommit=True) as connection:
            connection.execute(copy.format(*map(sql.Identifier, (name, template, owner))))
            databases.grant_connect(connection, name, owner, app)
        urls = databases.urls(self._server.url(), kind, self._keys, name)
        return FreshDatabase(urls.app, urls.owner, urls.superuser)

    def _template(self, service: str) -> str:
        kind = kind_of(service)
        name = f"template_{kind.package}"
        if name not in self._templates:
            databases.ensure_database(self._server.url(), kind, self._keys, name)
            migrations.upgrade(kind.package, databases.urls(self._server.url(), kind, self._keys, name).owner)
            self._templates.add(name)
        return name

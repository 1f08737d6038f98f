"""Each service's database and its two roles: one owns and migrates, one runs; neither enters another's."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from punchcard.keys import Keys
from punchcard.services import ServiceKind


class DatabaseUrls(NamedTuple):
    """Where a service's database is, for each of its roles and for the cluster's superuser."""

    app: str
    owner: str
    superuser: str


def owner_role(kind: ServiceKind) -> str:
    return f"{kind.package}_owner"


def app_role(kind: ServiceKind) -> str:
    return f"{kind.package}_app"


def close_shared_ones(superuser_url: str) -> None:
    """Every cluster comes with databases that every role may enter: from now on only the superuser does."""
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        for name in ("postgres", "template1"):
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))


def ensure_role(connection: psycopg.Connection, role: str, password: str) -> None:
    """Made when missing; its password is set each time, so that keys and cluster agree again."""
    exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    verb = sql.SQL("ALTER" if exists else "CREATE")
    # LOGIN only: no role here may make databases or other roles.
    statement = sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(
        verb, sql.Identifier(role), sql.Literal(password)
    )
    connection.execute(statement)


def ensure_database(superuser_url: str, kind: ServiceKind, keys: Keys, name: str | None = None) -> None:
    """A service's database (or one of its shape under another name), its roles, and what each may do."""
    name = name or kind.package
    owner, app = owner_role(kind), app_role(kind)
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        ensure_role(connection, owner, keys.database_password(kind.name, "owner").read_text())
        ensure_role(connection, app, keys.database_password(kind.name, "app").read_text())
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            create = sql.SQL("CREATE DATABASE {} OWNER {}").format(
                sql.Identifier(name), sql.Identifier(owner)
            )
            connection.execute(create)
        grant_connect(connection, name, owner, app)
    with psycopg.connect(with_database(superuser_url, name), autocommit=True) as connection:
        _grant_inside(connection, owner, app)


def grant_connect(connection: psycopg.Connection, database: str, *roles: str) -> None:
    """These roles and nobody else: without the REVOKE every role may enter every database."""
    name = sql.Identifier(database)
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    for role in roles:
        connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, sql.Identifier(role)))


def _grant_inside(connection: psycopg.Connection, owner: str, app: str) -> None:
    """What the owner will make, the other may use; a migration takes back what is too much."""
    names = {"owner": sql.Identifier(owner), "app": sql.Identifier(app)}
    defaults = "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public"
    for statement in (
        "ALTER SCHEMA public OWNER TO {owner}",
        "GRANT USAGE ON SCHEMA public TO {app}",
        f"{defaults} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {{app}}",
        f"{defaults} GRANT USAGE, SELECT ON SEQUENCES TO {{app}}",
        f"{defaults} GRANT EXECUTE ON FUNCTIONS TO {{app}}",
    ):
        connection.execute(sql.SQL(statement).format(**names))


def with_database(url: str, database: str) -> str:
    """The same server and role, another database."""
    return urlsplit(url)._replace(path=f"/{database}").geturl()


def urls(superuser_url: str, kind: ServiceKind, keys: Keys, name: str | None = None) -> DatabaseUrls:
    name = name or kind.package
    server = urlsplit(with_database(superuser_url, name))
    address = server.netloc.rsplit("@", 1)[1]

    def url(role: str, which: str) -> str:
        password = keys.database_password(kind.name, which).read_text()
        return server._replace(netloc=f"{role}:{password}@{address}").geturl()

    return DatabaseUrls(
        app=url(app_role(kind), "app"),
        owner=url(owner_role(kind), "owner"),
        superuser=server.geturl(),
    )

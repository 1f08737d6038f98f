"""Migrations: Alembic on a package's own folder, with a lock time-out, by the role that owns the schema."""

from __future__ import annotations

import importlib.resources
from pathlib import Path

from alembic import command, context
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, pool, text
from sqlalchemy.engine import Connection

from kit import tables
from kit.tables import sqlalchemy_url

#: Waiting longer for a lock than this would hold up the service behind it: fail and try again.
LOCK_TIMEOUT_MS = 5000


def _config(package: str) -> Config:
    config = Config()
    folder = Path(str(importlib.resources.files(package))) / "migrations"
    config.set_main_option("script_location", str(folder))
    config.set_main_option("file_template", "%%(rev)s")
    return config


def upgrade(package: str, owner_url: str, revision: str = "head") -> str:
    """Bring the database up to `revision`; several may call at once. Returns the revision it has then."""
    config = _config(package)
    engine = create_engine(sqlalchemy_url(owner_url), poolclass=pool.NullPool)
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('migrations'))"))
            connection.execute(text(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}"))
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
            return MigrationContext.configure(connection).get_current_revision() or ""
    finally:
        engine.dispose()


def head(package: str) -> str:
    """The newest revision that the code knows."""
    return ScriptDirectory.from_config(_config(package)).get_current_head() or ""


def run_env() -> None:
    """What each package's `migrations/env.py` calls."""
    connection: Connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=None, transaction_per_migration=False)
    context.run_migrations()


def create_plumbing(op: Operations) -> None:
    """The kit's tables, for a service's first migration."""
    connection = op.get_bind()
    tables.metadata.create_all(connection)
    connection.execute(text("INSERT INTO projection_changes (change) VALUES (0)"))
    for table in ("outbox", "inbox", "parked_events", "projections", "idempotent_answers"):
        # These rows come and go: vacuum by number of rows, not by share of the table.
        connection.execute(
            text(f"ALTER TABLE {table} SET (autovacuum_vacuum_scale_factor = 0.02, fillfactor = 90)")
        )

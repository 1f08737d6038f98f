"""The database as the migrations make it."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, create_engine

from auth_pins import tables
from kit import audit, mail, migrations
from kit import tables as plumbing
from kit.tables import sqlalchemy_url


@pytest.fixture
def fresh(database: Any) -> Any:
    return database.fresh("auth-pins")


def test_the_migrations_make_what_the_code_says(fresh):
    engine = create_engine(sqlalchemy_url(fresh.owner_url))

    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        differences = compare_metadata(context, _everything())
        revision = context.get_current_revision()
    engine.dispose()

    assert differences == []
    assert revision == migrations.head("auth_pins")


def _everything() -> MetaData:
    everything = MetaData()
    for table in (
        *tables.metadata.sorted_tables,
        *plumbing.metadata.sorted_tables,
        mail.letters,
        audit.audit,
    ):
        table.to_metadata(everything)
    return everything


def test_upgrading_a_second_time_changes_nothing(fresh):
    assert migrations.upgrade("auth_pins", fresh.owner_url) == migrations.head("auth_pins")


def test_the_running_role_owns_no_table(fresh):
    with psycopg.connect(fresh.app_url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("DROP TABLE users")


AN_OWNER_WITHOUT_A_MERCHANT = """
    INSERT INTO users (id, email, email_key, password_hash, role, locale, is_active, version, revision,
                       created_at, updated_at)
    VALUES (gen_random_uuid(), 'a@b.c', 'a@b.c', 'x', 'owner', 'en', true, 1, 1, now(), now())
"""
A_CODE_KEPT_WITH_CASE = """
    INSERT INTO staff (id, merchant_id, code, code_key, name, role, pin_hash, is_active, version, created_at,
                       updated_at)
    VALUES (gen_random_uuid(), gen_random_uuid(), 'a7', 'a7', 'Anna', 'staff', 'x', true, 1, now(), now())
"""
A_KEY_WITHOUT_A_TERMINAL = """
    INSERT INTO terminal_keys VALUES (repeat('0', 64), gen_random_uuid(), now(), NULL)
"""


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        (AN_OWNER_WITHOUT_A_MERCHANT, psycopg.errors.CheckViolation),
        (A_CODE_KEPT_WITH_CASE, psycopg.errors.CheckViolation),
        (A_KEY_WITHOUT_A_TERMINAL, psycopg.errors.ForeignKeyViolation),
    ],
)
def test_the_database_refuses_what_cannot_be(fresh, statement, kind):
    with psycopg.connect(fresh.owner_url) as connection, pytest.raises(kind):
        connection.execute(statement)

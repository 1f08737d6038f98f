"""The wallet's schema: what the migration makes is what the tables say, and what each role may do with it."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from kit import migrations
from wallet import tables


def test_the_migration_makes_the_columns_that_the_tables_name(database: Any):
    with psycopg.connect(database("wallet").superuser_url) as connection:
        for table in tables.metadata.tables.values():
            rows = connection.execute(
                "SELECT column_name, is_nullable FROM information_schema.columns WHERE table_name = %s",
                [table.name],
            ).fetchall()
            assert dict(rows) == {column.name: "YES" if column.nullable else "NO" for column in table.columns}


def test_migrating_again_changes_nothing(database: Any):
    owner_url = database("wallet").owner_url

    assert migrations.upgrade("wallet", owner_url) == migrations.head("wallet")


def test_the_runtime_role_may_not_change_the_schema(database: Any):
    with (
        psycopg.connect(database("wallet").app_url) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("ALTER TABLE passes ADD COLUMN spare text")


@pytest.mark.parametrize(
    "values",
    [
        "(gen_random_uuid(), -1, 0)",
        "(gen_random_uuid(), 0, -1)",
    ],
)
def test_a_balance_or_a_sequence_below_zero_is_refused(database: Any, values: str):
    with (
        psycopg.connect(database("wallet").app_url) as connection,
        pytest.raises(psycopg.errors.CheckViolation),
    ):
        connection.execute(
            "INSERT INTO passes (card_id, stamp_count, sequence_wanted, merchant_id, program_id)"
            f" SELECT v.*, gen_random_uuid(), gen_random_uuid() FROM (VALUES {values}) v"
        )


def test_a_transaction_s_update_touches_no_index(database: Any):
    """Columns that a transaction changes are in no index: the row's new version stays in its page."""
    changed = {
        "stamp_count",
        "points_balance",
        "sequence_wanted",
        "last_hash",
        "revision",
        "changed_at",
        "deleted_at",
    }
    with psycopg.connect(database("wallet").superuser_url) as connection:
        rows = connection.execute(
            "SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid"
            " AND a.attnum = ANY(i.indkey) WHERE i.indrelid = 'passes'::regclass"
        ).fetchall()
    assert changed.isdisjoint({name for (name,) in rows})

"""The gateway's database: the kit's plumbing, reachable by the role that runs."""

from __future__ import annotations

from typing import Any

import psycopg

from kit import migrations
from kit.tables import metadata

FEED = ("feed_place", "feed_numbers", "feed_window", "feed_listeners")


def test_the_migrated_database_holds_the_plumbing_what_limits_count_and_the_feed(database: Any):
    urls = database("gateway")

    with psycopg.connect(urls.app_url) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        ours = {"alembic_version", "audit", "limit_counts", *FEED}
        assert {name for (name,) in rows} == {*metadata.tables, *ours}
        assert connection.execute("SELECT change FROM projection_changes").fetchall() == [(0,)]


def test_migrating_again_changes_nothing(database: Any):
    assert migrations.upgrade("gateway", database.fresh("gateway").owner_url) == migrations.head("gateway")

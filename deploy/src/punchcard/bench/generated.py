"""Rows put in by SQL as a table's owner: what would take hours through the API takes seconds."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg

from punchcard.bench.ground import Ground

_SQL = Path(__file__).parent / "sql"
#: An id that begins with its time, as the services make them; the rest is drawn from a text.
_ROW_ID = (
    "CREATE FUNCTION pg_temp.row_id(ms bigint, seed text) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$ SELECT"
    " (lpad(to_hex(ms), 12, '0') || '7' || left(md5(seed), 3) || 'a' || right(md5(seed), 15))::uuid $$"
)


def fill(
    ground: Ground, service: str, script: str, given: Mapping[str, Any], without_indexes: tuple[str, ...] = ()
) -> None:
    """Run the script's statements; indexes of these tables are away meanwhile. All draws are the same."""
    began = time.perf_counter()
    with psycopg.connect(ground.stack.urls(service).owner, autocommit=True) as conn, ExitStack() as away:
        for setting in ("synchronous_commit = off", "maintenance_work_mem = '512MB'"):
            conn.execute(f"SET {setting}".encode())
        conn.execute("SELECT setseed(0.42)")
        conn.execute(_ROW_ID)
        for table in without_indexes:
            away.enter_context(_indexes_away(conn, table))
        for statement in (_SQL / script).read_text().split(";\n"):
            if statement.strip():
                conn.execute(statement.encode(), dict(given) if "%(" in statement else None)
    ground.seen["generated"].append({"script": script, "seconds": time.perf_counter() - began})


@contextmanager
def _indexes_away(conn: psycopg.Connection[Any], table: str) -> Iterator[None]:
    """All but those of constraints; built at the end, which is quicker than row by row."""
    found = conn.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = %s"
        " AND indexname NOT IN (SELECT conname FROM pg_constraint)",
        (table,),
    ).fetchall()
    for name, _ in found:
        conn.execute(f"DROP INDEX {name}".encode())
    yield
    for _, definition in found:
        conn.execute(definition.encode())

"""The yardstick: pgbench calling one PL/pgSQL function per operation, on the same server as the platform."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import psycopg

from punchcard.databases import with_database
from punchcard.problems import MachineCannot
from punchcard.stack import Stack

_HERE = Path(__file__).parent
_DATABASE = "yardstick"
CARDS = 100_000


class Yardstick:
    """Makes its own database beside the platform's."""

    def __init__(self, stack: Stack) -> None:
        server = stack.postgres.member
        self._url = with_database(server.url(), _DATABASE)
        self._pgbench = _find_pgbench(stack)
        with psycopg.connect(server.url(), autocommit=True) as conn:
            conn.execute(f"DROP DATABASE IF EXISTS {_DATABASE}")
            conn.execute(f"CREATE DATABASE {_DATABASE}")
        with psycopg.connect(self._url, autocommit=True) as conn:
            conn.execute((_HERE / "yardstick.sql").read_text())
            conn.execute("VACUUM ANALYZE")

    def per_second(self, connections: int, seconds: float) -> float:
        """Operations a second."""
        options = f"-n -M prepared -c {connections} -j {min(2, connections)} -D cards={CARDS}"
        options += f" -T {max(1, round(seconds))}"
        script = str(_HERE / "yardstick.pgbench.sql")
        command = [str(self._pgbench), *options.split(), "-f", script, self._url]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        found = re.search(r"tps = ([0-9.]+)", done.stdout)
        if done.returncode or found is None:
            raise MachineCannot(f"pgbench failed: {done.stderr.strip()[-300:]}")
        return float(found[1])


def _find_pgbench(stack: Stack) -> Path:
    from punchcard.embedded.postgres import find_binaries

    path = find_binaries() / "pgbench"
    if not path.exists():
        raise MachineCannot(
            "There is no pgbench beside PostgreSQL; install postgresql-contrib or use the wheel."
        )
    return path

"""How a command reaches a platform's servers: those that run, or for its own time those of a stopped one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from punchcard.embedded.postgres import Postgres
from punchcard.embedded.process import recorded
from punchcard.home import Home
from punchcard.problems import MachineCannot


@contextmanager
def postgres_of(home: Home) -> Iterator[str]:
    """The superuser's URL of the platform's PostgreSQL, which is started for as long when it does not run."""
    server = Postgres(home.postgres, log=home.logs / "postgres.log")
    if not server.data.exists():
        raise MachineCannot(f"There is no platform in {home.path}: `make up` makes one.")
    if recorded(home.postgres / "postgres.pid") is not None:
        # Line 4 of the postmaster's pid file is the port it listens on.
        server.port = int((server.data / "postmaster.pid").read_text().splitlines()[3])
        yield server.url()
        return
    home.acquire()
    try:
        server.start()
        try:
            yield server.url()
        finally:
            server.stop()
    finally:
        home.release()


def bootstrap_of(home: Home) -> str:
    """Where the platform's Kafka listens; MachineCannot when it does not run."""
    if recorded(home.kafka / "kafka.pid") is None:
        raise MachineCannot(
            f"Kafka of {home.path} does not run: start it by `make up`, or name one by --bootstrap."
        )
    for line in (home.kafka / "server.properties").read_text().splitlines():
        if line.startswith("advertised.listeners="):
            return line.rsplit("//", 1)[1]
    raise MachineCannot(f"{home.kafka / 'server.properties'} names no listener.")

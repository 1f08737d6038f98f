"""PostgreSQL and Kafka as containers instead of child processes, where a Docker engine answers."""

from __future__ import annotations

import http.client
import os
import secrets
import socket
from typing import Any

import psycopg

from punchcard.embedded.kafka import broker_properties, live_brokers
from punchcard.embedded.postgres import SUPERUSER, postgres_settings
from punchcard.embedded.process import wait_until
from punchcard.ports import free_port
from punchcard.problems import MachineCannot

POSTGRES_IMAGE = "postgres:18"
KAFKA_IMAGE = "apache/kafka:4.2.1"
_PING_TIMEOUT_S = 2.0


def engine_answers() -> bool:
    """Whether `GET /_ping` on the engine's socket says OK: asked before anything imports a client."""
    address = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    if not address.startswith("unix://"):
        return False
    connection = http.client.HTTPConnection("localhost", timeout=_PING_TIMEOUT_S)
    try:
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(_PING_TIMEOUT_S)
        connection.sock.connect(address.removeprefix("unix://"))
        connection.request("GET", "/_ping")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def wanted() -> bool:
    """PUNCHCARD_STACK=containers asks for them; MachineCannot when no engine is there to run them."""
    if os.environ.get("PUNCHCARD_STACK", "embedded") != "containers":
        return False
    if not engine_answers():
        raise MachineCannot("PUNCHCARD_STACK=containers needs a Docker engine; none answers on its socket.")
    return True


class _Container:
    """Started once, then stopped, killed and started again with its data."""

    name = ""

    def __init__(self, port: int | None) -> None:
        self.port = port or free_port()
        self._container: Any = None
        self._running = False

    def _make(self) -> Any:
        raise AssertionError(f"{type(self).__name__} does not say what it runs")

    def is_ready(self) -> bool:
        raise AssertionError(f"{type(self).__name__} does not say when it is ready")

    def start(self) -> None:
        if self._container is None:
            self._container = self._make().start()
        else:
            self._container.get_wrapped_container().start()
        self._running = True
        self.wait_ready()

    def stop(self) -> None:
        if self._running:
            self._container.get_wrapped_container().stop(timeout=20)
        self._running = False

    def stop_at_once(self) -> None:
        if self._container is not None:
            self._container.stop(force=True, delete_volume=True)
        self._container, self._running = None, False

    def kill(self) -> None:
        self._container.get_wrapped_container().kill(signal="SIGKILL")
        self._running = False

    @property
    def pid(self) -> int | None:
        if not self._running:
            return None
        wrapped = self._container.get_wrapped_container()
        wrapped.reload()
        state = wrapped.attrs["State"]
        return int(state["Pid"]) if state["Running"] else None

    @property
    def exit_code(self) -> int | None:
        """The engine's affair: it is not asked."""
        return None

    def wait_end(self, timeout_s: float) -> bool:
        return wait_until(lambda: self.pid is None, timeout_s=timeout_s, pause_s=0.2)

    def wait_ready(self, timeout_s: float = 120) -> None:
        if not wait_until(self.is_ready, timeout_s=timeout_s, pause_s=0.1):
            raise MachineCannot(f"the container of {self.name} is not ready after {timeout_s:.0f} s.")


class ContainerPostgres(_Container):
    """As embedded.postgres.Postgres, in a container."""

    name = "postgres"

    def __init__(self, *, port: int | None = None, durable: bool = True) -> None:
        super().__init__(port)
        self.durable = durable
        self.password = secrets.token_hex(24)

    def url(self, database: str = "postgres", user: str = SUPERUSER, password: str | None = None) -> str:
        return f"postgresql://{user}:{password or self.password}@127.0.0.1:{self.port}/{database}"

    def _make(self) -> Any:
        from testcontainers.core.container import DockerContainer

        options = [f"-c{name}={value}" for name, value in postgres_settings(durable=self.durable).items()]
        return (
            DockerContainer(POSTGRES_IMAGE)
            .with_env("POSTGRES_PASSWORD", self.password)
            .with_bind_ports(5432, self.port)
            .with_command(["postgres", *options])
        )

    def is_ready(self) -> bool:
        try:
            with psycopg.connect(self.url(), connect_timeout=2) as connection:
                return connection.execute("SELECT true").fetchone() == (True,)
        except psycopg.OperationalError:
            return False


class ContainerKafka(_Container):
    """As embedded.kafka.Kafka, in a container."""

    name = "kafka"

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.port}"

    def _make(self) -> Any:
        from testcontainers.core.container import DockerContainer

        # The same port inside and outside: the broker tells its clients one address.
        properties = broker_properties(self.port, 9093, listen_on="0.0.0.0")  # noqa: S104 - inside the container
        container = DockerContainer(KAFKA_IMAGE).with_bind_ports(self.port, self.port)
        for name, value in properties.items():
            container = container.with_env("KAFKA_" + name.upper().replace(".", "_"), str(value))
        return container

    def is_ready(self) -> bool:
        return live_brokers(self.port) > 0

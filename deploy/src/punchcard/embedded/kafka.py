"""An Apache Kafka of our own: one KRaft process, broker and controller, in one directory, on one port."""

from __future__ import annotations

import base64
import os
import signal
import socket
import struct
import subprocess
from pathlib import Path

from punchcard.embedded.jars import ensure_jars
from punchcard.embedded.java import find_java
from punchcard.embedded.process import Process, clean_environment, end_leftover, wait_until
from punchcard.ports import free_port
from punchcard.problems import MachineCannot

_START_TIMEOUT_S = 60.0
_JVM = ("-Xms96m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")

_LOG4J = """\
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{yyyy-MM-dd'T'HH:mm:ss.SSS'Z'}{UTC} %p %c{1} %m%n
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
"""


class Kafka:
    """`directory` holds log, configuration and pid; start() works again after stop() and kill()."""

    name = "kafka"

    def __init__(
        self,
        directory: Path,
        *,
        port: int | None = None,
        controller_port: int | None = None,
        log: Path | None = None,
    ) -> None:
        self.directory = directory
        self.data = directory / "data"
        self.port = port or free_port()
        self.controller_port = controller_port or free_port()
        self._process = Process(self.name, log=log or directory / "kafka.log", record=directory / "kafka.pid")

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.port}"

    # -- its life

    def start(self) -> None:
        """Fetch the jars, format an empty directory, end a leftover broker, start, wait for an answer."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self.launch()
        self.wait_ready()

    def launch(self) -> None:
        """As start(), but does not wait until it answers."""
        end_leftover(self._process.record, signal.SIGTERM, grace_s=10)
        java = [str(find_java()), *_JVM, f"-Dlog4j2.configurationFile={self._log4j}"]
        java += ["-cp", os.pathsep.join(str(jar) for jar in ensure_jars())]
        self._write_configuration()
        if not (self.data / "meta.properties").exists():
            self._format(java)
        self._process.start(
            [*java, "kafka.Kafka", self._properties], env=clean_environment(), cwd=self.directory
        )

    def stop(self) -> None:
        """Leaves the cluster in order; its log is flushed."""
        self._process.end(signal.SIGTERM, grace_s=15)

    def kill(self) -> None:
        """kill -9, as a fault test or the kernel does it."""
        self._process.kill()

    def stop_at_once(self) -> None:
        self._process.end(signal.SIGKILL, grace_s=5)

    @property
    def pid(self) -> int | None:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """A negative one is the signal that ended it; None while it runs."""
        return self._process.exit_code

    def wait_end(self, timeout_s: float) -> bool:
        """True when the broker is gone."""
        return self._process.wait(timeout_s)

    def is_ready(self) -> bool:
        return self.pid is not None and live_brokers(self.port) > 0

    def wait_ready(self, timeout_s: float = _START_TIMEOUT_S) -> None:
        wait_until(lambda: self.pid is None or self.is_ready(), timeout_s=timeout_s)
        if self.is_ready():
            return
        why = f"its log {self._process.log} ends with: {self._process.log_tail()}"
        self._process.kill()
        raise MachineCannot(f"Kafka did not start within {timeout_s:.0f} s; {why}")

    # -- how it is done

    @property
    def _properties(self) -> Path:
        return self.directory / "server.properties"

    @property
    def _log4j(self) -> Path:
        return self.directory / "log4j2.properties"

    def _write_configuration(self) -> None:
        properties = broker_properties(self.port, self.controller_port) | {"log.dirs": str(self.data)}
        lines = [f"{name}={value}" for name, value in properties.items()]
        self._properties.write_text("# Written at each start by the supervisor.\n" + "\n".join(lines) + "\n")
        self._log4j.write_text(_LOG4J)

    def _format(self, java: list[str]) -> None:
        cluster_id = base64.urlsafe_b64encode(os.urandom(16)).decode().rstrip("=")
        # An id that begins with a dash would be read as an option.
        argv = [
            *java,
            "kafka.tools.StorageTool",
            "format",
            f"--cluster-id={cluster_id}",
            "-c",
            str(self._properties),
        ]
        done = subprocess.run(argv, capture_output=True, text=True, check=False, env=clean_environment())
        if done.returncode != 0:
            raise MachineCannot(f"Kafka could not format {self.data}: {(done.stderr or done.stdout).strip()}")


def broker_properties(port: int, controller_port: int, listen_on: str = "127.0.0.1") -> dict[str, str | int]:
    """One broker, nothing made by itself, and back within seconds after kill -9."""
    return {
        "process.roles": "broker,controller",
        "node.id": 1,
        "controller.quorum.voters": f"1@127.0.0.1:{controller_port}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://{listen_on}:{port},CONTROLLER://{listen_on}:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "auto.create.topics.enable": "false",
        "num.partitions": 12,
        "default.replication.factor": 1,
        "offsets.topic.replication.factor": 1,
        "offsets.topic.num.partitions": 1,
        "transaction.state.log.replication.factor": 1,
        "transaction.state.log.min.isr": 1,
        "transaction.state.log.num.partitions": 1,
        "share.coordinator.state.topic.replication.factor": 1,
        "share.coordinator.state.topic.min.isr": 1,
        "group.initial.rebalance.delay.ms": 0,
        "num.network.threads": 2,
        "num.io.threads": 2,
        "num.recovery.threads.per.data.dir": 2,
        "log.cleaner.dedupe.buffer.size": 8_388_608,
        # Per partition two index files of this size: there are over a hundred partitions.
        "log.index.size.max.bytes": 1_048_576,
        # After kill -9 it may come back once its old registration timed out: 11.5 s by default.
        "broker.session.timeout.ms": 1500,
        "broker.heartbeat.interval.ms": 300,
    }


def live_brokers(port: int, timeout_s: float = 1.0) -> int:
    """How many brokers the one at `port` says are live; 0 while it does not answer."""
    client = b"punchcard"
    # Metadata (api key 3), version 1, correlation id 1, client id, an empty list of topics: brokers only.
    request = struct.pack(">hhih", 3, 1, 1, len(client)) + client + struct.pack(">i", 0)
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=timeout_s) as connection:
            connection.settimeout(timeout_s)
            connection.sendall(struct.pack(">i", len(request)) + request)
            head = connection.recv(12, socket.MSG_WAITALL)
    except OSError:
        return 0
    # size, correlation id, number of brokers
    return int(struct.unpack(">iii", head)[2]) if len(head) == 12 else 0

"""The state directory of one platform: who holds it, which ports it uses, where its parts lie."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import tempfile
from pathlib import Path

from punchcard.embedded.process import end_leftover
from punchcard.ports import free_port, is_free
from punchcard.problems import MachineCannot
from punchcard.services import SERVICE_NAMES


class Home:
    """`var/` for `make up`, a temporary directory for tests: pg/, kafka/, keys/, logs/, mail/, run/."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.postgres = self.path / "pg"
        self.kafka = self.path / "kafka"
        self.keys = self.path / "keys"
        self.logs = self.path / "logs"
        self.run = self.path / "run"
        self.mail = self.path / "mail"
        self.demo = self.path / "demo.json"
        self._lock: int | None = None
        self._ports: dict[str, int] | None = None

    # -- one run at a time

    def acquire(self) -> None:
        """Hold it until release() or until this process ends. MachineCannot names who holds it."""
        self.run.mkdir(parents=True, exist_ok=True)
        lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(lock, 100).decode().strip() or "another process"
            os.close(lock)
            raise MachineCannot(
                f"{self.path} is in use by {holder}: stop that one, or set PUNCHCARD_HOME to another place."
            ) from None
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"process {os.getpid()}\n".encode(), 0)
        self._lock = lock

    def release(self) -> None:
        if self._lock is not None:
            os.ftruncate(self._lock, 0)
            os.close(self._lock)
            self._lock = None

    def record(self, service: str) -> Path:
        """Where a service's pid is kept."""
        return self.run / f"{service}.pid"

    def end_leftovers(self) -> list[str]:
        """End what a killed supervisor left running, and name it: services first, their servers last."""
        records = [(self.record(name), signal.SIGTERM) for name in SERVICE_NAMES]
        records += [
            (self.kafka / "kafka.pid", signal.SIGTERM),
            (self.postgres / "postgres.pid", signal.SIGINT),
        ]
        return [record.stem for record, gentle in records if end_leftover(record, gentle, grace_s=10)]

    # -- sockets

    def socket_directory(self) -> Path:
        """A fresh, short, private one (a socket's path has at most 107 bytes); a killed run's is removed."""
        self.drop_socket_directory()
        made = Path(tempfile.mkdtemp(prefix="pc-"))
        self._socket_note.write_text(str(made))
        return made

    def drop_socket_directory(self) -> None:
        if self._socket_note.exists():
            shutil.rmtree(self._socket_note.read_text(), ignore_errors=True)
            self._socket_note.unlink()

    @property
    def _socket_note(self) -> Path:
        return self.run / "socket-directory"

    # -- ports

    def port(self, name: str) -> int:
        """The one it had last time when that is still free, so that addresses stay; else a free one."""
        if self._ports is None:
            self._ports = self._read_ports()
        port = self._ports.get(name)
        if port is None or not is_free(port):
            self._ports[name] = port = free_port()
            (self.run / "ports.json").write_text(json.dumps(self._ports, indent=1))
        return port

    def _read_ports(self) -> dict[str, int]:
        try:
            rows = json.loads((self.run / "ports.json").read_text())
            return {str(name): int(port) for name, port in rows.items()}
        except (OSError, ValueError, AttributeError):
            return {}  # none yet, or cut off half written: free ones are as good

"""The state directory of one platform: who holds it, which ports it uses, where its parts lie."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil

from punchcard.embedded.process import end_leftover, recorded, write_record
from punchcard.embedded.sockets import sockets_of
from punchcard.ports import free_port, is_free
from punchcard.problems import MachineCannot
from punchcard.services import SERVICE_NAMES

#: The name of its record, beside those of the services.
SUPERVISOR = "supervisor"
#: As the member of the stack is named.
STAND_INS = "wallet-stand-ins"
#: Who holds a directory for the moment that it takes to end what a killed run left: others wait for it.
CLEANER = "the clean-up after an earlier run"
CLEANING_S = 60.0
#: Who only looks whether somebody holds it holds it shorter than this.
LOOKING_S = 0.2


class Home:
    """`var/` for `make up`, a temporary one for tests: pg/, kafka/, keys/, logs/, mail/, past/, run/."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.postgres = self.path / "pg"
        self.kafka = self.path / "kafka"
        self.keys = self.path / "keys"
        #: Test identities with Apple and Google, where none of one's own are set.
        self.wallet_identities = self.keys / "wallet"
        self.logs = self.path / "logs"
        self.run = self.path / "run"
        self.mail = self.path / "mail"
        self.demo = self.path / "demo.json"
        self.past = self.path / "past"
        #: What arrived at the stand-ins of the wallets.
        self.arrivals = self.path / "arrivals.jsonl"
        self._lock: int | None = None
        self._ports: dict[str, int] | None = None

    # -- one run at a time

    def acquire(self, holder: str | None = None) -> None:
        """Hold it until release() or until this process ends. MachineCannot names who holds it."""
        try:
            self.run.mkdir(parents=True, exist_ok=True)
            lock = os.open(self._lock_file, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise MachineCannot(
                f"{self.path} cannot be the state directory ({error.strerror}): "
                "set PUNCHCARD_HOME to another place."
            ) from error
        began = time.monotonic()
        while not _locked(lock):
            other = _content(lock)
            patience_s = CLEANING_S if other == CLEANER and holder is None else LOOKING_S
            if time.monotonic() - began > patience_s:
                os.close(lock)
                raise MachineCannot(self._held_by(other))
            time.sleep(0.05)
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{holder or f'process {os.getpid()}'}\n".encode(), 0)
        self._lock = lock

    def check_free(self) -> None:
        """MachineCannot when another run holds it; makes nothing."""
        if (other := self.holder()) not in {None, CLEANER}:
            raise MachineCannot(self._held_by(str(other)))

    def holder(self) -> str | None:
        """Who holds it now."""
        try:
            lock = os.open(self._lock_file, os.O_RDWR)
        except OSError:
            return None
        try:
            return None if _locked(lock) else _content(lock)
        finally:
            os.close(lock)

    def _held_by(self, other: str) -> str:
        return (
            f"{self.path} is in use by {other or 'another process'}: stop that one (`punchcard down`), "
            "or set PUNCHCARD_HOME to another place."
        )

    @property
    def _lock_file(self) -> Path:
        return self.path / "lock"

    def release(self) -> None:
        if self._lock is not None:
            os.ftruncate(self._lock, 0)
            os.close(self._lock)
            self._lock = None

    def record(self, service: str) -> Path:
        """Where a service's pid is kept."""
        return self.run / f"{service}.pid"

    def record_supervisor(self) -> None:
        """That this process keeps the platform going: `punchcard down` asks it to end."""
        self.run.mkdir(parents=True, exist_ok=True)
        write_record(self.record(SUPERVISOR), os.getpid())

    def supervisor(self) -> psutil.Process | None:
        """Who keeps this platform going."""
        return recorded(self.record(SUPERVISOR))

    def forget_supervisor(self) -> None:
        if self.run.is_dir():
            self.record(SUPERVISOR).unlink(missing_ok=True)

    def end_leftovers(self) -> list[str]:
        """End what a killed supervisor left running, and name it: services first, their servers last."""
        self.forget_supervisor()
        names = (*SERVICE_NAMES, STAND_INS)
        services = [(self.record(name), signal.SIGTERM) for name in names]
        kafka, postgres = (
            (self.kafka / "kafka.pid", signal.SIGTERM),
            (self.postgres / "postgres.pid", signal.SIGINT),
        )
        ended = [name for group in (services, [kafka], [postgres]) for name in _ended(group)]
        shutil.rmtree(sockets_of(self.postgres / "data"), ignore_errors=True)
        return ended

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


def _ended(records: Sequence[tuple[Path, signal.Signals]]) -> list[str]:
    """Side by side: the names of those that were there."""
    with ThreadPoolExecutor(len(records)) as pool:
        there = list(pool.map(lambda row: end_leftover(*row, grace_s=10), records))
    return [record.stem for (record, _), was in zip(records, there, strict=True) if was]


def _locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _content(lock: int) -> str:
    return os.pread(lock, 100, 0).decode().strip()

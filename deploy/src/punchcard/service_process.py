"""One service as a child process: `python -m <package>.main` with its settings in the environment."""

from __future__ import annotations

import http.client
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from punchcard.embedded.process import Process, end_leftover, wait_until
from punchcard.problems import MachineCannot
from punchcard.services import ServiceKind
from punchcard.supervision import Supervised


class ServiceProcess:
    """Started, stopped, asked whether it is ready; `url` is its TCP address, `socket` what others use."""

    def __init__(
        self, kind: ServiceKind, env: Mapping[str, str], *, port: int, socket: Path, log: Path, record: Path
    ) -> None:
        self.kind = kind
        self.port = port
        self.socket = socket
        self.log = log
        self._env = dict(env)
        self._process = Process(kind.name, log=log, record=record)

    @property
    def name(self) -> str:
        return self.kind.name

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int | None:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """A negative one is the signal that ended it; None while it runs."""
        return self._process.exit_code

    def tell(self, env: Mapping[str, str]) -> None:
        """Its settings from the next start on."""
        self._env = dict(env)

    def start(self) -> None:
        """Does not wait until it is ready: all services start side by side."""
        end_leftover(self._process.record, signal.SIGTERM, grace_s=5)
        self._process.start([sys.executable, "-m", f"{self.kind.package}.main"], env=self._env)

    def stop(self) -> None:
        """It finishes what it took, tells what it did, and leaves."""
        self._process.end(signal.SIGTERM, grace_s=20)

    def stop_at_once(self) -> None:
        self._process.end(signal.SIGKILL, grace_s=5)

    def kill(self) -> None:
        self._process.kill()

    def wait_end(self, timeout_s: float) -> bool:
        return self._process.wait(timeout_s)

    def is_ready(self) -> bool:
        return self.pid is not None and get_status(self.port, "/health/ready") == 200

    def wait_ready(self, timeout_s: float = 30) -> None:
        """MachineCannot with the end of its log when it ends or takes too long."""
        wait_until(lambda: self.pid is None or self.is_ready(), timeout_s=timeout_s, pause_s=0.05)
        if self.is_ready():
            return
        ended = (
            f"ended with code {self._process.exit_code}"
            if self.pid is None
            else f"is not ready after {timeout_s:.0f} s"
        )
        raise MachineCannot(f"{self.name} {ended}; its log {self.log} ends with:\n{self._process.log_tail()}")


class ServiceHandle(Supervised[ServiceProcess]):
    """One running service; see Supervised for kill9(), restart(), stop(), start(), pid and wait_ready()."""

    @property
    def port(self) -> int:
        return self.member.port

    @property
    def url(self) -> str:
        """Its TCP address; health and metrics are there too."""
        return self.member.url

    @property
    def socket(self) -> Path:
        return self.member.socket

    @property
    def log(self) -> Path:
        return self.member.log


def socket_of(kind: ServiceKind, directory: Path) -> Path:
    """Where a service listens for the others."""
    return directory / f"{kind.name}.sock"


def get_status(port: int, path: str, timeout_s: float = 2.0) -> int | None:
    """The status of a GET on this machine; None when nobody answers in time."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_s)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()

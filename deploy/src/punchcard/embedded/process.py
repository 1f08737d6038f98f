"""One child process: its log file, the record of its pid, the signals that end it, and leftovers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil

#: Log files grow by appending; one that is larger than this at a start is moved aside first (one generation).
LOG_LIMIT_BYTES = 50_000_000


class Process:
    """A program that runs in its own session, so that Ctrl-C reaches the supervisor only."""

    def __init__(self, name: str, *, log: Path, record: Path) -> None:
        self.name = name
        self.log = log
        self.record = record
        self._popen: subprocess.Popen[bytes] | None = None
        self._log_begins = 0
        # wait() is called by whoever watches and by whoever stops: Popen allows that, our fields need this.
        self._lock = threading.Lock()

    @property
    def pid(self) -> int | None:
        popen = self._popen
        return popen.pid if popen is not None and popen.poll() is None else None

    @property
    def exit_code(self) -> int | None:
        return None if self._popen is None else self._popen.poll()

    def start(
        self,
        argv: Sequence[str | Path],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        **popen_options: Any,
    ) -> None:
        assert self.pid is None, f"{self.name} runs already"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.record.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT_BYTES:
            self.log.replace(self.log.with_name(self.log.name + ".1"))
        opened = os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with self._lock, os.fdopen(opened, "ab") as log:
            self._log_begins = log.tell()
            self._popen = subprocess.Popen(
                [str(part) for part in argv],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=None if env is None else dict(env),
                cwd=cwd,
                start_new_session=True,
                **popen_options,
            )
            write_record(self.record, self._popen.pid)

    def send(self, number: signal.Signals) -> None:
        popen = self._popen
        if popen is not None and popen.poll() is None:
            popen.send_signal(number)

    def wait(self, timeout_s: float) -> bool:
        """True when it has ended (or never ran)."""
        popen = self._popen
        if popen is None:
            return True
        try:
            popen.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return False
        return True

    def end(self, gentle: signal.Signals, *, grace_s: float) -> None:
        """Ask it to end with `gentle`; what is still there after `grace_s` is killed."""
        self.send(gentle)
        if not self.wait(grace_s):
            self.send(signal.SIGKILL)
            self.wait(10)
        self.record.unlink(missing_ok=True)

    def kill(self) -> None:
        self.send(signal.SIGKILL)
        self.wait(10)

    def log_tail(self, lines: int = 5) -> str:
        """The last lines that this run of it logged, for a sentence that says why it did not start."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as file:
            file.seek(max(self._log_begins, self.log.stat().st_size - 8192))
            text = file.read().decode(errors="replace")
        return "\n".join(text.splitlines()[-lines:])


def write_record(record: Path, pid: int) -> None:
    """Keep the pid with its start time: a pid alone may belong to somebody else after a reboot."""
    started = psutil.Process(pid).create_time()
    record.write_text(json.dumps({"pid": pid, "started": started}))


def recorded(record: Path) -> psutil.Process | None:
    """The process of that record, if it is the same one and still lives."""
    try:
        row = json.loads(record.read_text())
        process = psutil.Process(int(row["pid"]))
        same = abs(process.create_time() - float(row["started"])) < 1.0
    except (OSError, ValueError, KeyError, psutil.Error):
        return None
    return process if same and process.status() != psutil.STATUS_ZOMBIE else None


def end_leftover(record: Path, gentle: signal.Signals, *, grace_s: float) -> bool:
    """End what a killed supervisor left running. True when there was something."""
    process = recorded(record)
    if process is None:
        record.unlink(missing_ok=True)
        return False
    # Not Process.wait(): one that ended but that nobody collects would be waited for in vain.
    process.send_signal(gentle)
    if not wait_until(lambda: recorded(record) is None, timeout_s=grace_s):
        process.kill()
        wait_until(lambda: recorded(record) is None, timeout_s=10)
    record.unlink(missing_ok=True)
    return True


def wait_until(condition: Callable[[], bool], *, timeout_s: float, pause_s: float = 0.02) -> bool:
    """Ask `condition()` until it says yes or the time is over."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(pause_s)
    return condition()


def clean_environment(**added: str) -> dict[str, str]:
    """Our own environment without what would change how a server behaves."""
    dropped = ("PG", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "KAFKA_", "CLASSPATH")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    return kept | added

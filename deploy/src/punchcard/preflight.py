"""What `punchcard up` looks at before it makes or starts anything, so that a no comes at once."""

from __future__ import annotations

import http.client
import json
from pathlib import Path
from typing import NamedTuple

import psutil

from punchcard.embedded.process import recorded
from punchcard.home import Home
from punchcard.ports import is_free
from punchcard.problems import MachineCannot
from punchcard.services import GATEWAY

ANOTHER_PORT = "take another one: `make up ARGS='--port 8080'`, or PUNCHCARD_PORT=8080"


def check(home: Home, port: int) -> None:
    """MachineCannot when the directory is held by another run, or the gateway's port is taken."""
    home.check_free()
    # A gateway that a killed run left behind is ended by this one.
    if recorded(home.record(GATEWAY.name)) is None and not is_free(port):
        raise MachineCannot(taken(port))


def taken(port: int) -> str:
    """Who has the port, as far as this machine tells, and what to do."""
    if not _is_punchcard(port):
        return f"Port {port} is taken by another program: end that one, or {ANOTHER_PORT}."
    other = _listener(port)
    if other is None:
        return (
            f"Port {port} is taken by another Punchcard: stop that one (`punchcard down`), or {ANOTHER_PORT}."
        )
    where = f" of {other.home}" if other.home else ""
    down = f"`PUNCHCARD_HOME={other.home} punchcard down`" if other.home else f"`kill {other.pid}`"
    return (
        f"Port {port} is taken by another Punchcard{where}, process {other.pid}: "
        f"stop that one ({down}), or {ANOTHER_PORT}."
    )


class _Other(NamedTuple):
    pid: int
    home: Path | None


def _is_punchcard(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/")
        return bool(json.loads(connection.getresponse().read(4096))["name"] == "Punchcard")
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        return False
    finally:
        connection.close()


def _listener(port: int) -> _Other | None:
    """The gateway that listens there, by its supervisor where there is one; some systems tell nobody."""
    try:
        found = next(
            row.pid
            for row in psutil.net_connections("tcp")
            if row.status == psutil.CONN_LISTEN and row.laddr and row.laddr.port == port and row.pid
        )
        key = psutil.Process(found).environ().get("SIGNING_KEY_FILE")
    except (StopIteration, psutil.Error, OSError):
        return None
    # <home>/keys/gateway.signing-key.pem
    home = Path(key).parent.parent if key else None
    supervisor = Home(home).supervisor() if home else None
    return _Other(supervisor.pid if supervisor else found, home)

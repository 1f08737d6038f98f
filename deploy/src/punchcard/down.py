"""`punchcard down`: stops the platform of this directory, wherever it was started."""

from __future__ import annotations

import time

from punchcard.home import Home
from punchcard.problems import MachineCannot

#: A clean stop takes seconds; a machine that is busy may need more.
PATIENCE_S = 90.0


def down(home: Home) -> str:
    """Ask its supervisor to end and wait for it; end what runs without one. Says what it did."""
    began = time.monotonic()
    supervisor = home.supervisor()
    if supervisor is not None:
        supervisor.terminate()
        _wait(home)
        return f"stopped in {time.monotonic() - began:.1f} s (process {supervisor.pid})"
    if not home.run.exists():
        return f"No platform runs in {home.path}."
    home.acquire()
    try:
        left = home.end_leftovers()
        home.drop_socket_directory()
    finally:
        home.release()
    return (
        f"stopped {', '.join(left)}, which ran without a supervisor"
        if left
        else f"No platform runs in {home.path}."
    )


def _wait(home: Home) -> None:
    """Until the directory is free again."""
    deadline = time.monotonic() + PATIENCE_S
    while home.holder() is not None:
        if time.monotonic() > deadline:
            raise MachineCannot(
                f"{home.path} is still in use by {home.holder()} after {PATIENCE_S:.0f} s; "
                f"its logs are in {home.logs}."
            )
        time.sleep(0.1)

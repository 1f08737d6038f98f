"""Ends what a run left running once its supervisor is gone: a process of its own that watches a pipe.

The supervisor holds the other end. Its death, by whatever signal, closes it; a clean stop says goodbye first.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from punchcard.home import CLEANER, Home
from punchcard.problems import MachineCannot

#: What a supervisor says that has ended everything by itself.
GOODBYE = b"."


class Watchdog:
    """The supervisor's side."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._popen: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Its own session: what is sent to our terminal, or to our process group, does not reach it."""
        self._popen = subprocess.Popen(
            [sys.executable, "-m", __name__, str(self._home.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
        )

    def dismiss(self) -> None:
        """Everything has ended: it may go without looking."""
        popen, self._popen = self._popen, None
        if popen is None:
            return
        assert popen.stdin is not None
        try:
            popen.stdin.write(GOODBYE)
            popen.stdin.close()
        except BrokenPipeError:
            pass  # somebody ended it before
        popen.wait(60)


def watch(home: Home) -> None:
    """Until the pipe closes; then end what is left, unless a new run holds the directory and has done so."""
    if GOODBYE in sys.stdin.buffer.read() or not home.run.exists():
        return
    try:
        home.acquire(CLEANER)
    except MachineCannot:
        return
    home.end_leftovers()
    home.drop_socket_directory()
    home.release()


def main() -> None:
    for number in (signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    watch(Home(Path(sys.argv[1])))


if __name__ == "__main__":
    main()

"""`punchcard`, also as `python -m punchcard`."""

from __future__ import annotations

import signal
import sys


def main() -> int:
    """Ctrl-C while modules are still being imported ends the process without a trace of them."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from punchcard.main import main as run

    signal.signal(signal.SIGINT, before)
    return run()


if __name__ == "__main__":
    sys.exit(main())

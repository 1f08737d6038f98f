"""Free TCP ports for servers on this machine, and how to tell that one is taken."""

from __future__ import annotations

import random
import socket

#: Below the ports for outgoing connections: a server whose port lies among those can find it taken by a
#: client's connection while it restarts, and a client that asks for it then can connect to itself.
LOWEST, HIGHEST = 15_000, 31_999

_chooser = random.SystemRandom()
_handed_out: set[int] = set()
_kept_to = range(LOWEST, HIGHEST + 1)


def keep_to(part: int, parts: int) -> None:
    """This process takes every so-manieth port only: others of its kind take the rest."""
    global _kept_to
    _kept_to = range(LOWEST + part, HIGHEST + 1, parts)


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen there now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port that nobody listens on and that this process has not handed out before."""
    for _ in range(1000):
        port = _chooser.choice(_kept_to)
        if port not in _handed_out and is_free(port):
            _handed_out.add(port)
            return port
    raise OSError(f"no free port between {LOWEST} and {HIGHEST}")

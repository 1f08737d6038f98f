"""What stands in for Apple and Google in fault tests: it takes passes over a socket, or fails, or stalls."""

from __future__ import annotations

import json
import socketserver
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

Mode = Literal["takes", "fails", "stalls"]


class StandIn:
    """Both platforms. `shows` is the last state that each took of a card; `asked` counts every attempt."""

    def __init__(self) -> None:
        self.mode: Mode = "takes"
        self.slow_s = 0.0
        self.shows: dict[tuple[str, str], dict[str, Any]] = {}
        self.taken: list[tuple[str, str, int]] = []
        self.asked = 0
        self.went_back: list[tuple[str, str]] = []
        self._lock = threading.Lock()
        self._going = threading.Event()
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._going.set()
        self._server.shutdown()
        self._server.server_close()

    def counted(self, card: str) -> int:
        """How often a platform took a state of this card."""
        return sum(1 for _, taken, _ in list(self.taken) if taken == card)

    def _handler(self) -> type[socketserver.StreamRequestHandler]:
        stand_in = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                line = self.rfile.readline()
                if line:
                    answer = stand_in._answer(json.loads(line))
                    if answer:
                        self.wfile.write(answer + b"\n")

        return Handler

    def _answer(self, state: dict[str, Any]) -> bytes:
        self.asked += 1
        if self.mode == "stalls":
            self._going.wait(60)
            return b""
        time.sleep(self.slow_s)
        if self.mode == "fails":
            return b"503 unavailable"
        place = state["platform"], state["card"]
        with self._lock:
            before = self.shows.get(place)
            if before and before["sequence"] > state["sequence"]:
                self.went_back.append(place)
            self.shows[place] = state
            self.taken.append((*place, state["sequence"]))
        return b"200"


@contextmanager
def standing_in(stack: Any) -> Iterator[StandIn]:
    """The stack's wallet delivers to a stand-in; afterwards it is as before."""
    stand_in, wallet = StandIn(), stack.service("wallet")
    member, start = wallet.member, wallet.member.start
    told = {**member._env, "WALLET_STAND_IN_PORT": str(stand_in.port)}
    script = Path(__file__).with_name("wallet_of_test.py")
    member.start = lambda: member._process.start([sys.executable, str(script)], env=told)
    wallet.restart()
    try:
        yield stand_in
    finally:
        stand_in.mode = "takes"
        member.start = start
        wallet.restart()
        stand_in.close()

"""The load generator, a process of its own: kept connections, hand-made requests, a latency for each answer.

Reads a plan as JSON from standard input and writes what it saw as JSON to standard output. It spends some
15 µs a request, so that on two cores the platform gets the rest.
"""

from __future__ import annotations

import array
import itertools
import json
import os
import random
import select
import socket
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Plan:
    """What to send.

    `cards` are card ids, one of them for each request; without any the body is sent as it is. With `paths`
    these are read (GET) one after another instead. `rate` makes it an open loop of so many requests a second,
    else it is closed.
    """

    url: str
    path: str
    authorization: str
    cards: list[str]
    connections: int
    seconds: float
    body: dict[str, Any] = field(default_factory=dict)
    rate: float | None = None
    seed: int = 1
    paths: list[str] = field(default_factory=list)


@dataclass
class Seen:
    """What was answered. `latencies_us` are in microseconds, in the order of the answers."""

    latencies_us: array.array[int] = field(default_factory=lambda: array.array("I"))
    statuses: dict[int, int] = field(default_factory=dict)
    accepted: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    unanswered: int = 0


class _Caller:
    """One kept connection with at most one request on its way."""

    __slots__ = ("began", "card", "received", "socket")

    def __init__(self, url: str) -> None:
        self.socket = _connect(url)
        self.received = b""
        self.card = ""
        self.began = 0.0


def _connect(url: str) -> socket.socket:
    if url.startswith("unix:"):
        made = socket.socket(socket.AF_UNIX)
        made.connect(url.removeprefix("unix:"))
        return made
    host, port = url.removeprefix("http://").split(":")
    made = socket.create_connection((host, int(port)))
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


class Load:
    """Sends what the plan says and measures."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._random = random.Random(plan.seed)  # noqa: S311 - which card comes next is no secret
        self._head = (
            f"POST {plan.path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n"
            f"authorization: {plan.authorization}\r\nidempotency-key: "
        ).encode()
        self._more = json.dumps(plan.body)[1:-1]
        self._paths = itertools.cycle(plan.paths)
        self._callers = {
            caller.socket.fileno(): caller for caller in map(_Caller, [plan.url] * plan.connections)
        }
        self._poll = select.epoll()
        for number in self._callers:
            self._poll.register(number, select.EPOLLIN)
        self.seen = Seen()

    def run(self) -> Seen:
        """Send until the time is over, then wait for what is still on its way."""
        began = time.perf_counter()
        end = began + self._plan.seconds
        idle = list(self._callers.values())
        due = began
        while True:
            now = time.perf_counter()
            if now < end:
                due = self._send_some(idle, due, now)
            elif len(idle) == len(self._callers) or now > end + 10:
                break
            for number, _ in self._poll.poll(self._wait(due, now) if idle else 1.0):
                caller = self._callers[number]
                if self._receive(caller):
                    idle.append(caller)
        self.seen.seconds = min(time.perf_counter(), end) - began
        self.seen.unanswered = len(self._callers) - len(idle)
        return self.seen

    def _wait(self, due: float, now: float) -> float:
        return max(0.0, min(due - now, 0.05)) if self._plan.rate else 0.05

    def _send_some(self, idle: list[_Caller], due: float, now: float) -> float:
        rate = self._plan.rate
        while idle and (rate is None or due <= now):
            # In an open loop the clock runs from when the request was due, waiting for a caller included.
            self._send(idle.pop(), due if rate else time.perf_counter())
            due += 1 / rate if rate else 0
        return due

    def _send(self, caller: _Caller, began: float) -> None:
        if self._plan.paths:
            caller.began = began
            caller.socket.sendall(f"GET {next(self._paths)} HTTP/1.1\r\nhost: bench\r\n\r\n".encode())
            return
        cards = self._plan.cards
        caller.card = card = cards[int(self._random.random() * len(cards))] if cards else ""
        caller.began = began
        named = f'"card_id":"{card}"' if card else ""
        body = f"{{{named}{',' if named and self._more else ''}{self._more}}}".encode()
        key = os.urandom(16).hex().encode()
        caller.socket.sendall(b"%b%b\r\ncontent-length: %d\r\n\r\n%b" % (self._head, key, len(body), body))

    def _receive(self, caller: _Caller) -> bool:
        data = caller.received + caller.socket.recv(65536)
        end = data.find(b"\r\n\r\n")
        if end < 0:
            caller.received = data
            return False
        head = data[:end].lower()
        at = head.find(b"content-length: ") + 16
        stop = head.find(b"\r", at)
        length = int(head[at : stop if stop > 0 else None])
        if len(data) < end + 4 + length:
            caller.received = data
            return False
        caller.received = b""
        self._count(caller, int(head[9:12]))
        return True

    def _count(self, caller: _Caller, status: int) -> None:
        seen = self.seen
        seen.latencies_us.append(int((time.perf_counter() - caller.began) * 1e6))
        seen.statuses[status] = seen.statuses.get(status, 0) + 1
        if status == 200:
            seen.accepted[caller.card] = seen.accepted.get(caller.card, 0) + 1


def percentile(sorted_values: Sequence[float], share: float) -> float:
    """The value below which this share lies."""
    return (
        float(sorted_values[min(len(sorted_values) - 1, int(len(sorted_values) * share))])
        if sorted_values
        else 0.0
    )


def summary(seen: Seen) -> dict[str, Any]:
    """Operations a second and latencies in ms, with what was accepted per card."""
    values = sorted(seen.latencies_us)
    accepted = seen.statuses.get(200, 0)
    return {
        "operations": accepted,
        "statuses": seen.statuses,
        "unanswered": seen.unanswered,
        "per_second": accepted / seen.seconds if seen.seconds else 0.0,
        **{
            f"p{name}_ms": percentile(values, share) / 1000
            for name, share in ((50, 0.5), (95, 0.95), (99, 0.99))
        },
        "accepted": seen.accepted,
    }


def main() -> None:
    plan = Plan(**json.load(sys.stdin))
    json.dump(summary(Load(plan).run()), sys.stdout)


if __name__ == "__main__":
    main()

"""Keeps one child going: what ends unasked is started again, with growing pauses, and it is told."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from punchcard.problems import Problem

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 30.0
#: One that ran this long before it ended is no crash loop: its pauses begin anew.
STEADY_AFTER_S = 60.0


class Member(Protocol):
    """A server or service that runs as a child process (or as a container)."""

    @property
    def name(self) -> str: ...
    @property
    def pid(self) -> int | None: ...
    @property
    def exit_code(self) -> int | None: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def stop_at_once(self) -> None: ...
    def kill(self) -> None: ...
    def is_ready(self) -> bool: ...
    def wait_ready(self, timeout_s: float = ...) -> None: ...
    def wait_end(self, timeout_s: float) -> bool: ...


M = TypeVar("M", bound=Member)


class Supervised(Generic[M]):
    """A member and the thread that watches it. `member` is the server itself."""

    def __init__(self, member: M, tell: Callable[[str], None]) -> None:
        self.member = member
        self.restarts = 0
        self._tell = tell
        self._wanted = False
        self._closing = threading.Event()
        # Held while it is started or ended: who restarts it and the watcher don't do so at once.
        self._hands = threading.RLock()
        self._thread: threading.Thread | None = None
        #: Since when it is away without anyone having wanted that.
        self._gone_at: float | None = None

    # -- for people and tests

    @property
    def name(self) -> str:
        return self.member.name

    @property
    def pid(self) -> int | None:
        """None while it does not run."""
        return self.member.pid

    def start(self) -> None:
        """Start it and keep it going."""
        with self._hands:
            self._wanted = True
            if self.member.pid is None:
                self.member.start()
        if self._thread is None:
            self._thread = threading.Thread(target=self._watch, name=f"watch-{self.name}", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End it gently; it stays down until start()."""
        self._wanted = False
        with self._hands:
            self.member.stop()

    def kill9(self, *, stay_down: bool = False) -> None:
        """kill -9. The watcher starts it again soon, unless it shall stay down (then start() does)."""
        if stay_down:
            self._wanted = False
        with self._hands:
            self.member.kill()

    def restart(self, timeout_s: float = 60) -> None:
        """End it gently, start it and wait until it is ready."""
        self.stop()
        self.start()
        self.wait_ready(timeout_s)

    def is_ready(self) -> bool:
        return self.member.is_ready()

    def wait_ready(self, timeout_s: float = 60) -> None:
        """Also while it is between an end and the next start."""
        deadline = time.monotonic() + timeout_s
        while not self.member.is_ready():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.name} is not ready after {timeout_s:.0f} s")
            time.sleep(0.05)

    def close(self, *, at_once: bool = False) -> None:
        """Stop it for good, and the watcher too."""
        self._wanted = False
        self._closing.set()
        if at_once:
            self.member.stop_at_once()
        else:
            with self._hands:
                self.member.stop()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=5)

    # -- watching

    def _watch(self) -> None:
        began, quick_ends = time.monotonic(), 0
        while not self._closing.is_set():
            if not self._wanted:
                self._closing.wait(0.1)
                began, self._gone_at = time.monotonic(), None
            elif self.member.wait_end(0.5 if self._gone_at is None else 0.05) and self._wanted:
                ran_s = time.monotonic() - began
                quick_ends = 0 if ran_s > STEADY_AFTER_S else quick_ends + 1
                pause = pause_after(quick_ends)
                how = ending(self.member.exit_code)
                self._tell(f"{self.name} {how} after {ran_s:.1f} s; it is started again in {pause:.1f} s")
                self._gone_at = self._gone_at or time.monotonic()
                self._closing.wait(pause)
                self._start_again()
                began = time.monotonic()
            elif self._gone_at is not None and self.member.is_ready():
                self._tell(f"{self.name} is back after {time.monotonic() - self._gone_at:.1f} s")
                self._gone_at = None

    def _start_again(self) -> None:
        with self._hands:
            if not self._wanted or self._closing.is_set() or self.member.pid is not None:
                return
            self.restarts += 1
            try:
                self.member.start()
            except (Problem, OSError) as error:
                # Not the end: the watcher sees that it does not run and tries again after a longer pause.
                self._tell(f"{self.name} could not be started again: {error}")


def ending(exit_code: int | None) -> str:
    """How it came to its end, where that is known."""
    if exit_code is None:
        return "ended"
    if exit_code >= 0:
        return f"ended by itself with code {exit_code}"
    try:
        return f"was ended by {signal.Signals(-exit_code).name}"
    except ValueError:
        return f"was ended by signal {-exit_code}"


def pause_after(quick_ends: int) -> float:
    """0.2 s after the first, doubling, at most 30 s."""
    return float(min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** max(0, quick_ends - 1)))

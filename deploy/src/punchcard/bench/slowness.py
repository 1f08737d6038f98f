"""How much the machine itself varies: the same loop, timed before each load."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence

#: Some 50 ms of work that nothing but the processor decides.
TURNS = 1_000_000


class Slowness:
    """Looks, and tells how much slower than at its best the machine mostly was."""

    def __init__(self) -> None:
        self._seconds: list[float] = []

    def look(self) -> None:
        """Time the loop once."""
        began = time.perf_counter()
        total = 0
        for number in range(TURNS):
            total += number & 7
        self._seconds.append(time.perf_counter() - began)

    @property
    def slowdown(self) -> float:
        """The median over the least; 1 when the machine never varied."""
        return slowdown_of(self._seconds)


def slowdown_of(seconds: Sequence[float]) -> float:
    """The median over the least; 1 before anything was timed."""
    return statistics.median(seconds) / min(seconds) if seconds else 1.0

"""The arithmetic of limits: how often somebody did something within a window that slides, slot by slot."""

from __future__ import annotations

import math
from collections.abc import Mapping

#: A window has this many slots: what was done leaves it when its slot does, at most a sixtieth too early.
SLOTS = 60


class Policy:
    """So many in so many seconds. Nothing is ever refused by one without a quota; it only counts."""

    __slots__ = ("name", "quota", "window_s", "words")

    def __init__(self, name: str, quota: int | None, window_s: int) -> None:
        self.name = name
        self.quota = quota
        self.window_s = window_s
        #: As `RateLimit-Policy` says it.
        self.words = f'"{name}";q={quota};w={window_s}'

    def slot_at(self, now: float) -> int:
        return int(now * SLOTS // self.window_s)

    def leaves_at(self, slot: int) -> float:
        """When what was done in this slot counts no longer."""
        return (slot + SLOTS) * self.window_s / SLOTS


class Count:
    """What one caller did under one policy, as far as this replica knows."""

    __slots__ = ("_ours", "_slots", "_swept", "policy", "total", "who")

    def __init__(self, policy: Policy, who: bytes) -> None:
        self.policy = policy
        self.who = who
        self.total = 0
        self._slots: dict[int, int] = {}  # the oldest first
        self._ours: dict[int, int] = {}  # not told to the others yet
        self._swept = 0

    def add(self, slot: int, times: int = 1) -> None:
        """It was done in this slot; -1 takes it back."""
        self._slots[slot] = self._slots.get(slot, 0) + times
        self._ours[slot] = self._ours.get(slot, 0) + times
        self.total += times

    def has_room(self, now: float) -> bool:
        """Whether it may be done once more."""
        self._sweep(now)
        return self.policy.quota is None or self.total < self.policy.quota

    def left(self) -> int:
        """How often it may be done now."""
        return max(0, (self.policy.quota or 0) - self.total)

    def wait_s(self, now: float) -> int:
        """Whole seconds until it may be done once more often than now; at most the window."""
        over = self.total - (self.policy.quota or 0)
        for slot, times in self._slots.items():
            over -= times
            if over < 0 and times > 0:
                return max(1, min(self.policy.window_s, math.ceil(self.policy.leaves_at(slot) - now)))
        return self.policy.window_s

    def is_over(self, now: float) -> bool:
        """Whether nothing of it counts any more."""
        self._sweep(now)
        return not self._slots

    def _sweep(self, now: float) -> None:
        """Drop what has left the window."""
        oldest = self.policy.slot_at(now) - SLOTS + 1
        if oldest == self._swept:
            return
        self._swept = oldest
        for slot in [slot for slot in self._slots if slot < oldest]:
            self.total -= self._slots.pop(slot)
            self._ours.pop(slot, None)  # nobody needs to hear of it any more

    # -- between replicas

    def take_ours(self) -> dict[int, int]:
        """What the others do not know of yet; it is theirs from now on."""
        ours, self._ours = self._ours, {}
        return {slot: times for slot, times in ours.items() if times}

    def give_back(self, ours: Mapping[int, int]) -> None:
        """They could not be told."""
        for slot, times in ours.items():
            self._ours[slot] = self._ours.get(slot, 0) + times

    def learn(self, everybodys: Mapping[int, int], now: float) -> None:
        """What all replicas did, ours up to `take_ours` included; what came after is ours to add."""
        slots = dict(sorted(everybodys.items()))
        for slot, times in self._ours.items():
            slots[slot] = slots.get(slot, 0) + times
        self._slots, self.total, self._swept = slots, sum(slots.values()), 0
        self._sweep(now)

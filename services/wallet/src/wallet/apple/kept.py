"""What was made once and is kept while there is room: the longest unused goes first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """Things by key, at most so many bytes of them."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._things: OrderedDict[Hashable, tuple[T, int]] = OrderedDict()
        self.size_bytes = 0

    def get(self, key: Hashable) -> T | None:
        found = self._things.get(key)
        if found is None:
            return None
        self._things.move_to_end(key)
        return found[0]

    def keep(self, key: Hashable, thing: T, size_bytes: int) -> None:
        """One that is larger than all the room is not kept."""
        if size_bytes > self._limit_bytes:
            return
        if (old := self._things.pop(key, None)) is not None:
            self.size_bytes -= old[1]
        self._things[key] = (thing, size_bytes)
        self.size_bytes += size_bytes
        while self.size_bytes > self._limit_bytes:
            _, (_, size) = self._things.popitem(last=False)
            self.size_bytes -= size

    def __len__(self) -> int:
        return len(self._things)

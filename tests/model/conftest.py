"""Shops for random operations: opened once, whatever is played on their cards."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

# The model is no package: its modules are found beside this file.
sys.path.insert(0, str(Path(__file__).parent))

from playground import SHOPS, Playground


@pytest.fixture(scope="module")
def playgrounds(platform: Any, until: Callable[..., float]) -> Callable[[int], Playground]:
    """`playgrounds(n)`: the shop of that number, opened when it is first asked for."""
    made: dict[int, Playground] = {}

    def open_(number: int) -> Playground:
        if number not in made:
            made[number] = Playground(platform, SHOPS[number], until)
        return made[number]

    return open_

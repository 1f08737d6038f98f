"""Statistics let tills go first, and not for ever."""

from __future__ import annotations

import pytest

from ledger.statistics import following
from ledger.statistics.following import Rush, let_tills_go_first


@pytest.mark.parametrize(("asked", "rushes"), [(0, False), (50, False), (51, True), (2000, True)])
def test_a_rush_is_more_than_so_many_in_a_second(asked: int, rushes: bool):
    now, count = [100.0], [0]
    rush = Rush(lambda: count[0], lambda: now[0])

    now[0], count[0] = 101.0, asked

    assert rush() is rushes
    now[0] += 1
    assert not rush()


async def test_it_waits_while_there_is_a_rush_but_not_longer_than_it_may(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(following, "LOOKS_AFTER_S", 0.001)
    monkeypatch.setattr(following, "WAITS_LONGEST_S", 0.01)
    said = iter([True, True, False])
    looks = []

    await let_tills_go_first(lambda: next(said))
    await let_tills_go_first(lambda: looks.append(1) or True)

    assert next(said, "all said") == "all said"
    assert 10 <= len(looks) <= 12

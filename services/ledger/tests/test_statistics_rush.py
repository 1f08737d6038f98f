"""Statistics let tills go first, and still keep up."""

from __future__ import annotations

import pytest

from ledger.statistics import following
from ledger.statistics.following import Rush, Stride, stride


@pytest.mark.parametrize(("asked", "rushes"), [(0, False), (50, False), (51, True), (2000, True)])
def test_a_rush_is_more_than_so_many_in_a_second(asked: int, rushes: bool):
    count, now = [7], [100.0]
    rush = Rush(lambda: count[0], lambda: now[0])

    count[0] += asked
    now[0] += 1.0
    assert rush() is rushes
    now[0] += 1.0
    assert not rush()


def test_in_a_rush_few_are_taken_at_once_and_a_pause_follows():
    calm = stride(rush=False, waiting=5000, took=following.POLL_RECORDS)
    rushed = stride(rush=True, waiting=5000, took=following.RUSH_RECORDS)

    assert calm == Stride(following.POLL_RECORDS, 0.0)
    assert rushed.records < calm.records
    assert rushed.pause_s > 0


def test_a_rush_that_goes_on_does_not_leave_figures_behind_for_ever():
    assert stride(rush=True, waiting=following.RUSH_ENDS_AT, took=200) == Stride(following.POLL_RECORDS, 0.0)


def test_the_last_ones_are_gathered():
    assert stride(rush=False, waiting=0, took=3) == Stride(following.POLL_RECORDS, following.GATHER_S)

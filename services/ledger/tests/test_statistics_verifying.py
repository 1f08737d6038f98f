"""`verify --all`: statistics against a recount of the same rows, however far behind they are."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from ledger.statistics.verifying import Recount, recount


def recounted(world: Any) -> Recount:
    with psycopg.connect(world.owner_url, row_factory=dict_row) as connection:
        return recount(connection)


async def test_good_statistics_are_right_also_while_they_are_behind(counting: Any) -> None:
    await counting.a_busy_day()
    await counting.count(counting.told()[:20])
    behind = recounted(counting.world)

    await counting.count()

    assert (behind.wrong, behind.behind) == ([], 21)
    assert recounted(counting.world) == Recount(3, 0, [])


@pytest.mark.parametrize(
    ("change", "figure"),
    [
        (
            "UPDATE statistics_totals SET stamps_issued = stamps_issued + 1 WHERE stamps_issued > 1",
            "stamps_issued",
        ),
        ("UPDATE statistics_totals SET points = points - 1 WHERE points > 1", "points"),
        ("DELETE FROM statistics_days WHERE stamps_issued > 1", "statistics_days.stamps_issued"),
        ("UPDATE statistics_ages SET stamps = stamps + 1", "statistics_ages.stamps"),
        ("UPDATE statistics_cards SET sequence = sequence + 1", "cards counted beyond their last row"),
    ],
)
async def test_a_wrong_figure_is_named(counting: Any, change: str, figure: str) -> None:
    await counting.a_busy_day()
    await counting.count()

    counting.world.rows(f"{change} RETURNING 1")

    assert figure in {wrong.figure for wrong in recounted(counting.world).wrong}

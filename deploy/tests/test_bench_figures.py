"""The pure parts of the bench: what it measures, on how much data, and what it says of the figures."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from punchcard.bench import imports, ledger_size, search, whole
from punchcard.bench.figures import BOUNDS, holds, table_of
from punchcard.bench.load import percentile
from punchcard.bench.sizes import FULL, SMALL
from punchcard.bench.slowness import slowdown_of
from punchcard.problems import WrongUsage


def test_without_a_selection_everything_is_measured():
    assert whole.chosen(None) == whole.PARTS


def test_a_selection_is_measured_in_the_order_that_counts_before_it_generates():
    assert whole.chosen("search, freshness,replay") == ["freshness", "replay", "search"]


@pytest.mark.parametrize("only", ["serach", "freshness,serach", ""])
def test_a_measurement_that_is_not_there_is_wrong_usage_and_names_those_that_are(only):
    with pytest.raises(WrongUsage, match=r"There is no measurement .*; there are throughput, freshness,"):
        whole.chosen(only)


def test_the_full_sizes_are_those_that_the_figures_are_named_after():
    assert FULL.ledger_rows == 5_000_000
    assert FULL.ledger_rows_few == SMALL.ledger_rows_few == 10_000
    assert FULL.searched_cards == 1_000_000
    assert FULL.report_rows == SMALL.report_rows == 5_000_000


def test_no_default_size_is_above_the_full_one():
    assert all(small <= full for small, full in zip(SMALL, FULL, strict=True))
    assert SMALL.ledger_rows > 10 * SMALL.ledger_rows_few, "else there is nothing to compare"


@pytest.mark.parametrize(("share", "value"), [(0.5, 51), (0.95, 96), (0.99, 100), (1.0, 100)])
def test_a_percentile_is_the_value_below_which_that_share_lies(share, value):
    assert percentile(list(range(1, 101)), share) == value


def test_a_percentile_of_nothing_is_zero():
    assert percentile([], 0.95) == 0.0


def test_the_slowdown_is_the_median_over_the_least():
    assert slowdown_of([0.04, 0.05, 0.08]) == pytest.approx(1.25)
    assert slowdown_of([]) == 1.0


@pytest.mark.parametrize(
    ("name", "value", "good"),
    [
        ("freshness_p99_ms", 2000, True),
        ("freshness_p99_ms", 2001, False),
        ("import_rows_per_s", 2000, True),
        ("import_rows_per_s", 1999, False),
        ("a_figure_without_a_bound", 10**9, True),
    ],
)
def test_a_bound_is_held_up_to_its_value(name, value, good):
    assert holds(name, value) is good


def test_a_missed_bound_is_told_beside_the_figure():
    out = Console(file=io.StringIO(), width=200)

    out.print(table_of({"replay_events_per_s": 9000.0, "search_p95_ms_1m_cards": 20.0}))

    replay, search_ = out.file.getvalue().splitlines()[1:]  # type: ignore[attr-defined]
    assert replay.split() == ["replay_events_per_s", "9000", "≥", "10000", "missed"]
    assert search_.split() == ["search_p95_ms_1m_cards", "20", "≤", "50"]


def test_every_bound_asks_for_at_least_or_at_most_something():
    assert all(least is not None or most is not None for least, most in BOUNDS.values())


def test_names_are_drawn_alike_in_every_run_and_each_is_another():
    names = search.names(500, 1)
    assert names == search.names(500, 1)
    assert len(set(names)) == 500


def test_imported_rows_lie_in_the_past_each_with_its_own_reference():
    rows = list(imports.history(5000))
    assert len({row["reference"] for row in rows}) == 5000
    assert rows[0]["at"] < rows[-1]["at"] < "2026"
    assert {row["card"] for row in rows} <= {row["reference"] for row in imports.customers()}


def test_scripts_that_generate_rows_end_each_statement():
    scripts = sorted((Path(whole.__file__).parent / "sql").glob("*.sql"))
    assert [script.name for script in scripts] == [
        *("ledger_size.sql", "passes.cards.sql", "passes.wallet.sql", "reports.sql"),
        *("search.cards.sql", "search.ledger.sql"),
    ]
    assert all(script.read_text().endswith(";\n") for script in scripts)


def test_rounds_that_were_disturbed_do_not_count_and_half_of_them_may_be():
    still = [{"p50_ms": ms} for ms in (2.0, 2.1, 2.2, 2.1)]
    disturbed = [{"p50_ms": ms} for ms in (9.0, 40.0, 7.0)]

    assert ledger_size.quiet([*disturbed, *still], "p50_ms") == 2.1
    assert ledger_size.quiet(still[:1], "p50_ms") == 2.0

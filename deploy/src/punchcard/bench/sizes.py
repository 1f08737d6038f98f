"""How much data the measurements run on: less than a figure names by default, all of it with `--full`."""

from __future__ import annotations

from typing import NamedTuple


class Sizes(NamedTuple):
    """A figure's name says its full size, the context the used one. Counters stand for the `report_rows`."""

    ledger_rows: int
    ledger_rows_few: int
    searched_cards: int
    report_rows: int
    imported_rows: int
    replayed_events: int
    freshness_trials: int


SMALL = Sizes(
    ledger_rows=200_000,
    ledger_rows_few=10_000,
    searched_cards=100_000,
    report_rows=5_000_000,
    imported_rows=20_000,
    replayed_events=50_000,
    freshness_trials=12,
)
FULL = Sizes(
    ledger_rows=5_000_000,
    ledger_rows_few=10_000,
    searched_cards=1_000_000,
    report_rows=5_000_000,
    imported_rows=100_000,
    replayed_events=200_000,
    freshness_trials=60,
)

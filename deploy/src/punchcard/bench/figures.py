"""The figures of a run with the bounds they have to hold, as a table."""

from __future__ import annotations

from collections.abc import Mapping

from rich.table import Table

#: What each figure has to hold: (at least, at most).
BOUNDS: dict[str, tuple[float | None, float | None]] = {
    "ledger_vs_pgbench_32": (0.5, None),
    "gateway_vs_pgbench_32": (0.2, None),
    "gateway_p99_ms_32": (None, 60),
    "gateway_p99_ms_1": (None, 15),
    "hot_card_vs_spread": (0.7, None),
    "relay_vs_ledger": (1.5, None),
    "event_to_wallet_p99_ms_at_100": (None, 1000),
    "service_pss_mb_max": (None, 120),
    "cold_start_s": (None, 20),
    "bytes_per_operation": (None, 700),
    "freshness_p99_ms": (None, 2000),
    "import_rows_per_s": (2000, None),
    "pin_logins_stamp_p95_ratio": (None, 1.3),
    "outage_stamp_p95_ratio": (None, 1.2),
    "replay_events_per_s": (10_000, None),
    "search_p95_ms_1m_cards": (None, 50),
    "report_p95_ms_5m_rows": (None, 100),
    "latency_5m_vs_10k_rows": (None, 1.15),
    "catch_up_pushes_per_s_google": (17, 20),
    "google_requests_in_a_second_most": (None, 20),
    "pass_downloads_per_s": (500, None),
    "pass_downloads_p99_ms": (None, 80),
    "event_to_push_p99_ms_at_100": (None, 2000),
    "catch_up_pushes_per_s_apple": (300, None),
}


def holds(name: str, value: float) -> bool:
    """Whether the figure is within its bound; one without a bound always is."""
    least, most = BOUNDS.get(name, (None, None))
    return (least is None or value >= least) and (most is None or value <= most)


def table_of(figures: Mapping[str, float]) -> Table:
    """Each figure, its bound, and whether it missed that."""
    table = Table("figure", "value", "bound", "", box=None)
    for name, value in sorted(figures.items()):
        least, most = BOUNDS.get(name, (None, None))
        bound = f"≥ {least}" if least is not None else f"≤ {most}" if most is not None else ""
        shown = f"{value:.3g}" if value < 100 else f"{value:.0f}"
        table.add_row(name, shown, bound, "" if holds(name, value) else "missed")
    return table

"""For tests of statistics: a plain recount of the ledger's rows, and what the counters say of the same."""

from __future__ import annotations

from typing import Any

from ledger.statistics.cells import TABLES

#: Every figure that rows alone decide, by program and store, as anyone would count them.
TOTALS = """
SELECT a.program_id, coalesce(t.store_id, '00000000-0000-0000-0000-000000000000'),
  count(*),
  count(*) FILTER (WHERE t.type IN (4, 8))
    - count(*) FILTER (WHERE t.type IN (5, 9) AND t.stamps_delta + t.points_delta > 0),
  coalesce(sum(t.stamps_delta) FILTER (WHERE t.type = 3), 0),
  coalesce(-sum(t.stamps_delta) FILTER (WHERE t.type = 4 OR t.type = 5 AND t.stamps_delta > 0), 0),
  coalesce(sum(t.points_delta) FILTER (WHERE t.type IN (2, 7)), 0),
  coalesce(-sum(t.points_delta) FILTER (WHERE t.type = 8 OR t.type = 9 AND t.points_delta > 0), 0),
  coalesce(-sum(t.points_delta) FILTER (WHERE t.type = 9 AND t.points_delta <= 0), 0),
  coalesce(-sum(t.points_delta) FILTER (WHERE t.type = 11), 0)
FROM transactions t JOIN accounts a USING (card_id) GROUP BY 1, 2 ORDER BY 1, 2
"""
COUNTED_TOTALS = """
SELECT program_id, store_id, transactions, rewards_redeemed, stamps_issued, stamps_redeemed, points_issued,
  points_redeemed, points_voided, points_expired
FROM statistics_totals JOIN statistics_generations USING (generation)
WHERE state = 'live' AND transactions <> 0 ORDER BY 1, 2
"""
#: Balances, and how many cards there are and are active, by program.
BALANCES = """
SELECT program_id, count(*) FILTER (WHERE NOT is_gone), count(*) FILTER (WHERE NOT is_gone AND is_active),
  sum(stamp_count), sum(points_balance) FROM accounts GROUP BY 1 ORDER BY 1
"""
COUNTED_BALANCES = """
SELECT program_id, sum(cards), sum(active), sum(stamps), sum(points)
FROM statistics_totals JOIN statistics_generations USING (generation)
WHERE state = 'live' GROUP BY 1 ORDER BY 1
"""
#: Cards that were active, by the UTC hour of their last activity; the whole platform's.
LAST_HOURS = """
SELECT floor(extract(epoch FROM last_activity_at) / 3600)::int, count(*) FROM accounts
WHERE last_activity_at IS NOT NULL GROUP BY 1 ORDER BY 1
"""
COUNTED_LAST_HOURS = """
SELECT hour, sum(active_cards) FROM statistics_hours JOIN statistics_generations USING (generation)
WHERE state = 'live' AND program_id = '00000000-0000-0000-0000-000000000000' AND active_cards <> 0
GROUP BY 1 ORDER BY 1
"""
#: Different cards with an activity, by day in Luxembourg and store.
ACTIVE = """
SELECT program_id, store_id, (coalesce(transaction_at, t.created_at) AT TIME ZONE 'Europe/Luxembourg')::date,
  count(DISTINCT card_id)
FROM transactions t JOIN accounts a USING (card_id) WHERE type IN (3, 4, 7, 8)
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
COUNTED_ACTIVE = """
SELECT program_id, store_id, day, active_cards
FROM statistics_days JOIN statistics_generations USING (generation)
WHERE state = 'live' AND active_cards <> 0 ORDER BY 1, 2, 3
"""
PAIRS = (
    (TOTALS, COUNTED_TOTALS),
    (BALANCES, COUNTED_BALANCES),
    (LAST_HOURS, COUNTED_LAST_HOURS),
    (ACTIVE, COUNTED_ACTIVE),
)


def snapshot(world: Any) -> dict[str, list[tuple[Any, ...]]]:
    """Every cell of the live generation that counts something, and its cards."""
    found = {
        table.name: world.rows(
            f"SELECT {', '.join([*table.keys, *table.counts])} FROM {table.name}"
            " JOIN statistics_generations USING (generation)"
            f" WHERE state = 'live' AND ({' OR '.join(f'{name} <> 0' for name in table.counts)})"
            f" ORDER BY {', '.join(table.keys)}"
        )
        for table in TABLES
    }
    cards = (
        "SELECT card_id, store_id, version, sequence, is_live, is_active, stamps, points, enrolled_at,"
        " opened_at, last_at, months, recent FROM statistics_cards"
        " JOIN statistics_generations USING (generation) WHERE state = 'live' ORDER BY card_id"
    )
    return {**found, "cards": world.rows(cards)}

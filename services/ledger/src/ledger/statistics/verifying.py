"""Verifying: a plain recount of the rows that statistics have counted, against what they say of them.

Statistics are a moment behind the ledger, so rows are recounted up to the sequence at which each card was
counted last: both are then of the same rows, however busy the ledger is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import DictRow

#: Columns of `statistics_totals` that rows decide, and how each is recounted.
_OF_ROWS = {
    "transactions": "count(*)",
    "rewards_redeemed": (
        "count(*) FILTER (WHERE type IN (4, 8))"
        " - count(*) FILTER (WHERE type IN (5, 9) AND stamps_delta + points_delta > 0)"
    ),
    "stamps_issued": "sum(stamps_delta) FILTER (WHERE type = 3)",
    "stamps_redeemed": "-sum(stamps_delta) FILTER (WHERE type = 4 OR type = 5 AND stamps_delta > 0)",
    "points_issued": "sum(points_delta) FILTER (WHERE type IN (2, 7))",
    "points_redeemed": "-sum(points_delta) FILTER (WHERE type = 8 OR type = 9 AND points_delta > 0)",
    "points_voided": "-sum(points_delta) FILTER (WHERE type = 9 AND points_delta <= 0)",
    "points_expired": "-sum(points_delta) FILTER (WHERE type = 11)",
}
_NONE = "'00000000-0000-0000-0000-000000000000'::uuid"
_COUNTED_CARDS = (
    "SELECT card_id, program_id, store_id, sequence, is_live, is_active, stamps, points, version"
    " FROM statistics_cards JOIN statistics_generations USING (generation) WHERE state = 'live'"
)
_RECOUNT = (
    f"SELECT c.program_id, coalesce(t.store_id, {_NONE}) AS store_id, "  # noqa: S608 - our own
    + ", ".join(f"coalesce({how}, 0)::bigint AS {name}" for name, how in _OF_ROWS.items())
    + f" FROM transactions t JOIN ({_COUNTED_CARDS}) c ON c.card_id = t.card_id AND t.sequence <= c.sequence"
    " GROUP BY 1, 2"
)
_BALANCES = (
    "SELECT c.program_id, c.store_id, coalesce(sum(t.stamps_balance_after), 0)::bigint AS stamps,"  # noqa: S608
    " coalesce(sum(t.points_balance_after), 0)::bigint AS points,"
    " count(*) FILTER (WHERE c.is_live) AS cards, count(*) FILTER (WHERE c.is_live AND c.is_active) AS active"
    f" FROM ({_COUNTED_CARDS}) c"
    " LEFT JOIN transactions t ON t.card_id = c.card_id AND t.sequence = c.sequence"
    " GROUP BY 1, 2"
)
_TOTALS = (
    f"SELECT program_id, store_id, stamps, points, cards, active, {', '.join(_OF_ROWS)}"  # noqa: S608 - ours
    " FROM statistics_totals JOIN statistics_generations USING (generation) WHERE state = 'live'"
)
#: What was added up in other cuts must come to the same sums.
_OTHER_CUTS = {
    "statistics_days": (
        *("transactions", "stamps_issued", "stamps_redeemed"),
        *("points_issued", "points_redeemed", "points_voided"),
    ),
    "statistics_ages": ("stamps", "points"),
}
_BEHIND = (
    "SELECT coalesce(sum(a.sequence - coalesce(c.sequence, 0)), 0)::bigint AS rows"  # noqa: S608 - our own
    f" FROM accounts a LEFT JOIN ({_COUNTED_CARDS}) c USING (card_id)"
    " WHERE a.sequence > coalesce(c.sequence, 0)"
)
_AHEAD = (
    "SELECT count(*) AS cards FROM accounts a"  # noqa: S608 - our own
    f" RIGHT JOIN ({_COUNTED_CARDS}) c USING (card_id)"
    " WHERE c.sequence > coalesce(a.sequence, 0)"
)

Sums = dict[tuple[UUID, UUID], dict[str, int]]


class Wrong(NamedTuple):
    """A figure that is not what the rows say."""

    program_id: UUID | None
    store_id: UUID | None
    figure: str
    counted: int
    recounted: int


class Recount(NamedTuple):
    """What came of it. `behind`: rows of the ledger that statistics have not counted yet."""

    cells: int
    behind: int
    wrong: list[Wrong]


def recount(connection: Connection[DictRow]) -> Recount:
    """All reads must be of one moment: open the connection's transaction as REPEATABLE READ."""
    expected: Sums = {}
    for query in (_RECOUNT, _BALANCES):
        _add(expected, connection.execute(query).fetchall())
    counted: Sums = {}
    _add(counted, connection.execute(_TOTALS).fetchall())
    wrong = [
        Wrong(*place, name, found, wanted)
        for place in sorted(expected.keys() | counted.keys())
        for name, found, wanted in _differing(counted.get(place, {}), expected.get(place, {}))
    ]
    wrong += _other_cuts(connection, counted)
    ahead = _one(connection, _AHEAD)
    if ahead:
        wrong.append(Wrong(None, None, "cards counted beyond their last row", ahead, 0))
    return Recount(len(counted), _one(connection, _BEHIND), wrong)


def _add(sums: Sums, rows: list[DictRow]) -> None:
    for row in rows:
        place = (row.pop("program_id"), row.pop("store_id"))
        sums.setdefault(place, {}).update(row)


def _differing(counted: Mapping[str, int], expected: Mapping[str, int]) -> list[tuple[str, int, int]]:
    return [
        (name, counted.get(name, 0), expected.get(name, 0))
        for name in sorted(counted.keys() | expected.keys())
        if counted.get(name, 0) != expected.get(name, 0)
    ]


def _other_cuts(connection: Connection[DictRow], counted: Sums) -> list[Wrong]:
    found = []
    for table, names in _OTHER_CUTS.items():
        sums = ", ".join(f"coalesce(sum({name}), 0)::bigint AS {name}" for name in names)
        row: dict[str, Any] | None = connection.execute(
            f"SELECT {sums} FROM {table} JOIN statistics_generations USING (generation)"  # noqa: S608 - ours
            " WHERE state = 'live'"
        ).fetchone()
        totals = {name: sum(cell.get(name, 0) for cell in counted.values()) for name in names}
        found += [
            Wrong(None, None, f"{table}.{name}", *rest) for name, *rest in _differing(row or {}, totals)
        ]
    return found


def _one(connection: Connection[DictRow], query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(next(iter(row.values()))) if row else 0

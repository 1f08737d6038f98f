"""Do deliveries say what passes say, and does the log hold each? Part of `punchcard verify --all`."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

import psycopg
from psycopg import IsolationLevel, sql
from psycopg.rows import DictRow, dict_row

TOLD = 100


class Deliveries(NamedTuple):
    """Cards, the first hundred each.

    `untrue`: a delivery says that it shows the newest state, and does not; `unlogged`: the log does not hold
    what was delivered last; `beyond`: the log tells of a state that the pass never had. `days` are logged.
    """

    compared: int
    behind: int
    attempts: int
    days: int
    untrue: list[UUID]
    unlogged: list[UUID]
    beyond: list[UUID]

    @property
    def wrong(self) -> list[UUID]:
        return [*self.untrue, *self.unlogged, *self.beyond]


_COUNT = """
SELECT count(*) AS compared, count(*) FILTER (WHERE status = 'behind') AS behind FROM deliveries
"""
_LOG = "SELECT count(*) AS attempts, count(DISTINCT at::date) AS days FROM delivery_log"
_UNTRUE = """
SELECT d.card_id FROM deliveries d JOIN passes p USING (card_id)
WHERE d.status IN ('current', 'removed')
  AND (d.revision_shown <> p.revision OR d.sequence_shown <> p.sequence_wanted)
ORDER BY d.card_id
"""
# What was delivered before there was a log, or before the days that are kept, is in none.
_UNLOGGED = """
SELECT d.card_id FROM deliveries d
WHERE d.last_delivered_at > (SELECT min(at) FROM delivery_log)
  AND NOT EXISTS (SELECT FROM delivery_log l WHERE l.card_id = d.card_id AND l.platform = d.platform
    AND l.outcome = 'delivered' AND l.revision = d.revision_shown AND l.sequence = d.sequence_shown)
ORDER BY d.card_id
"""
_BEYOND = """
SELECT p.card_id FROM passes p
JOIN (SELECT card_id, max(revision) AS revision FROM delivery_log GROUP BY card_id) l USING (card_id)
WHERE l.revision > p.revision ORDER BY p.card_id
"""


def deliveries_of(wallet_url: str) -> Deliveries:
    """One moment's state, while the wallet may go on."""
    with psycopg.connect(wallet_url, row_factory=dict_row) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        counted, log = (_one(connection, query) for query in (_COUNT, _LOG))
        return Deliveries(
            counted["compared"],
            counted["behind"],
            log["attempts"],
            log["days"],
            *(_cards(connection, query) for query in (_UNTRUE, _UNLOGGED, _BEYOND)),
        )


def _one(connection: psycopg.Connection[DictRow], query: str) -> DictRow:
    row = connection.execute(sql.SQL(query)).fetchone()
    assert row is not None
    return row


def _cards(connection: psycopg.Connection[DictRow], query: str) -> list[UUID]:
    rows = connection.execute(sql.SQL(query + " LIMIT {}").format(sql.Literal(TOLD)))
    return [row["card_id"] for row in rows]

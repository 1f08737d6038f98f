"""Recomputes the ledger, card by card: hash chain, sequence, balances, totals, voids, and the account."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from psycopg import IsolationLevel, sql
from psycopg.rows import DictRow, dict_row

from ledger import chain
from ledger.check import ACCOUNT, Fault, check_card

#: Rows fetched at once; what is kept in memory is this many and one card's rows.
FETCH_ROWS = 5000
#: Faults that are told; the rest is counted.
FAULTS_TOLD = 100

_TRANSACTIONS = sql.SQL("SELECT {} FROM transactions ORDER BY card_id, sequence").format(
    sql.SQL(chain.COLUMNS)
)
_ACCOUNTS = sql.SQL("SELECT {} FROM accounts ORDER BY card_id").format(sql.SQL(ACCOUNT))

Connection = psycopg.Connection[DictRow]


class Verdict(NamedTuple):
    """What a run found. `faults` holds at most the first hundred, in order of card ids."""

    cards: int
    transactions: int
    faulty_cards: int
    faults: list[Fault]


def verify(url: str, progress: Callable[[int, int], None] = lambda done, total: None) -> Verdict:
    """Read one moment's state, while the ledger may go on. `progress` gets rows done and in all."""
    with psycopg.connect(url, row_factory=dict_row) as connection:
        # Both cursors see the same moment, else every card that moves meanwhile would look wrong.
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        total = _count(connection)
        cards = rows = faulty = 0
        faults: list[Fault] = []
        for card_id, transactions, account in _cards(connection):
            fault = check_card(card_id, transactions, account)
            cards, rows = cards + 1, rows + len(transactions)
            if fault is not None:
                faulty += 1
                faults += [fault] if len(faults) < FAULTS_TOLD else []
            progress(rows, total)
        return Verdict(cards, rows, faulty, faults)


def _count(connection: Connection) -> int:
    row = connection.execute("SELECT count(*) AS rows FROM transactions").fetchone()
    assert row is not None
    return int(row["rows"])


def _cards(connection: Connection) -> Iterator[tuple[UUID, list[DictRow], Mapping[str, Any] | None]]:
    """Every card that has an account or rows: two streams in the same order, merged."""
    transactions = _stream(connection, "transactions", _TRANSACTIONS)
    accounts = _stream(connection, "accounts", _ACCOUNTS)
    waiting = next(accounts, None)
    for card_id, group in groupby(transactions, key=lambda row: row["card_id"]):
        # Ids are ordered by their bytes, here as in PostgreSQL.
        while waiting is not None and waiting["card_id"] < card_id:
            yield waiting["card_id"], [], waiting
            waiting = next(accounts, None)
        if waiting is not None and waiting["card_id"] == card_id:
            yield card_id, list(group), waiting
            waiting = next(accounts, None)
        else:
            yield card_id, list(group), None
    while waiting is not None:
        yield waiting["card_id"], [], waiting
        waiting = next(accounts, None)


def _stream(connection: Connection, name: str, query: sql.SQL | sql.Composed) -> Iterator[DictRow]:
    with connection.cursor(name=name) as cursor:
        cursor.itersize = FETCH_ROWS
        cursor.execute(query)
        yield from cursor

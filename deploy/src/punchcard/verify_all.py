"""`punchcard verify --all`: do statistics, passes and deliveries say what the ledger's rows say?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple
from uuid import UUID

import psycopg
from psycopg import IsolationLevel
from psycopg.rows import DictRow, dict_row
from rich.console import Console

from ledger.statistics.verifying import Recount, recount
from punchcard.databases import with_database
from punchcard.home import Home
from punchcard.problems import Found, MachineCannot
from punchcard.reach import postgres_of
from punchcard.services import kind_of
from punchcard.verify_wallet import Deliveries, deliveries_of

#: Passes compared at once.
PASSES = 5000
TOLD = 100


class Passes(NamedTuple):
    """`behind`: passes that do not have their card's last row yet. `wrong`: cards, the first hundred."""

    compared: int
    behind: int
    wrong: list[UUID]


def run(home: Home, *, as_json: bool, out: Console) -> None:
    """Found names what does not agree."""
    try:
        with _urls(home) as (ledger, wallet):
            counted, passes = statistics_of(ledger), passes_of(ledger, wallet)
            deliveries = deliveries_of(wallet)
    except psycopg.Error as error:
        words = (str(error).splitlines() or [type(error).__name__])[0]
        raise MachineCannot(f"A database could not be read: {words}") from error
    if as_json:
        out.print(json.dumps(_document(counted, passes, deliveries), indent=1), soft_wrap=True, markup=False)
    elif not (counted.wrong or passes.wrong or deliveries.wrong):
        out.print(
            f"statistics of {counted.cells} programs and stores are right ({counted.behind} rows behind),"
            f" {passes.compared} passes too ({passes.behind} behind), and {deliveries.compared} deliveries"
            f" ({deliveries.behind} behind; {deliveries.attempts} attempts in the log)",
            soft_wrap=True,
        )
    _refuse(counted, passes, deliveries)


def statistics_of(ledger_url: str) -> Recount:
    """One moment's state, while the ledger may go on."""
    with psycopg.connect(ledger_url, row_factory=dict_row) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        return recount(connection)


def passes_of(ledger_url: str, wallet_url: str) -> Passes:
    """Each pass against the row of its card that it is of."""
    compared, behind = 0, 0
    wrong: list[UUID] = []
    with (
        psycopg.connect(wallet_url, row_factory=dict_row) as wallet,
        psycopg.connect(ledger_url, row_factory=dict_row) as ledger,
        wallet.cursor(name="passes") as passes,
    ):
        passes.itersize = PASSES
        passes.execute(
            "SELECT card_id, sequence_wanted, stamp_count, points_balance FROM passes"
            " WHERE sequence_wanted > 0"
        )
        while some := passes.fetchmany(PASSES):
            late, bad = _compare(ledger, some)
            compared, behind = compared + len(some), behind + late
            wrong += bad[: TOLD - len(wrong)]
    return Passes(compared, behind, wrong)


def _compare(ledger: psycopg.Connection[DictRow], passes: Sequence[DictRow]) -> tuple[int, list[UUID]]:
    # The wallet was read first: whatever it has of a card, the ledger has too.
    rows = ledger.execute(
        "SELECT p.card_id, t.stamps_balance_after AS stamps, t.points_balance_after AS points, a.sequence"
        " FROM unnest(%s::uuid[], %s::bigint[]) AS p (card_id, sequence)"
        " JOIN accounts a USING (card_id)"
        " JOIN transactions t ON t.card_id = p.card_id AND t.sequence = p.sequence",
        ([row["card_id"] for row in passes], [row["sequence_wanted"] for row in passes]),
    ).fetchall()
    found = {row["card_id"]: row for row in rows}
    late, bad = 0, []
    for shown in passes:
        row = found.get(shown["card_id"])
        if row is None or (row["stamps"], row["points"]) != (shown["stamp_count"], shown["points_balance"]):
            bad.append(shown["card_id"])
        elif row["sequence"] > shown["sequence_wanted"]:
            late += 1
    return late, bad


def _document(counted: Recount, passes: Passes, deliveries: Deliveries) -> dict[str, object]:
    wrong = [
        {name: str(value) if isinstance(value, UUID) else value for name, value in each._asdict().items()}
        for each in counted.wrong[:TOLD]
    ]
    return {
        "ok": not (counted.wrong or passes.wrong or deliveries.wrong),
        "statistics": {"cells": counted.cells, "behind": counted.behind, "wrong": wrong},
        "passes": {
            "compared": passes.compared,
            "behind": passes.behind,
            "wrong": [str(card_id) for card_id in passes.wrong],
        },
        "deliveries": {
            name: [str(card_id) for card_id in value] if isinstance(value, list) else value
            for name, value in deliveries._asdict().items()
        },
    }


def _refuse(counted: Recount, passes: Passes, deliveries: Deliveries) -> None:
    if counted.wrong:
        first = counted.wrong[0]
        where = f" of program {first.program_id}, store {first.store_id}" if first.program_id else ""
        raise Found(
            f"Statistics are not what the rows say: {first.figure}{where} is {first.counted} and not"
            f" {first.recounted} ({len(counted.wrong)} figures); `punchcard rebuild` mends it."
        )
    if passes.wrong:
        card_id, many = passes.wrong[0], len(passes.wrong)
        raise Found(f"The pass of card {card_id} is not what its row says ({many} passes are wrong).")
    for cards, what in (
        (deliveries.untrue, "is said to be delivered, and its newest state is not"),
        (deliveries.unlogged, "was delivered, and the log does not say so"),
        (deliveries.beyond, "is in the log with a state that it never had"),
    ):
        if cards:
            raise Found(f"The pass of card {cards[0]} {what} ({len(cards)} passes).")


@contextmanager
def _urls(home: Home) -> Iterator[tuple[str, str]]:
    with postgres_of(home) as superuser:
        ledger, wallet = (with_database(superuser, kind_of(name).package) for name in ("ledger", "wallet"))
        yield ledger, wallet

"""`punchcard verify`: the ledger's check with a progress bar, words or JSON, and an exit code."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from punchcard.databases import with_database
from punchcard.home import Home
from punchcard.problems import Found, MachineCannot
from punchcard.reach import postgres_of
from punchcard.services import kind_of
from punchcard.verify import Verdict, verify


def run(home: Home, database_url: str | None, *, as_json: bool, out: Console, err: Console) -> None:
    """Found names the first bad row."""
    began = time.monotonic()
    with _ledger(home, database_url) as url, _bar(err) as bar:
        task = bar.add_task("rows", total=None)
        try:
            verdict = verify(url, lambda done, total: bar.update(task, completed=done, total=total))
        except psycopg.Error as error:
            words = (str(error).splitlines() or [type(error).__name__])[0]
            raise MachineCannot(f"The ledger's database could not be read: {words}") from error
    seconds = time.monotonic() - began
    if as_json:
        out.print(json.dumps(as_document(verdict, seconds), indent=1), soft_wrap=True, markup=False)
    elif not verdict.faulty_cards:
        out.print(f"{verdict.transactions} transactions of {verdict.cards} cards are right ({seconds:.1f} s)")
    if verdict.faulty_cards:
        raise Found(_sentence(verdict))


def _bar(err: Console) -> Progress:
    """Beside the answer, for people who wait at a terminal."""
    columns = (TextColumn("verify"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=err, transient=True, disable=not err.is_terminal)


def as_document(verdict: Verdict, seconds: float) -> dict[str, object]:
    """For programs: `ok`, the counts, and `faults` with the first bad row of each card."""
    faults = [
        {
            "card_id": str(fault.card_id),
            "sequence": fault.sequence,
            "transaction_id": None if fault.transaction_id is None else str(fault.transaction_id),
            "what": fault.what,
        }
        for fault in verdict.faults
    ]
    return {
        "ok": not verdict.faulty_cards,
        "cards": verdict.cards,
        "transactions": verdict.transactions,
        "faulty_cards": verdict.faulty_cards,
        "faults": faults,
        "seconds": round(seconds, 3),
    }


def _sentence(verdict: Verdict) -> str:
    first = verdict.faults[0]
    row = f", transaction {first.transaction_id}" if first.transaction_id else ""
    others = f" ({verdict.faulty_cards - 1} more cards are wrong)" if verdict.faulty_cards > 1 else ""
    return f"The ledger is not whole: card {first.card_id}, row {first.sequence}{row}: {first.what}.{others}"


@contextmanager
def _ledger(home: Home, database_url: str | None) -> Iterator[str]:
    if database_url is not None:
        yield database_url
        return
    with postgres_of(home) as superuser:
        yield with_database(superuser, kind_of("ledger").package)

"""`punchcard rebuild`: a projection built anew from the topics beside the live one, which it replaces."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ledger.statistics.rebuilding import RebuildRunning, Rebuilt, rebuild
from punchcard.databases import with_database
from punchcard.home import Home
from punchcard.problems import Found, MachineCannot, WrongUsage
from punchcard.reach import bootstrap_of, postgres_of
from punchcard.services import kind_of

STATISTICS = "ledger-statistics"


def run(
    home: Home, projection: str, database_url: str | None, bootstrap: str | None, out: Console, err: Console
) -> None:
    """Found when the projection that was replaced was wrong."""
    if projection != STATISTICS:
        raise WrongUsage(f"There is no projection {projection!r}; there is {STATISTICS}.")
    bootstrap = bootstrap or bootstrap_of(home)
    with _ledger(home, database_url) as url, _bar(err) as bar:
        task = bar.add_task("events", total=None)
        try:
            rebuilt = asyncio.run(
                rebuild(url, bootstrap, lambda done, total: bar.update(task, completed=done, total=total))
            )
        except RebuildRunning:
            raise MachineCannot("Another rebuild of the statistics is under way.") from None
        except ConnectionError as error:
            raise MachineCannot(f"The statistics were not rebuilt: {error}") from error
    out.print(_sentence(rebuilt))
    if rebuilt.differences:
        rows = ", ".join(f"{count} rows of {table}" for table, count in rebuilt.differences.items())
        raise Found(f"The old ones were wrong, and are replaced: {rows} differed.")


def _sentence(rebuilt: Rebuilt) -> str:
    quick = rebuilt.events / rebuilt.seconds if rebuilt.seconds else 0
    return f"{rebuilt.events} events counted anew ({quick:.0f} a second); now live: {rebuilt.generation}"


def _bar(err: Console) -> Progress:
    columns = (TextColumn("rebuild"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=err, transient=True, disable=not err.is_terminal)


@contextmanager
def _ledger(home: Home, database_url: str | None) -> Iterator[str]:
    if database_url is not None:
        yield database_url
        return
    with postgres_of(home) as superuser:
        yield with_database(superuser, kind_of("ledger").package)

"""`punchcard wallet watch`: what arrives at the stand-ins of Apple and Google, as it arrives."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from punchcard.home import Home
from punchcard.problems import MachineCannot


def register(app: typer.Typer, home: Callable[[], Home], out: Console, err: Console) -> None:
    """Add the command."""

    @app.command()
    def watch(
        seconds: Annotated[float | None, typer.Option(help="End after so long; else with Ctrl-C.")] = None,
        past: Annotated[bool, typer.Option("--past", help="Also what arrived before.")] = False,
    ) -> None:
        """Show the pushes that arrive where Apple and Google are stood in for."""
        follow(home(), out, err, seconds=seconds, past=past)


def follow(home: Home, out: Console, err: Console, *, seconds: float | None, past: bool) -> None:
    """Print each arrival. MachineCannot when nothing runs here that could receive any."""
    from punchcard.standins import journal

    if not home.arrivals.exists():
        raise MachineCannot(
            f"Nothing stands in for Apple or Google in {home.path}: `make up` starts it, "
            "unless real identities are set."
        )
    err.print(
        "Pushes are shown as they arrive: when, whose, to which device, answered how. Ctrl-C ends it.",
        soft_wrap=True,
    )
    until = None if seconds is None else time.monotonic() + seconds
    coming = journal.follow(home.arrivals)
    if past:
        for old in journal.read(home.arrivals):
            _show(old, out)
    try:
        for row in coming:
            if row is not None:
                _show(row, out)
            if until is not None and time.monotonic() > until:
                return
    except KeyboardInterrupt:
        return


def _show(row: dict[str, Any], out: Console) -> None:
    at = datetime.fromtimestamp(row["at"]).astimezone()
    what = escape(str(row.get("device") or row.get("id") or ""))
    reason = f"  {escape(str(row['reason']))}" if row.get("reason") else ""
    out.print(f"{at:%H:%M:%S.%f}"[:-3] + f"  {row['wallet']:<7} {what:<40} {row['status']}{reason}")

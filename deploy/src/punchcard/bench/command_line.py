"""`punchcard bench` as it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from punchcard.problems import Found


def register(app: typer.Typer, out: Console) -> None:
    """Add the command. What it needs is imported when it runs: `--help` answers at once."""

    @app.command()
    def bench(
        cards: Annotated[int, typer.Option(min=1000, help="How many cards the loads stamp.")] = 100_000,
        rounds: Annotated[int, typer.Option(min=1, help="How often each load is run.")] = 3,
        seconds: Annotated[float, typer.Option(min=1, help="How long each load runs.")] = 4.0,
        to: Annotated[Path, typer.Option(help="Where the figures go.")] = Path("bench/latest.json"),
        full: Annotated[bool, typer.Option("--full", help="On the large sets of data.")] = False,
        only: Annotated[str | None, typer.Option(help="Measurements by name, with commas.")] = None,
    ) -> None:
        """Measure the platform on its own stack; exit code 1 when a figure misses its bound."""
        import tempfile

        from punchcard.bench import whole

        asked = whole.Asked(cards, rounds, seconds, whole.chosen(only), full)
        with tempfile.TemporaryDirectory(prefix="punchcard-bench-") as folder:
            Path(folder).chmod(0o755)
            if not whole.bench(Path(folder), asked, to, out):
                raise Found(f"A figure misses its bound; all are in {to}.")

"""`punchcard import` and `punchcard export` as they are called."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from punchcard.home import Home
from punchcard.transfer.files import Format, Kind

Merchant = Annotated[str, typer.Option(help="The merchant's slug.")]


def register(app: typer.Typer, home: Callable[[], Home], out: Console, err: Console) -> None:
    """Add the commands. What they need is imported when they run: `--help` answers at once."""

    @app.command("import")
    def import_(
        kind: Annotated[Kind, typer.Argument(help="What the file holds.")],
        file: Annotated[Path, typer.Argument(help="CSV with a header, or JSON Lines.")],
        merchant: Merchant,
        form: Annotated[
            Format | None, typer.Option("--format", help="Where the file's name does not say.")
        ] = None,
        dry_run: Annotated[
            bool, typer.Option("--dry-run", help="Say what would be taken, and take nothing.")
        ] = False,
        new_numbers: Annotated[
            bool, typer.Option("--new-numbers", help="Customers get new card numbers.")
        ] = False,
    ) -> None:
        """Import a file. Sent again, what was taken before is known. Errors: FILE.errors.jsonl."""
        from punchcard.transfer.commands import import_file
        from punchcard.transfer.files import format_of
        from punchcard.transfer.importing import Asked

        asked = Asked(kind, file, merchant, format_of(file, form), dry_run, new_numbers)
        import_file(home(), asked, out, err)

    @app.command()
    def export(
        kind: Annotated[Kind, typer.Argument(help="What to export.")],
        merchant: Merchant,
        form: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.csv,
    ) -> None:
        """Write a merchant's customers, history or balances as the file that an import takes."""
        import sys

        from punchcard.transfer.admin import access
        from punchcard.transfer.exporting import run

        count = run(access(home()), kind, merchant, form, sys.stdout)
        err.print(f"{count} rows")

"""`punchcard import` and what it says: progress, errors by line, a file of errors beside the rows."""

from __future__ import annotations

import json
import time

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

from punchcard.home import Home
from punchcard.problems import Found
from punchcard.transfer import importing
from punchcard.transfer.admin import access

#: Errors said on the terminal; the file of errors holds all.
ERRORS_SAID = 20


def import_file(home: Home, asked: importing.Asked, out: Console, err: Console) -> None:
    """Import, tell, and keep the errors. Found when a row was not taken."""
    began = time.monotonic()
    size = asked.path.stat().st_size if asked.path.is_file() else 0
    columns = (BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task("rows", total=size)
        outcome = importing.run(access(home), asked, lambda done: progress.update(task, completed=done))
    seconds = time.monotonic() - began
    kept = asked.path.with_name(f"{asked.path.name}.errors.jsonl")
    kept.unlink(missing_ok=True)
    would = "would be taken" if asked.dry_run else "taken"
    out.print(
        f"{outcome.taken} rows {would}, {outcome.known} known, {len(outcome.errors)} not; {seconds:.1f} s"
    )
    if not outcome.errors:
        return
    kept.write_text("".join(json.dumps(error, ensure_ascii=False) + "\n" for error in outcome.errors))
    for error in outcome.errors[:ERRORS_SAID]:
        where = f"line {error['line']}: {error['field']}".rstrip(" :")
        words = f"{where}: {error['message']} ({error['code']})"
        err.print(words, markup=False, soft_wrap=True)
    raise Found(f"{len(outcome.errors)} rows were not taken; all are named in {kept}.")

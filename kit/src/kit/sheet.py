"""Rows as CSV: UTF-8 with a header, and no cell that a spreadsheet would take for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

MEDIA_TYPE = "text/csv; charset=utf-8"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def sheet(columns: Sequence[str], rows: Iterable[Mapping[str, Any]], *, header: bool = True) -> bytes:
    """The rows' cells in the order of the columns; what is not known is an empty cell."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    if header:
        writer.writerow(columns)
    writer.writerows([_cell(row[name]) for name in columns] for row in rows)
    return written.getvalue().encode()


def _cell(value: Any) -> Any:
    """A text that begins like a formula gets an apostrophe in front, unless it is a number."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and value.startswith(_FORMULA) and not _is_number(value):
        return f"'{value}"
    return value


def _is_number(text: str) -> bool:
    whole, _, part = text.lstrip("+-").partition(".")
    return len(text) - len(text.lstrip("+-")) <= 1 and whole.isdecimal() and (not part or part.isdecimal())

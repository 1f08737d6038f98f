"""Rows as CSV: UTF-8 with a header, and no cell that a spreadsheet would take for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

MEDIA_TYPE = "text/csv; charset=utf-8"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

#: What a sheet has no place for: until when it counts, and what is not in it.
AS_OF, MISSING = "report-as-of", "report-missing"
#: A 200 with a sheet instead of JSON, as an operation's `responses` describe it.
DESCRIBED: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {"text/csv": {"schema": {"type": "string"}}},
        "headers": {
            AS_OF: {
                "description": "With CSV: until when all was counted",
                "schema": {"type": "string", "format": "date-time"},
            },
            MISSING: {
                "description": "With CSV: what could not be had, like `names;reason=upstream-unavailable`",
                "schema": {"type": "string"},
            },
        },
    }
}


def headers(name: str, as_of: str, missing: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Of a sheet that is saved under this name; `missing` as the report says it in JSON."""
    parts = ", ".join(f"{each['part']};reason={each['reason']}" for each in missing)
    found = {"content-disposition": f'attachment; filename="{name}"', AS_OF: as_of}
    return {**found, MISSING: parts} if parts else found


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

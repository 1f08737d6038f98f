"""Files of rows: CSV with a header, or JSON Lines; each row with the line it stands on."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from punchcard.problems import WrongUsage


class Kind(StrEnum):
    """What a file holds."""

    customers = "customers"
    history = "history"
    balances = "balances"


class Format(StrEnum):
    """How a file is written."""

    csv = "csv"
    jsonl = "jsonl"


COLUMNS: Mapping[Kind, tuple[str, ...]] = {
    Kind.customers: (
        *("reference", "email", "phone", "first_name", "last_name", "birthday", "locale"),
        *("marketing_consent", "store_code", "enrolled_at", "card_number"),
    ),
    Kind.history: (
        *("card", "type", "at", "stamps", "points", "store_code", "purchase_amount_cents", "currency"),
        *("order_reference", "reference"),
    ),
    Kind.balances: ("card", "stamps", "points", "reference"),
}
_WHOLE = {"stamps", "points", "purchase_amount_cents"}
_FLAGS = {
    "marketing_consent": {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
}
#: As in CSV reports: what a spreadsheet would take for a formula stands behind an apostrophe.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Row(NamedTuple):
    """A row and its line; one that cannot be read has words instead of values."""

    line: int
    values: dict[str, Any]
    unreadable: str | None = None


def format_of(path: Path, given: Format | None) -> Format:
    """As asked, else by the file's name. WrongUsage when that says nothing."""
    if given is not None:
        return given
    suffix = path.suffix.lower().lstrip(".")
    if suffix in ("jsonl", "ndjson"):
        return Format.jsonl
    if suffix == "csv":
        return Format.csv
    raise WrongUsage(f"{path.name} does not say whether it is CSV or JSON Lines: add --format.")


def read(file: TextIO, kind: Kind, form: Format) -> Iterator[Row]:
    """The rows of a file, one by one. WrongUsage for a header that names what nobody knows."""
    return _from_csv(file, kind) if form is Format.csv else _from_lines(file)


def _from_lines(file: TextIO) -> Iterator[Row]:
    for line, text in enumerate(file, 1):
        if not text.strip():
            continue
        try:
            values = json.loads(text)
        except ValueError:
            yield Row(line, {}, "is not JSON")
            continue
        good = isinstance(values, dict)
        yield Row(line, values if good else {}, None if good else "is not a JSON object")


def _from_csv(file: TextIO, kind: Kind) -> Iterator[Row]:
    reader = csv.reader(file)
    header = [name.strip() for name in next(reader, [])]
    unknown = [name for name in header if name not in COLUMNS[kind]]
    if unknown or not header:
        raise WrongUsage(
            f"The file's columns are not those of {kind}: {', '.join(COLUMNS[kind])}"
            + (f"; it has {', '.join(unknown)}." if unknown else ".")
        )
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(line, {}, f"is not CSV: {error}")
            continue
        if len(cells) > len(header):
            yield Row(line, {}, "has more cells than the header")
        elif cells:
            yield Row(line, {n: _value(n, c) for n, c in zip(header, cells, strict=False) if c != ""})


def _value(name: str, cell: str) -> Any:
    """A cell as JSON would have it; one that is no number is sent as it is, and refused by its line."""
    if name in _WHOLE:
        try:
            return int(cell)
        except ValueError:
            return cell
    if name in _FLAGS:
        return _FLAGS[name].get(cell.strip().lower(), cell)
    return cell[1:] if cell[:1] == "'" and cell[1:2] in _FORMULA else cell


class Writer:
    """Writes rows of a kind; a CSV begins with its header."""

    def __init__(self, file: TextIO, kind: Kind, form: Format) -> None:
        self._file = file
        self._columns = COLUMNS[kind]
        self._form = form
        self._csv = csv.writer(file, lineterminator="\n")
        if form is Format.csv:
            self._csv.writerow(self._columns)

    def write(self, values: Mapping[str, Any]) -> None:
        shown = {name: values[name] for name in self._columns if values.get(name) is not None}
        if self._form is Format.jsonl:
            self._file.write(json.dumps(shown, ensure_ascii=False) + "\n")
        else:
            self._csv.writerow([_cell(name, shown.get(name)) for name in self._columns])


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return f"'{text}" if name not in _WHOLE and text.startswith(_FORMULA) else text

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


NOT_UTF8 = "is not UTF-8: save the file as CSV UTF-8"


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
        if not _is_utf8(text):
            yield Row(line, {}, NOT_UTF8)
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
    header = _header(reader, kind)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(line, {}, f"is not CSV: {error}")
            continue
        if not _is_utf8("".join(cells)):
            yield Row(line, {}, NOT_UTF8)
        elif len(cells) > len(header):
            yield Row(line, {}, "has more cells than the header")
        elif cells:
            yield Row(line, {n: _value(n, c) for n, c in zip(header, cells, strict=False) if c != ""})


def _header(reader: Iterator[list[str]], kind: Kind) -> list[str]:
    """WrongUsage when it is none, or names what nobody knows."""
    try:
        header = [name.strip() for name in next(reader, [])]
    except csv.Error as error:
        raise WrongUsage(f"The file is not CSV: {error}.") from error
    if not _is_utf8("".join(header)):
        raise WrongUsage(f"The file's first line {NOT_UTF8}.")
    if not header:
        raise WrongUsage(f"The file is empty: its first line names the columns of {kind}: {_columns(kind)}.")
    if len(header) == 1 and any(mark in header[0] for mark in ";\t"):
        raise WrongUsage("The file's first line has no comma: save it as CSV that is separated by commas.")
    unknown = [name for name in header if name not in COLUMNS[kind]]
    if unknown:
        words = ", ".join(name or "one without a name" for name in unknown)
        raise WrongUsage(
            f"The file has columns that {kind} do not have: {words}. They have {_columns(kind)}."
        )
    return header


def _columns(kind: Kind) -> str:
    return ", ".join(COLUMNS[kind])


def _is_utf8(text: str) -> bool:
    """Whether the file was read without lone surrogates, which stand for bytes that are not."""
    return text.isascii() or not any("\udc80" <= letter <= "\udcff" for letter in text)


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

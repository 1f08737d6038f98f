"""What arrived at the stand-ins, as lines of JSON in a file that stays small; whoever reads it may follow."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LIMIT_BYTES = 4_000_000
LOOK_EVERY_S = 0.1


class Journal:
    """Written by one process; what is older than two files is gone."""

    def __init__(self, file: Path) -> None:
        self._file = file
        file.parent.mkdir(parents=True, exist_ok=True)
        self._out = file.open("a", buffering=1)

    def write(self, **row: Any) -> None:
        if self._out.tell() > LIMIT_BYTES:
            self._out.close()
            self._file.replace(self._file.with_name(self._file.name + ".1"))
            self._out = self._file.open("a", buffering=1)
        self._out.write(json.dumps(row) + "\n")


def read(file: Path) -> list[dict[str, Any]]:
    """All that is kept, the oldest first."""
    files = (file.with_name(file.name + ".1"), file)
    return [row for each in files if each.exists() for row in _rows(each.read_text())]


def follow(file: Path) -> Iterator[dict[str, Any] | None]:
    """What comes from now on; None whenever nothing came for a moment, so that the reader may leave."""
    place = file.stat().st_size if file.exists() else 0
    known, rest = _inode(file), ""
    while True:
        if _inode(file) != known:
            known, place, rest = _inode(file), 0, ""
        text = _read_from(file, place)
        place += len(text.encode())
        *lines, rest = (rest + text).split("\n")
        yield from _rows("\n".join(lines))
        if not text:
            yield None
            time.sleep(LOOK_EVERY_S)


def _rows(text: str) -> Iterator[dict[str, Any]]:
    for line in text.splitlines():
        if line.startswith("{") and line.endswith("}"):  # the last one may be half written
            yield json.loads(line)


def _read_from(file: Path, place: int) -> str:
    if not file.exists():
        return ""
    with file.open() as opened:
        opened.seek(place)
        return opened.read()


def _inode(file: Path) -> int:
    return file.stat().st_ino if file.exists() else 0

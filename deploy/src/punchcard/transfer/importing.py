"""`punchcard import`: a file's rows in chunks, several at once, each card's rows in their order."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Callable, Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, TextIO

from punchcard.problems import WrongUsage
from punchcard.transfer import files
from punchcard.transfer.admin import Access, Admin
from punchcard.transfer.files import Format, Kind, Row

#: Requests in flight: a card's rows always go the same way, one after the other.
WAYS = 4
ROWS_AT_ONCE = 400
#: The gateway takes 64 KiB.
BYTES_AT_ONCE = 60_000
WAITING_CHUNKS = 2

#: Hears how many bytes of the file have been read.
Progress = Callable[[int], None]
#: Hears how many rows of a chunk have been answered.
Answered = Callable[[int], None]


class Asked(NamedTuple):
    """What to import, and for whom."""

    kind: Kind
    path: Path
    merchant: str
    form: Format
    dry_run: bool = False
    new_numbers: bool = False


class Outcome:
    """What became of the rows."""

    def __init__(self) -> None:
        self.taken = 0
        self.known = 0
        self.errors: list[dict[str, Any]] = []

    def refuse(self, line: int, message: str) -> None:
        self.errors.append({"line": line, "field": "", "code": "bad-format", "message": message})


class _Chunk:
    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.lines: list[int] = []
        self.bytes = 0

    def add(self, row: Row, size: int) -> None:
        self.rows.append(row.values)
        self.lines.append(row.line)
        self.bytes += size


def run(access: Access, asked: Asked, progress: Progress = lambda done: None) -> Outcome:
    """Import the file. What was taken stays taken: after a break, send the file again."""
    if not asked.path.is_file():
        raise WrongUsage(f"There is no file {asked.path}.")
    return asyncio.run(_run(access, asked, progress))


async def _run(access: Access, asked: Asked, progress: Progress) -> Outcome:
    async with Admin(access) as admin:
        merchant = await admin.merchant(asked.merchant)
        return await send(admin, merchant["id"], asked, progress)


async def send(
    admin: Admin,
    merchant_id: str,
    asked: Asked,
    progress: Progress = lambda done: None,
    answered: Answered = lambda rows: None,
) -> Outcome:
    """The same for who is signed in already and knows the merchant."""
    outcome = Outcome()
    ways: list[asyncio.Queue[_Chunk | None]] = [asyncio.Queue(WAITING_CHUNKS) for _ in range(WAYS)]
    try:
        async with asyncio.TaskGroup() as group:
            for way in ways:
                group.create_task(_work_off(admin, merchant_id, asked, way, outcome, answered))
            await _fill(ways, asked, outcome, progress)
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None  # one way's trouble ended all
    outcome.errors.sort(key=lambda error: error["line"])
    return outcome


async def _fill(
    ways: list[asyncio.Queue[_Chunk | None]], asked: Asked, outcome: Outcome, progress: Progress
) -> None:
    chunks = [_Chunk() for _ in ways]
    with asked.path.open("rb") as bytes_read, _text(bytes_read) as file:
        for row in _rows(file, asked):
            if row.unreadable is not None:
                outcome.refuse(row.line, row.unreadable)
                continue
            size = len(json.dumps(row.values)) + 2
            if size > BYTES_AT_ONCE:
                outcome.refuse(row.line, "is longer than any row")
                continue
            way = _way(row, asked.kind)
            if len(chunks[way].rows) == ROWS_AT_ONCE or chunks[way].bytes + size > BYTES_AT_ONCE:
                await ways[way].put(chunks[way])
                chunks[way] = _Chunk()
                progress(bytes_read.tell())
            chunks[way].add(row, size)
    for queue, chunk in zip(ways, chunks, strict=True):
        if chunk.rows:
            await queue.put(chunk)
        await queue.put(None)
    progress(asked.path.stat().st_size)


def _text(file: BinaryIO) -> TextIOWrapper:
    """UTF-8, with the mark that spreadsheets put before it or without; CSV keeps its own line ends.
    Bytes that are not UTF-8 come as lone surrogates, so that their rows can be named."""
    return TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")


def _rows(file: TextIO, asked: Asked) -> Iterator[Row]:
    for row in files.read(file, asked.kind, asked.form):
        if asked.new_numbers:
            row.values.pop("card_number", None)
        yield row


def _way(row: Row, kind: Kind) -> int:
    """A card's rows always go the same way; customers' order is nobody's."""
    if kind is Kind.customers:
        return row.line // ROWS_AT_ONCE % WAYS
    return zlib.crc32(str(row.values.get("card")).encode()) % WAYS


async def _work_off(
    admin: Admin,
    merchant_id: str,
    asked: Asked,
    way: asyncio.Queue[_Chunk | None],
    outcome: Outcome,
    answered: Answered,
) -> None:
    while (chunk := await way.get()) is not None:
        body = {"merchant_id": merchant_id, "rows": chunk.rows, "dry_run": asked.dry_run}
        answer = await admin.post(f"/imports/{asked.kind}", body)
        outcome.taken += answer["taken"]
        outcome.known += answer["known"]
        outcome.errors += [{**error, "line": chunk.lines[error["line"] - 1]} for error in answer["errors"]]
        answered(len(chunk.rows))

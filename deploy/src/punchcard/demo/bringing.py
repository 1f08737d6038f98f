"""Brings the demo's past in, by the import that everybody has, and writes down that it is whole.

Rows are known by their references, and the days are counted from the one on which a merchant was made:
sent again after a break, on whatever day, it is the same rows, and those that were taken are known.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from punchcard.demo.cast import Merchant, cast
from punchcard.demo.past import DAYS, Past, past
from punchcard.demo.seed import keep, load
from punchcard.transfer.admin import Access, Admin
from punchcard.transfer.files import Format, Kind, Writer
from punchcard.transfer.importing import Asked, Outcome, send

#: Hears how many of all rows have been answered.
Progress = Callable[[int, int], None]


class Brought(NamedTuple):
    """What is there now, how much of it was before, and the rows that were not taken."""

    customers: int
    rows: int
    known: int
    refused: int


class _Part(NamedTuple):
    merchant_id: str
    rows: list[dict[str, Any]]
    asked: Asked


def is_whole(path: Path) -> bool:
    """Whether the demo that the file tells of has its past."""
    return bool((load(path) or {}).get("past"))


def bring(
    access: Access,
    path: Path,
    folder: Path,
    *,
    progress: Progress = lambda done, total: None,
    merchants: Sequence[Merchant] | None = None,
    days: int = DAYS,
) -> Brought:
    """Write the files into `folder`, import them, and add to `path` that it is done."""
    folder.mkdir(parents=True, exist_ok=True)
    brought = asyncio.run(_bring(access, folder, merchants or cast(), days, progress))
    demo = load(path)
    if demo is not None:
        keep(path, demo | {"past": {"customers": brought.customers, "rows": brought.rows}})
    return brought


async def _bring(
    access: Access, folder: Path, merchants: Sequence[Merchant], days: int, progress: Progress
) -> Brought:
    async with Admin(access) as admin:
        parts = [part for merchant in merchants for part in await _parts(admin, merchant, folder, days)]
        # All customers first: while they come in, the ledger hears of their cards.
        parts.sort(key=lambda part: part.asked.kind is not Kind.customers)
        total, done = sum(len(part.rows) for part in parts), 0

        def answered(rows: int) -> None:
            nonlocal done
            done += rows
            progress(done, total)

        progress(0, total)
        outcomes: list[Outcome] = [
            await send(admin, part.merchant_id, part.asked, answered=answered) for part in parts
        ]
    customers = sum(len(part.rows) for part in parts if part.asked.kind is Kind.customers)
    known, refused = (sum(one.known for one in outcomes), sum(len(one.errors) for one in outcomes))
    return Brought(customers, total - customers, known, refused)


async def _parts(admin: Admin, merchant: Merchant, folder: Path, days: int) -> list[_Part]:
    made = await admin.merchant(merchant.slug)
    rows = past(merchant, last_day(made["created_at"], merchant.body["timezone"]), days=days)
    return [_part(made["id"], merchant.slug, kind, rows, folder) for kind in (Kind.customers, Kind.history)]


def last_day(created_at: str, timezone: str) -> date:
    """The day before the one on which the merchant was made, where the merchant is."""
    made = datetime.fromisoformat(created_at).astimezone(ZoneInfo(timezone))
    return made.date() - timedelta(days=1)


def _part(merchant_id: str, slug: str, kind: Kind, rows: Past, folder: Path) -> _Part:
    """A file as `punchcard import` takes it."""
    chosen: list[dict[str, Any]] = getattr(rows, kind)
    path = folder / f"{slug}-{kind}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = Writer(file, kind, Format.csv)
        for row in chosen:
            writer.write(row)
    return _Part(merchant_id, chosen, Asked(kind, path, slug, Format.csv))

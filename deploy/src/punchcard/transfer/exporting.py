"""`punchcard export`: a merchant's rows as the file that an import takes, page by page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, TextIO

from punchcard.transfer.admin import Access, Admin
from punchcard.transfer.files import Format, Kind, Writer

#: The most that a list gives at once.
PAGE_ROWS = 100


def run(access: Access, kind: Kind, merchant: str, form: Format, to: TextIO) -> int:
    """Write all rows; how many."""
    return asyncio.run(_run(access, kind, merchant, form, to))


async def _run(access: Access, kind: Kind, merchant: str, form: Format, to: TextIO) -> int:
    async with Admin(access) as admin:
        merchant_id = (await admin.merchant(merchant))["id"]
        writer, count = Writer(to, kind, form), 0  # its header is not written for nobody
        names: dict[str, str] = {}
        if kind is not Kind.customers:
            async for customer in _rows(admin, Kind.customers, merchant_id):
                if customer["reference"]:
                    names[customer["card_number"]] = customer["reference"]
        async for row in _rows(admin, kind, merchant_id):
            if kind is Kind.customers:
                # Its number names the card in the other files, and does so under a new number too.
                row["reference"] = row["reference"] or row["card_number"]
            else:
                row["card"] = names.get(row["card"], row["card"])
            writer.write(row)
            count += 1
    return count


async def _rows(admin: Admin, kind: Kind, merchant_id: str) -> AsyncIterator[dict[str, Any]]:
    cursor: str | None = None
    while True:
        page = await admin.get(
            f"/exports/{kind}", {"merchant_id": merchant_id, "limit": PAGE_ROWS, "cursor": cursor}
        )
        for row in page["items"]:
            yield row
        cursor = page["next_cursor"]
        if cursor is None:
            return

"""Rows of the past a second, sent by `punchcard import` through the gateway."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from punchcard.bench import watch
from punchcard.bench.ground import Ground
from punchcard.bench.shop import Shop, open_shop
from punchcard.problems import Found
from punchcard.stack import Credentials
from punchcard.transfer import importing
from punchcard.transfer.admin import Access
from punchcard.transfer.files import Format, Kind

CUSTOMERS = 2000
STORE = "1"


def measure(ground: Ground) -> dict[str, float]:
    """Customers first, then their rows; what was taken is counted in the ledger, the topic and the passes."""
    before = watch.events_in(ground.stack)
    shop = open_shop(ground.stack, 0)
    rows = ground.sizes.imported_rows
    customers_s = _import(ground, shop, Kind.customers, list(customers()))
    # What is measured is history alone, and not that accounts are still being opened beside it.
    watch.settle(ground.stack, shop.merchant_id, CUSTOMERS)
    rows_s = _import(ground, shop, Kind.history, list(history(rows)))
    ground.check(shop, CUSTOMERS + rows, before)
    ground.seen["import"].append({"rows": rows, "seconds": rows_s})
    return {"import_rows_per_s": rows / rows_s, "import_customers_per_s": CUSTOMERS / customers_s}


def _import(ground: Ground, shop: Shop, kind: Kind, rows: list[dict[str, Any]]) -> float:
    """Seconds. Found when a row was not taken."""
    admin: Credentials = ground.stack.admin
    watch.checkpoint(ground.stack)
    ground.slowness.look()
    with tempfile.TemporaryDirectory(prefix="punchcard-bench-") as folder:
        path = Path(folder) / f"{kind}.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        began = time.perf_counter()
        outcome = importing.run(
            Access(ground.stack.gateway_url, admin.email, admin.password.strip()),
            importing.Asked(kind, path, shop.slug, Format.jsonl),
        )
        took_s = time.perf_counter() - began
    if outcome.taken != len(rows):
        raise Found(f"{outcome.taken} of {len(rows)} rows of {kind} were taken: {outcome.errors[:3]}")
    return took_s


def customers() -> Iterator[dict[str, Any]]:
    """Each with a reference, by which the rows name the card."""
    for number in range(CUSTOMERS):
        yield {
            "reference": f"c-{number}", "email": f"c{number}@punchcard.example", "store_code": STORE,
            "first_name": "Anna", "last_name": "Becker", "enrolled_at": "2025-01-01T08:00:00Z",
        }  # fmt: skip


def history(rows: int) -> Iterator[dict[str, Any]]:
    """Stamps in turns over all customers, a minute apart."""
    first = datetime(2025, 6, 1, 8, tzinfo=UTC)
    for number in range(rows):
        at = first + timedelta(minutes=number)
        yield {
            "card": f"c-{number % CUSTOMERS}", "type": "stamp_earned", "stamps": 1, "store_code": STORE,
            "at": at.strftime("%Y-%m-%dT%H:%M:%SZ"), "reference": f"r-{number}",
        }  # fmt: skip

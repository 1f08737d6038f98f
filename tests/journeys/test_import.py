"""A merchant's past comes along: customers, then history, by the command line through the public door."""

from __future__ import annotations

import csv
import json
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from punchcard.transfer import files
from punchcard.transfer.admin import Access
from punchcard.transfer.importing import Asked, Kind, run

PEOPLE, ROWS_EACH = 400, 25


@pytest.fixture(scope="module")
def bring(platform):
    def bring(kind, path, shop, **more):
        access = Access(platform.stack.gateway_url, *platform.stack.admin)
        return run(
            access, Asked(Kind(kind), path, shop.merchant["slug"], files.format_of(path, None), **more)
        )

    return bring


def write_csv(path, rows):
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def people(number=PEOPLE):
    return [
        {
            "reference": f"old-{n}", "email": f"old{n}@example.com", "phone": "", "first_name": "Ana",
            "last_name": "Weber", "marketing_consent": "true", "enrolled_at": "2026-01-02T10:00:00Z",
        }
        for n in range(number)
    ]  # fmt: skip


def history(number=PEOPLE, each=ROWS_EACH):
    begin = datetime.now(UTC) - timedelta(days=60)
    return [
        {
            "card": f"old-{n}", "type": "points_earned", "at": (begin + timedelta(days=row)).isoformat(),
            "points": 10, "purchase_amount_cents": 100, "reference": f"row-{n}-{row}",
        }
        for row in range(each)
        for n in range(number)
    ]  # fmt: skip


def test_customers_and_their_history_come_along_quickly(platform, bring, tmp_path, until, record_property):
    shop = platform.open_shop()
    customers = bring("customers", write_csv(tmp_path / "customers.csv", people()), shop)
    past = write_csv(tmp_path / "history.csv", history())
    began = time.monotonic()
    taken = bring("history", past, shop)
    seconds = time.monotonic() - began

    assert (customers.taken, customers.errors) == (PEOPLE, [])
    assert (taken.taken, taken.errors) == (PEOPLE * ROWS_EACH, [])
    record_property("rows_per_s", round(taken.taken / seconds))
    balances = platform.rows(
        "ledger", "SELECT points_balance FROM accounts WHERE merchant_id = %s", shop.merchant["id"]
    )
    assert Counter(balances)[10 * ROWS_EACH,] == PEOPLE
    again = bring("history", past, shop)
    assert (again.taken, again.known) == (0, PEOPLE * ROWS_EACH)

    def issued():
        figures = platform.made(platform.get(shop.owner, "/api/v1/vendor/loyalty/stats"))
        return figures["points_issued"]

    until(lambda: issued() == 10 * PEOPLE * ROWS_EACH, within_s=60)


def test_what_cannot_be_taken_is_named_by_its_line(platform, bring, tmp_path):
    shop = platform.open_shop()
    bring("customers", write_csv(tmp_path / "customers.csv", people(2)), shop)
    lines = [json.dumps(row) for row in history(2, 2)]
    lines[1] = "{"
    lines[2] = json.dumps({**json.loads(lines[2]), "card": "nobody"})
    path = tmp_path / "history.jsonl"
    path.write_text("\n".join(["", *lines]))

    tried = bring("history", path, shop, dry_run=True)
    taken = bring("history", path, shop)

    assert (tried.taken, taken.taken) == (2, 2)
    assert [(one["line"], one["code"]) for one in taken.errors] == [(3, "bad-format"), (4, "card-not-found")]

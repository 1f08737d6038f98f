"""A merchant's past comes along: customers, then history, by the command line through the public door."""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from punchcard.transfer import files
from punchcard.transfer.admin import Access
from punchcard.transfer.exporting import run as export
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


def test_customers_and_their_history_come_along_once(platform, bring, tmp_path, until):
    shop = platform.open_shop()
    customers = bring("customers", write_csv(tmp_path / "customers.csv", people()), shop)
    past = write_csv(tmp_path / "history.csv", history())
    taken = bring("history", past, shop)

    assert (customers.taken, customers.errors) == (PEOPLE, [])
    assert (taken.taken, taken.errors) == (PEOPLE * ROWS_EACH, [])
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


def test_an_export_is_imported_elsewhere_and_gives_the_same_again(platform, bring, tmp_path):
    first, second = platform.open_shop(), platform.open_shop()
    access = Access(platform.stack.gateway_url, *platform.stack.admin)
    bring("customers", write_csv(tmp_path / "customers.csv", people(30)), first)
    bring("history", write_csv(tmp_path / "history.csv", history(30, 30)), first)
    stamped = first.enrol()
    first.move("stamp", {"card_id": stamped["id"], "staff": first.staff})

    def exported(kind, shop, form):
        path = tmp_path / f"{shop.merchant['slug']}-{kind}.{form}"
        with path.open("w", newline="") as file:
            export(access, Kind(kind), shop.merchant["slug"], files.Format(form), file)
        return path

    def lines(path, without):
        rows = [json.loads(line) for line in path.read_text().splitlines()]
        return {
            json.dumps({n: v for n, v in row.items() if n not in without}, sort_keys=True) for row in rows
        }

    for kind in ("customers", "history"):
        taken = bring(kind, exported(kind, first, "csv"), second, new_numbers=True)
        assert taken.errors == [], kind
        known = bring(kind, exported(kind, first, "jsonl"), first)
        assert (known.taken, known.errors) == (0, []), kind
        assert known.known == taken.taken > 30, kind

    # Numbers are new; and each shop had a card to begin with.
    for kind, without, more in (
        ("customers", {"card_number"}, 1),
        ("history", set(), 0),
        ("balances", set(), 0),
    ):
        one, other = (lines(exported(kind, shop, "jsonl"), without) for shop in (first, second))
        assert one <= other, kind
        assert len(other - one) <= more, kind


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

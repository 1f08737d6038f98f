"""What tills do shows in the figures and reports of their merchant, through the public door."""

from __future__ import annotations

import pytest

from punchcard.verify_all import passes_of, statistics_of

ADMIN, VENDOR = "/api/v1/admin/loyalty", "/api/v1/vendor/loyalty"


@pytest.fixture(scope="module")
def shop(platform):
    shop = platform.open_shop()
    card = shop.enrol()
    for _ in range(2):
        shop.move("stamp", {"card_id": card["id"], "staff": shop.staff})
    shop.move("points/earn", {"card_id": card["id"], "purchase_amount_cents": 5000, "currency": "EUR"})
    shop.enrol()
    return shop


def test_figures_and_reports_follow_the_till(shop, platform, until):
    names = ("cards_total", "cards_active_30d", "stamps_issued", "points_issued", "transactions_30d")
    cards = platform.one(
        "ledger", "SELECT count(*) FROM accounts WHERE merchant_id = %s", shop.merchant["id"]
    )

    def figures():
        found = platform.made(platform.get(shop.owner, f"{VENDOR}/stats"))
        return [found[name] for name in names]

    until(lambda: figures() == [cards, 1, 2, 500, cards + 3], within_s=20)

    (row,) = [
        row
        for row in platform.made(platform.get(shop.owner, f"{VENDOR}/reports/activity"))["rows"]
        if row["active_cards"]
    ]
    assert (row["stamps_issued"], row["active_cards"]) == (2, 1)
    staff = platform.made(platform.get(shop.owner, f"{VENDOR}/reports/staff"))
    assert staff["missing"] == []
    assert [(row["name"], row["stamps"], row["earnings"]) for row in staff["rows"]] == [("Staff 07", 2, 0)]
    csv = platform.get(shop.owner, f"{VENDOR}/reports/liability?format=csv")
    assert csv.headers["content-type"].startswith("text/csv")
    assert csv.headers["content-disposition"].startswith("attachment")


def test_statistics_and_passes_say_what_the_rows_say(shop, platform, until):
    ledger, wallet = (platform.stack.urls(name).superuser for name in ("ledger", "wallet"))
    until(lambda: not statistics_of(ledger).behind and not passes_of(ledger, wallet).behind, within_s=20)
    mine = "SELECT card_id FROM accounts WHERE stamp_count = 2 AND merchant_id = %s"
    card_id = platform.one("ledger", mine, shop.merchant["id"])
    change = "UPDATE passes SET stamp_count = stamp_count + %s WHERE card_id = %s RETURNING 1"

    good = statistics_of(ledger).wrong, passes_of(ledger, wallet).wrong
    platform.rows("wallet", change, 1, card_id)
    bad = passes_of(ledger, wallet).wrong
    platform.rows("wallet", change, -1, card_id)

    assert (good, bad) == (([], []), [card_id])


def test_members_are_told_with_their_names_and_balances(shop, platform):
    report = platform.made(platform.get(shop.owner, f"{VENDOR}/reports/members"))
    asked = f"{ADMIN}/reports/members?format=csv&merchant_id={shop.merchant['id']}"
    sheet = platform.get(platform.admin, asked)

    assert report["missing"] == []
    # Two customers of this test, and one with whom the shop tried its till when it opened.
    assert sorted(row["stamp_count"] for row in report["rows"]) == [0, 0, 2]
    assert all(row["first_name"] and row["status"] == "active" for row in report["rows"])
    assert len(sheet.text.splitlines()) == 1 + 3
    assert platform.get(shop.key, f"{VENDOR}/reports/members").status_code == 403


def test_what_is_left_of_a_rewards_stock_is_told_at_once(platform):
    shop = platform.open_shop()
    stock = {"name": "Mug", "points_required": 100, "stock": 3}
    mug = platform.create(shop.owner, f"{VENDOR}/rewards", stock)
    path = f"{VENDOR}/rewards/{mug['id']}"
    card = shop.enrol()
    shop.move("points/earn", {"card_id": card["id"], "purchase_amount_cents": 5000, "currency": "EUR"})

    redeemed = shop.move(
        "points/redeem", {"card_id": card["id"], "reward_id": mug["id"], "staff": shop.staff}
    )
    taken = platform.made(platform.get(shop.key, path))
    shop.move("points/void", {"transaction_id": redeemed["transaction_id"], "staff": shop.staff})
    given_back = platform.made(platform.get(shop.key, f"{VENDOR}/rewards"))["items"]

    assert (taken["stock"], taken["stock_left"]) == (3, 2)
    assert {reward["id"]: reward["stock_left"] for reward in given_back}[mug["id"]] == 3


def test_admins_see_the_platform_and_tills_see_no_figures(shop, platform):
    everything = platform.made(platform.get(platform.admin, f"{ADMIN}/stats"))

    assert everything["cards_total"] >= 2
    assert platform.get(shop.key, f"{VENDOR}/stats").status_code == 403
    assert platform.get(shop.owner, f"{ADMIN}/stats").status_code == 403

"""What was rung up wrong, late or offline is put right at the door, on real processes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

VENDOR = "/api/v1/vendor/loyalty"
SOON_S = 2.5


@pytest.fixture(scope="module")
def shop(platform):
    return platform.open_shop()


def _switch(platform, token, card, what):
    return platform.post(token, f"{VENDOR}/cards/{card['id']}/{what}")


def _listed(platform, shop, card):
    page = platform.made(platform.get(shop.owner, f"{VENDOR}/cards?search={card['card_number']}"))
    return [found["status"] for found in page["items"]]


def test_a_purchase_is_returned_by_its_order_and_paid_back_by_the_next(shop, platform):
    card = shop.enrol()
    bought = {
        "card_id": card["id"], "purchase_amount_cents": 1000, "currency": "EUR", "order_reference": "A-1"
    }  # fmt: skip
    shop.move("points/earn", bought)
    shop.move("points/redeem", {"card_id": card["id"], "reward_id": shop.reward["id"]})

    voided = shop.move("points/void", {"order_reference": "A-1", "staff": shop.staff})
    again = shop.move("points/earn", bought)

    assert (voided["points_voided"], voided["shortfall"], voided["points_balance"]) == (0, 100, 0)
    assert (again["points_earned"], again["owed_repaid"], again["points_balance"]) == (100, 100, 0)


def test_a_manager_at_the_till_adjusts_and_a_staff_member_does_not(shop, platform):
    card = shop.enrol()
    shop.hire("99", "730182", role="manager")
    body = {"card_id": card["id"], "stamps_delta": 2, "notes": "lost paper card"}

    nobody = shop.ask("stamp/adjust", body)
    staff = shop.ask("stamp/adjust", {**body, "staff": shop.staff})
    boss = shop.ask("stamp/adjust", {**body, "staff": {"code": "99", "pin": "730182"}})

    assert (nobody.status_code, nobody.json()["code"]) == (403, "staff-approval-required")
    assert (staff.status_code, staff.json()["code"]) == (403, "forbidden")
    assert (boss.status_code, boss.json()["stamp_count"]) == (200, 2)


def test_a_card_is_switched_off_and_on_and_everyone_follows(shop, platform, until):
    card = shop.enrol()
    asked = {"card_id": card["id"]}
    stamped = shop.move("stamp", asked)

    off = platform.made(_switch(platform, shop.key, card, "deactivate"))
    refused = shop.ask("stamp", asked)
    voided = shop.move("stamp/void", {"transaction_id": stamped["transaction_id"], "staff": shop.staff})
    until(lambda: _listed(platform, shop, card) == ["inactive"], within_s=SOON_S)
    by_till = _switch(platform, shop.key, card, "reactivate")
    on = platform.made(_switch(platform, shop.owner, card, "reactivate"))
    again = platform.made(_switch(platform, shop.owner, card, "reactivate"))

    assert (off["status"], off["can_stamp"], off["stamp_count"]) == ("inactive", False, 1)
    assert off["card_number"] == card["card_number"]
    assert off.keys() == card.keys()
    assert refused.json()["code"] == "card-inactive"
    assert voided["stamp_count"] == 0
    assert by_till.status_code == 403
    assert (on["status"], on["can_stamp"], again["status"]) == ("active", True, "active")
    assert on["customer"]["last_name"] == "Muller"
    history = platform.made(platform.get(shop.owner, f"{VENDOR}/cards/{card['id']}/transactions"))["items"]
    at_store = platform.made(platform.get(shop.key, f"{VENDOR}/transactions?card_id={card['id']}"))["items"]
    assert [row["type"] for row in history] == [
        "card_reactivated", "stamp_voided", "card_deactivated", "stamp_earned", "card_created"
    ]  # fmt: skip
    assert history[1]["staff_name"] == "Staff 07"
    # The card was handed out at this store, and the owner who switched it on was at none.
    assert [row["id"] for row in at_store] == [row["id"] for row in history[1:]]
    until(lambda: _listed(platform, shop, card) == ["active"], within_s=SOON_S)
    until(
        lambda: platform.pass_sequences([card["id"]]) == platform.ledger_sequences([card["id"]]), within_s=5
    )


def test_a_till_that_was_offline_sends_its_sales_later(platform):
    shop = platform.open_shop(require_staff_pin=True)
    card = shop.enrol()
    session = shop.staff_session()
    sold = (
        (datetime.now(tz=UTC) - timedelta(hours=3)).isoformat(timespec="microseconds").replace("+00:00", "Z")
    )
    late = {"card_id": card["id"], "sale_at": sold}

    by_session = shop.ask("stamp", {**late, "staff_session": session})
    by_pin = shop.ask("stamp", {**late, "staff": shop.staff})

    assert (by_session.status_code, by_session.json()["code"]) == (403, "staff-approval-expired")
    assert (by_pin.status_code, by_pin.json()["transaction_at"]) == (200, sold)
    newest = platform.get(shop.owner, f"{VENDOR}/cards/{card['id']}/transactions").json()["items"][0]
    assert newest["transaction_at"] == sold < newest["created_at"]

"""A card is deleted and comes back, on real processes: ledger and pass follow within two seconds."""

from __future__ import annotations

import pytest

VENDOR, ADMIN = "/api/v1/vendor/loyalty", "/api/v1/admin/loyalty"
#: "Deletions count within 2 s", and what asking takes on a busy machine.
SOON_S = 2.5


@pytest.fixture(scope="module")
def shop(platform):
    return platform.open_shop(welcome_bonus_points=50)


def _delete(platform, shop, card_id):
    answer = platform.http.delete(
        f"{VENDOR}/cards/{card_id}", headers={"authorization": f"Bearer {shop.owner}"}
    )
    assert answer.status_code == 204, answer.text


def _restore(platform, card_id):
    return platform.post(platform.admin, f"{ADMIN}/cards/{card_id}/restore")


def _pass_status(platform, shop, card_id):
    shown = platform.get(shop.key, f"{VENDOR}/cards/{card_id}/passes").json()["items"]
    return {one["status"] for one in shown}


def test_a_deleted_card_takes_no_move_and_goes_on_where_it_was_when_it_is_restored(shop, platform, until):
    card = shop.enrol()
    asked = {"card_id": card["id"]}
    shop.move("stamp", asked)

    _delete(platform, shop, card["id"])
    until(lambda: shop.ask("stamp", {**asked, "dry_run": True}).status_code == 404, within_s=SOON_S)
    refused = shop.ask("stamp", asked)
    until(lambda: _pass_status(platform, shop, card["id"]) == {"removed"}, within_s=SOON_S)
    platform.made(_restore(platform, card["id"]))
    until(lambda: shop.ask("stamp", {**asked, "dry_run": True}).status_code == 200, within_s=SOON_S)

    assert refused.json()["code"] == "card-not-found"
    assert shop.move("stamp", asked)["stamp_count"] == 2
    until(lambda: "removed" not in _pass_status(platform, shop, card["id"]), within_s=SOON_S)
    until(
        lambda: platform.pass_sequences([card["id"]]) == platform.ledger_sequences([card["id"]]), within_s=5
    )


def test_who_joins_again_gets_another_card_without_a_second_bonus(shop, platform):
    member = {"email": f"again-{shop.slug}@punchcard.example"}
    first = shop.enrol(**member)
    assert first["points_balance"] == 50
    _delete(platform, shop, first["id"])

    second = shop.enrol(**member)

    assert second["id"] != first["id"]
    assert second["points_balance"] == 0
    assert _restore(platform, first["id"]).json()["code"] == "already-exists"

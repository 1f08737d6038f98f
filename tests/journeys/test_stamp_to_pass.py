"""A stamp travels from the till to the pass, on real processes; nothing here waits before it is used."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from punchcard.main import app

VENDOR = "/api/v1/vendor/loyalty"


@pytest.fixture(scope="module")
def shop(platform):
    """A shop where every move needs a staff member's approval."""
    return platform.open_shop(require_staff_pin=True)


def test_stamps_lead_to_a_reward_which_is_redeemed(shop):
    card = shop.enrol()
    session = shop.staff_session()

    first = shop.move("stamp", {"qr": card["qr_code"], "staff": shop.staff})
    second = shop.move("stamp", {"number": card["card_number"], "staff_session": session})
    third = shop.move("stamp", {"card_id": card["id"], "staff_session": session})
    redeemed = shop.move("stamp/redeem", {"card_id": card["id"], "staff": shop.staff})

    assert [answer["stamp_count"] for answer in (first, second, third)] == [1, 2, 3]
    assert [answer["reward_earned"] for answer in (first, second, third)] == [False, False, True]
    assert third["reward_description"] == "Free item"
    assert (redeemed["stamp_count"], redeemed["stamps_redeemed"]) == (0, 1)
    assert [row[2] for row in shop.transactions(card["id"])] == [0, 1, 1, 1, -3]


def test_points_are_earned_and_buy_a_reward(shop):
    card = shop.enrol()
    purchase = {"card_id": card["id"], "purchase_amount_cents": 1250, "currency": "EUR"}

    earned = shop.move("points/earn", purchase | {"staff": shop.staff})
    bought = shop.move(
        "points/redeem",
        {"card_id": card["id"], "reward_id": shop.reward["id"], "staff_session": shop.staff_session()},
    )

    assert (earned["points_earned"], earned["points_balance"]) == (125, 125)
    assert [reward["id"] for reward in earned["rewards_within_reach"]] == [shop.reward["id"]]
    assert (bought["points_spent"], bought["points_balance"]) == (100, 25)
    assert bought["reward"] == {"id": shop.reward["id"], "name": "Mug", "value_cents": 500}


def test_the_pass_follows_the_card(shop, platform, until):
    card = shop.enrol()
    for _ in range(3):
        shop.move("stamp", {"card_id": card["id"], "staff": shop.staff})

    def wanted():
        shown = platform.made(platform.get(shop.key, f"{VENDOR}/cards/{card['id']}/passes"))
        return {view["sequence_wanted"] for view in shown["items"]} == {4}

    until(wanted, within_s=5)
    assert platform.ledger_sequences([card["id"]]) == {card["id"]: 4}
    stamps = platform.one("wallet", "SELECT stamp_count FROM passes WHERE card_id = %s", card["id"])
    assert stamps == 3


def test_a_card_is_found_by_all_that_names_it_right_after_enrolment(shop, platform):
    card = shop.enrol(email=f"find-{shop.slug}@punchcard.example", phone="+352621123456")
    names = (
        {"qr": card["qr_code"]},
        {"number": card["card_number"]},
        {"email": f"FIND-{shop.slug}@punchcard.example"},
        {"phone": "621 123 456"},
    )

    found = [platform.made(shop.ask("cards/lookup", name)) for name in names]

    assert {row["id"] for row in found} == {card["id"]}
    assert found[0]["stamp_count"] == 0
    assert found[0]["customer"] == {"first_name": "Anna", "last_name_initial": "M"}


def test_without_a_right_pin_nothing_moves(shop):
    card = shop.enrol()

    without = shop.ask("stamp", {"card_id": card["id"]})
    wrong = shop.ask("stamp", {"card_id": card["id"], "staff": {"code": "07", "pin": "482914"}})

    assert (without.status_code, without.json()["code"]) == (403, "staff-approval-required")
    assert (wrong.status_code, wrong.json()["code"]) == (403, "staff-approval-invalid")
    assert [row[2] for row in shop.transactions(card["id"])] in ([], [0])


@pytest.mark.parametrize("approval", ["none", "pin", "session"])
def test_a_move_is_replayed_byte_for_byte(platform, shop, approval):
    card = shop.enrol()
    body = {"card_id": card["id"], "notes": "encore — déjà vu"}
    if approval == "none":
        quick = platform.open_shop()
        body["card_id"] = quick.enrol()["id"]
        at = quick
    else:
        at = shop
        body |= {"staff": shop.staff} if approval == "pin" else {"staff_session": shop.staff_session()}
    key = str(uuid4())

    first = at.ask("stamp", body, key, accept_language="fr")
    again = at.ask("stamp", body, key, accept_language="de")

    assert first.status_code == again.status_code == 200
    assert again.content == first.content
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert sum(row[2] for row in at.transactions(body["card_id"])) == 1


def test_a_replay_needs_no_right_pin_and_another_request_is_refused(shop):
    card, key = shop.enrol(), str(uuid4())
    body = {"card_id": card["id"], "staff": shop.staff}

    first = shop.ask("stamp", body, key)
    wrong_pin = shop.ask("stamp", {**body, "staff": {"code": "07", "pin": "111222"}}, key)
    other = shop.ask("stamp", {**body, "notes": "another"}, key)

    assert wrong_pin.content == first.content
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    assert sum(row[2] for row in shop.transactions(card["id"])) == 1


def test_a_refusal_is_replayed_too_and_what_was_created_is_created_once(platform, shop):
    slow = platform.open_shop(cooldown_minutes=15)
    card, key = slow.enrol(), str(uuid4())
    slow.move("stamp", {"card_id": card["id"]})

    refused, again = (slow.ask("stamp", {"card_id": card["id"]}, key) for _ in range(2))
    assert (refused.status_code, refused.json()["code"]) == (409, "stamp-cooldown")
    assert again.content == refused.content

    body = {"first_name": "Ben", "last_name": "Weber", "email": f"once-{shop.slug}@punchcard.example"}
    new, known = (shop.ask("cards", body, key) for _ in range(2))
    assert (new.status_code, known.status_code) == (201, 201)
    assert known.headers["location"] == new.headers["location"]
    assert known.json()["card"]["id"] == new.json()["card"]["id"]
    assert known.json()["card_url"] is None, "a secret is shown once"


def test_a_refresh_token_is_used_once_and_its_second_use_ends_the_family(platform):
    tokens = platform.open_shop().sign_in

    def refresh(token):
        return platform.http.post("/api/v1/auth/refresh", json={"refresh_token": token})

    second = platform.made(refresh(tokens["refresh_token"]))
    assert platform.get(second["access_token"], f"{VENDOR}/program").status_code == 200
    assert second["refresh_token"] != tokens["refresh_token"]

    assert refresh(tokens["refresh_token"]).status_code == 401
    assert refresh(second["refresh_token"]).status_code == 401


def test_the_ledger_is_whole(shop, platform):
    shop.move("stamp", {"card_id": shop.enrol()["id"], "staff": shop.staff})
    environment = {"PUNCHCARD_HOME": str(platform.stack.home.path)}

    said = CliRunner().invoke(app, ["verify", "--json"], env=environment)

    verdict = json.loads(said.stdout)
    assert (said.exit_code, verdict["ok"], verdict["faults"]) == (0, True, [])
    assert verdict["transactions"] == platform.one("ledger", "SELECT count(*) FROM transactions")

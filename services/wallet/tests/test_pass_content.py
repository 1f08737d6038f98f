"""pass.json: what a card's pass shows, by the program's kind and the customer's language."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, get_args

import pytest

from contracts.ledger import TransactionType
from contracts.words import LANGUAGES
from kit.ids import now
from wallet import recent
from wallet.apple.colours import READABLE, VISIBLE, colour, contrast, palette
from wallet.apple.content import Issuer, document
from wallet.apple.rules import token_text
from wallet.domain import Pass

from .pass_making import AT, BASE, a_look, a_merchant, a_pass, a_reward, a_store

ISSUER = Issuer("pass.example.cafe", "TEAM123456", BASE)


def made(held: Pass, look: Any) -> Any:
    """As a phone reads it."""
    return json.loads(json.dumps(document(held, look, ISSUER)))


def fields(shown: Any, group: str) -> dict[str, Any]:
    return {field["key"]: field["value"] for field in shown["storeCard"][group]}


def telling(shown: Any) -> list[str]:
    card = shown["storeCard"]
    return [field["key"] for group in card.values() for field in group if "changeMessage" in field]


def test_a_stamp_card_says_how_many_of_how_many_and_what_they_buy():
    shown = made(a_pass(), a_look(stamps_reward_description="Gratis Kaffi"))

    assert fields(shown, "headerFields") == {"stamps": "7 / 10"}
    assert fields(shown, "secondaryFields") == {"stamp-reward": "Gratis Kaffi", "stamps-missing": 3}
    assert fields(shown, "auxiliaryFields") == {}
    assert telling(shown) == ["stamps"]


@pytest.mark.parametrize("kind", ["stamps", "points", "hybrid"])
def test_a_store_card_has_all_five_groups_of_fields_and_nothing_lies_over_the_strip(kind: str):
    card = made(a_pass(), a_look(loyalty_type=kind))["storeCard"]

    assert card.keys() == {
        *("headerFields", "primaryFields", "secondaryFields", "auxiliaryFields", "backFields"),
    }
    assert card["primaryFields"] == []


def test_a_full_card_says_how_many_rewards_wait():
    shown = made(a_pass(stamp_count=21), a_look())

    assert fields(shown, "headerFields") == {"stamps": "21 / 10"}
    assert fields(shown, "secondaryFields")["rewards-ready"] == 2


def test_a_points_card_shows_points_tier_what_they_buy_and_what_comes_next():
    rewards = [a_reward("Mug", 300), a_reward("Tea", 100), a_reward("Bag", 400), a_reward("Old", 90)]
    shown = made(a_pass(), a_look(loyalty_type="points", rewards=rewards))

    assert fields(shown, "headerFields") == {"points": 340}
    assert fields(shown, "secondaryFields") == {"within-reach": "Mug, Tea", "next-reward": "Bag · 60 to go"}
    assert fields(shown, "auxiliaryFields") == {"tier": "Silver"}
    assert "Tea · 100 points" in fields(shown, "backFields")["rewards"]
    assert telling(shown) == ["points"]


def test_returns_lower_the_tier():
    shown = made(a_pass(total_points_voided=241), a_look(loyalty_type="points"))

    assert fields(shown, "auxiliaryFields") == {"tier": "Bronze"}


@pytest.mark.parametrize(
    ("kind", "stamps", "points", "tells"),
    [("stamp_earned", 1, 0, "stamps"), ("points_earned", 0, 12, "points"), ("card_created", 0, 0, "stamps")],
)
def test_a_hybrid_card_shows_both_and_tells_of_what_moved_last(
    kind: str, stamps: int, points: int, tells: str
):
    held = a_pass(recent=[recent.written(9, AT, kind, stamps, points)])

    shown = made(held, a_look(loyalty_type="hybrid"))

    assert fields(shown, "headerFields") == {"stamps": "7 / 10"}
    assert fields(shown, "auxiliaryFields")["points"] == 340
    assert telling(shown) == [tells]


def test_the_back_shows_transactions_newest_first_in_the_customers_language_on_the_shops_day():
    held = a_pass(
        locale="de",
        recent=[
            recent.written(9, AT, "stamp_earned", 1, 0),
            recent.written(8, AT - timedelta(days=1), "points_voided", 0, -40),
        ],
    )

    shown = made(held, a_look(terms_text="Zeile 1\nZeile 2", privacy_url="https://cafe.example/p"))

    # Half past eleven at night in UTC is the next day in Luxembourg.
    back = fields(shown, "backFields")
    assert back["transactions"] == "21.11.2026 · Stempel · +1\n20.11.2026 · Rückgabe · -40"
    assert back["card-number"] == "4821-0077-1930"
    assert (back["terms"], back["privacy"]) == ("Zeile 1\nZeile 2", "https://cafe.example/p")


def test_a_transaction_that_was_kept_twice_is_shown_once():
    twice = [recent.written(2, AT, "stamp_earned", 1, 0)] * 2 + [recent.written(1, AT, "card_created", 0, 0)]

    assert [one.sequence for one in recent.read(twice)] == [2, 1]


def test_the_barcode_is_the_qr_code_with_the_number_in_groups_below_it():
    held = a_pass()

    assert made(held, a_look())["barcodes"] == [
        {
            "format": "PKBarcodeFormatQR",
            "message": held.qr_code,
            "messageEncoding": "iso-8859-1",
            "altText": "4821-0077-1930",
        }
    ]


def test_a_phone_is_told_where_the_web_service_is_and_whom_it_proves_itself_to():
    held = a_pass()

    shown = made(held, a_look())

    assert shown["webServiceURL"] == f"{BASE}/api/v1/loyalty/apple"
    assert shown["authenticationToken"] == token_text(held)
    assert shown["serialNumber"] == str(held.serial_number)
    assert (shown["passTypeIdentifier"], shown["teamIdentifier"]) == (ISSUER.pass_type_id, ISSUER.team_id)
    assert shown["sharingProhibited"] is True
    assert shown["formatVersion"] == 1


def test_a_shop_that_lets_passes_be_shared_says_so():
    allowing = Issuer("pass.example.cafe", "TEAM123456", BASE, sharing_prohibited=False)

    assert document(a_pass(), a_look(), allowing)["sharingProhibited"] is False


def test_at_most_ten_stores_that_are_somewhere_are_told():
    stores = [a_store(f"Store {n}", latitude=49.6 + n / 100, longitude=6.1) for n in range(12)]
    nowhere = a_store("Nowhere")
    closed = a_store("Closed", latitude=49.5, longitude=6.0, deleted_at=now())

    shown = made(a_pass(), a_look(stores=[nowhere, closed, *stores]))

    assert [place["relevantText"] for place in shown["locations"]] == [f"Store {n}" for n in range(10)]
    assert shown["locations"][0] == {"latitude": 49.6, "longitude": 6.1, "relevantText": "Store 0"}
    assert "locations" not in made(a_pass(), a_look(stores=[nowhere]))


@pytest.mark.parametrize(
    ("held", "look", "void"),
    [
        ({}, {}, False),
        ({}, {"is_active": False}, False),
        ({"is_active": False}, {}, True),
        ({"deleted_at": AT}, {}, True),
        ({}, {"deleted_at": AT}, True),
        ({}, {"merchant": a_merchant(deleted_at=AT)}, True),
    ],
)
def test_a_pass_is_void_when_nothing_can_ever_be_had_with_it(held: Any, look: Any, void: bool):
    assert made(a_pass(**held), a_look(**look))["voided"] is void


def test_rewards_out_of_their_time_are_not_shown_and_change_the_look():
    soon, over = now() + timedelta(hours=1), now() - timedelta(hours=1)
    rewards = [a_reward("Soon", 100, valid_from=soon), a_reward("Over", 100, valid_until=over)]
    rewards += [a_reward("Off", 100, is_active=False), a_reward("Gone", 100, deleted_at=over)]
    always = a_reward("Always", 100)

    look = a_look(loyalty_type="points", rewards=[*rewards, always])

    assert look.rewards == (always,)
    assert look.version != a_look(loyalty_type="points", rewards=rewards).version


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_transaction_has_words_in_every_language(language: str):
    for kind in get_args(TransactionType):
        held = a_pass(locale=language, recent=[recent.written(1, AT, kind, 1, 0)])
        assert fields(made(held, a_look()), "backFields")["transactions"].endswith("+1")


@pytest.mark.parametrize(
    "card", ["#4F46E5", "#FFFFFF", "#000000", "#808080", "#767676", "#FFF4D6", "#E11D48"]
)
@pytest.mark.parametrize("second", [None, "#777777", "#FDE68A", "#0D9488"])
def test_whatever_colours_a_merchant_takes_the_card_can_be_read(card: str, second: str | None):
    colours = palette(card, second)

    assert colours.background == colour(card)
    assert contrast(colours.foreground, colours.background) >= READABLE
    assert contrast(colours.label, colours.background) >= READABLE
    assert contrast(colours.accent, colours.background) >= VISIBLE

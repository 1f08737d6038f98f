"""Classes and objects as Google is shown them, held against the Wallet API's own discovery document."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from contracts.programs import RewardChanged, StoreChanged, Tier
from kit.ids import now, uuid7
from punchcard.standins.google_rules import SCHEMAS, faults
from wallet.domain import Pass
from wallet.google import rules
from wallet.google.rules import Look
from wallet.google.words import LANGUAGES

ISSUER = "3388000000000000001"
BASE = "https://cards.example"


def a_pass(shop: Any, **changes: Any) -> Pass:
    whole = {
        "card_id": uuid7(),
        "merchant_id": shop.merchant.id,
        "program_id": shop.program.id,
        "serial_number": uuid7(),
        "authentication_token": b"t" * 32,
        "card_number": "482100771930",
        "qr_code": "pXQ",
        "locale": "lb",
        "is_active": True,
        "stamp_count": 7,
        "stamps_redeemed": 2,
        "total_stamps_earned": 27,
        "points_balance": 340,
        "points_redeemed": 900,
        "total_points_earned": 1240,
        "total_points_voided": 0,
        "sequence_wanted": 12,
        "last_hash": "0" * 64,
        "last_transaction_at": now(),
        "revision": 3,
        "changed_at": now(),
        "deleted_at": None,
    }
    return Pass(**{**whole, **changes})


def a_store(shop: Any, number: int, **changes: Any) -> StoreChanged:
    place = {"latitude": 49.6, "longitude": 6.1 + number / 100}
    whole = {"id": uuid7(), "version": 1, "merchant_id": shop.merchant.id, "code": f"{number:02}"}
    return StoreChanged(**{**whole, "name": f"Store {number}", **place, **changes})


def a_reward(shop: Any, name: str, points: int, **changes: Any) -> RewardChanged:
    ids = {"id": uuid7(), "program_id": shop.program.id, "merchant_id": shop.merchant.id}
    return RewardChanged(**{**ids, "version": 1, "name": name, "points_required": points, **changes})


def look_of(shop: Any) -> Look:
    return Look(shop.merchant, shop.program, shop.stores, shop.rewards)


def shown(shop: Any, held: Pass) -> dict[str, Any]:
    named, class_named = f"{ISSUER}.{held.serial_number.hex}", rules.class_id(shop.program, ISSUER)
    return rules.loyalty_object(held, look_of(shop), named, class_named, now())


def bodies(shown: dict[str, Any]) -> dict[str, str]:
    return {module["id"]: module["body"] for module in shown["textModulesData"]}


@pytest.mark.parametrize(
    ("kind", "locale", "active", "ended"),
    list(product(("stamps", "points", "hybrid"), LANGUAGES, (True, False), (True, False))),
)
def test_every_object_is_one_that_the_discovery_document_allows(
    discovery: Any, a_shop: Any, kind: str, locale: str, active: bool, ended: bool
):
    shop = a_shop(loyalty_type=kind)
    shop.rewards = [a_reward(shop, "Tasse à café", 100)]
    held = a_pass(shop, locale=locale, is_active=active, deleted_at=now() if ended else None)

    whole = shown(shop, held)

    assert faults(whole, "LoyaltyObject", ISSUER, patch=False, schemas=discovery) == []
    patch = rules.as_patch(whole, rules.OBJECT_MAY_LOSE)
    assert faults(patch, "LoyaltyObject", ISSUER, patch=True, schemas=discovery) == []


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("rich", [True, False])
def test_every_class_is_one_that_the_discovery_document_allows(
    discovery: Any, a_shop: Any, locale: str, rich: bool
):
    shop = a_shop()
    shop.merchant = shop.merchant.model_copy(update={"default_locale": locale})
    if rich:
        shop.look_changes(
            card_name="Kaart mat Häerz",
            logo_url="https://cafe.example/logo.png",
            hero_image_url="https://cafe.example/hero.png",
            terms_text="Eng Kaart pro Persoun. " * 100,
            privacy_url="https://cafe.example/privacy",
        )
        shop.stores = [a_store(shop, number) for number in range(12)]

    whole = rules.loyalty_class(look_of(shop), rules.class_id(shop.program, ISSUER), BASE)

    assert faults(whole, "LoyaltyClass", ISSUER, patch=False, schemas=discovery) == []
    assert faults(rules.as_patch(whole, rules.CLASS_MAY_LOSE), "LoyaltyClass", ISSUER, patch=True) == []
    assert whole["reviewStatus"] == "UNDER_REVIEW"
    assert whole["localizedProgramName"]["defaultValue"]["language"] == locale
    assert whole["callbackOptions"] == {"url": f"{BASE}/api/v1/loyalty/google/callback"}


def test_what_the_stand_in_knows_by_heart_is_what_the_discovery_document_says(discovery: Any):
    for kind, schema in SCHEMAS.items():
        for name, known in schema["properties"].items():
            told = discovery[kind]["properties"][name]
            values = known.get("enum", ())
            assert set(values) <= set(told.get("enum", ())), (kind, name)
            for what in ("type", "format", "$ref"):
                assert known.get(what) == told.get(what), (kind, name, what)
            assert known.get("items") == told.get("items"), (kind, name)


def test_words_come_in_four_languages_with_the_cards_own_as_the_default(a_shop: Any):
    shop = a_shop()

    label = shown(shop, a_pass(shop, locale="de"))["loyaltyPoints"]["localizedLabel"]

    assert label["defaultValue"] == {"language": "de", "value": "Stempel"}
    assert {row["language"]: row["value"] for row in label["translatedValues"]} == {
        "en": "Stamps",
        "fr": "Tampons",
        "lb": "Stempelen",
    }


def test_stamps_points_and_both_are_shown_as_balances(a_shop: Any):
    stamps, points, hybrid = (a_shop(loyalty_type=kind) for kind in ("stamps", "points", "hybrid"))

    assert shown(stamps, a_pass(stamps))["loyaltyPoints"]["balance"] == {"int": 7}
    assert shown(points, a_pass(points))["loyaltyPoints"]["balance"] == {"int": 340}
    both = shown(hybrid, a_pass(hybrid))
    assert both["loyaltyPoints"]["balance"] == {"int": 340}
    assert both["secondaryLoyaltyPoints"]["balance"] == {"int": 7}
    assert bodies(shown(stamps, a_pass(stamps))) == {"reward": "7 / 10: Free item"}


def test_a_balance_is_never_larger_than_google_counts(a_shop: Any):
    shop = a_shop(loyalty_type="points")

    assert shown(shop, a_pass(shop, points_balance=2**40))["loyaltyPoints"]["balance"] == {"int": 2**31 - 1}


def test_the_tier_is_that_of_the_tier_points(a_shop: Any):
    tiers = (
        Tier(name="bronze", from_points=0, multiplier_percent=100),
        Tier(name="silver", from_points=1000, multiplier_percent=125),
    )
    shop = a_shop(loyalty_type="points", tiers=tiers)

    assert bodies(shown(shop, a_pass(shop, total_points_earned=1240)))["tier"] == "silver"
    assert (
        bodies(shown(shop, a_pass(shop, total_points_earned=1240, total_points_voided=241)))["tier"]
        == "bronze"
    )


def test_rewards_within_reach_are_those_that_can_be_had_now(a_shop: Any):
    shop = a_shop(loyalty_type="points")
    shop.rewards = [
        a_reward(shop, "Mug", 100, sort_order=2),
        a_reward(shop, "Cake", 340, sort_order=1),
        a_reward(shop, "Too dear", 341),
        a_reward(shop, "Switched off", 1, is_active=False),
        a_reward(shop, "Deleted", 1, deleted_at=now()),
        a_reward(shop, "Not yet", 1, valid_from=now() + timedelta(hours=1)),
        a_reward(shop, "Over", 1, valid_until=now() - timedelta(hours=1)),
    ]

    assert bodies(shown(shop, a_pass(shop)))["rewards"] == "Cake (340)\nMug (100)"


def test_a_card_that_is_switched_off_is_inactive_and_still_says_what_it_holds(a_shop: Any):
    shop = a_shop()

    off = shown(shop, a_pass(shop, is_active=False))

    assert off["state"] == "INACTIVE"
    assert off["accountId"] == "482100771930"


@pytest.mark.parametrize("what", ["card", "merchant", "program"])
def test_what_has_ended_is_inactive_and_says_nothing_of_its_card(a_shop: Any, what: str):
    shop = a_shop(loyalty_type="hybrid")
    held = a_pass(shop, deleted_at=now() if what == "card" else None)
    if what != "card":
        setattr(shop, what, getattr(shop, what).model_copy(update={"deleted_at": now()}))

    patch = rules.as_patch(shown(shop, held), rules.OBJECT_MAY_LOSE)

    assert patch["state"] == "INACTIVE"
    assert patch["secondaryLoyaltyPoints"] is None
    assert patch["textModulesData"] == []
    assert not {"482100771930", "4821-0077-1930", "pXQ"} & set(map(str, _texts(patch)))


def test_at_most_ten_stores_are_told_and_only_those_with_a_place(a_shop: Any):
    shop = a_shop()
    shop.stores = [
        a_store(shop, 1, latitude=None),
        a_store(shop, 2, deleted_at=now()),
        *(a_store(shop, number) for number in range(20, 2, -1)),
    ]

    places = rules.loyalty_class(look_of(shop), "i.c", BASE)["merchantLocations"]

    assert [round(place["longitude"], 2) for place in places] == [
        round(6.1 + number / 100, 2) for number in range(3, 13)
    ]


def test_a_class_keeps_the_suffix_that_was_chosen_unless_google_would_refuse_it(a_shop: Any):
    assert rules.class_id(a_shop(google_class_id="grund.2026").program, ISSUER) == f"{ISSUER}.grund.2026"
    assert rules.class_id(a_shop(google_class_id=f"{ISSUER}.grund").program, ISSUER) == f"{ISSUER}.grund"
    odd = a_shop(google_class_id="a/b c").program
    assert rules.class_id(odd, ISSUER) == f"{ISSUER}.program-{odd.id.hex}"


def test_without_https_no_callback_is_asked_for(a_shop: Any):
    assert "callbackOptions" not in rules.loyalty_class(look_of(a_shop()), "i.c", "http://127.0.0.1:8000")


def test_only_another_balance_of_a_card_in_use_is_news(a_shop: Any):
    shop = a_shop()
    before = rules.balance_of(shown(shop, a_pass(shop)))

    assert rules.is_news(shown(shop, a_pass(shop, stamp_count=8)), before)
    assert not rules.is_news(shown(shop, a_pass(shop)), before)
    assert not rules.is_news(shown(shop, a_pass(shop, stamp_count=8, is_active=False)), before)
    assert not rules.is_news(shown(shop, a_pass(shop)), None)


@pytest.mark.parametrize(
    ("fault", "change"),
    [
        ("unknown member", {"loyalty": 1}),
        ("wrong type", {"accountId": 482100771930}),
        ("wrong value", {"state": "GONE"}),
        ("two balances", {"loyaltyPoints": {"balance": {"int": 1, "string": "1"}}}),
        ("no int32", {"loyaltyPoints": {"balance": {"int": 2**31}}}),
        ("no default", {"loyaltyPoints": {"balance": {"int": 1}, "localizedLabel": {}}}),
        ("another issuer", {"id": "1.card"}),
        ("no class", {"classId": ""}),
    ],
)
def test_the_stand_in_refuses_what_google_would(discovery: Any, a_shop: Any, fault: str, change: Any):
    shop = a_shop()
    whole = shown(shop, a_pass(shop)) | change

    for schemas in (SCHEMAS, discovery):
        assert faults(whole, "LoyaltyObject", ISSUER, patch=False, schemas=schemas), fault


def _texts(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [text for member in value.values() for text in _texts(member)]
    if isinstance(value, list):
        return [text for member in value for text in _texts(member)]
    return [value]

"""A card in Google Wallet: saved by its link, kept up with the ledger, told of by signed callbacks."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from punchcard.main import app
from punchcard.standins.google import Mood
from punchcard.standins.google_keys import CallbackKeys

from .google_stand_in import VENDOR, WITHIN_S, Google, Wallet


@pytest.fixture(scope="module")
def google(platform: Any, retold: Any) -> Iterator[Google]:
    made = Google(platform.stack)
    with made.serving(), retold(platform.stack, "wallet", **made.settings()):
        yield made
        made.does(Mood())
    assert made.refused == []
    assert made.most_in_a_second() <= 20
    assert made.most_notices_of_a_pass() <= 3


@pytest.fixture(scope="module")
def wallet(platform: Any, google: Google) -> Wallet:
    return Wallet(platform, platform.open_shop(loyalty_type="stamps", stamps_target=10), google)


# -- the card at Google


def test_a_customers_link_leads_to_a_save_link_for_a_card_that_google_has(wallet: Wallet):
    card = wallet.shop.enrol()
    wallet.stamp(card["id"], 2)

    answer = wallet.ask(card["id"])

    link, google = answer.headers["location"], wallet.google
    claims = google.claims_of(link)
    (row,) = claims["payload"]["loyaltyObjects"]
    assert (answer.status_code, answer.headers["cache-control"]) == (302, "no-store")
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert link.startswith(f"{google.url}/gp/v/save/")
    assert len(link) < 1800
    assert (claims["typ"], claims["origins"]) == ("savetowallet", [wallet.platform.stack.public_base_url])
    assert abs(claims["iat"] - time.time()) < 60
    assert set(row) == {"id", "classId"}
    shown, look = google.objects[row["id"]], google.classes[row["classId"]]
    assert (shown["classId"], shown["state"], shown["barcode"]["value"]) == (
        look["id"],
        "ACTIVE",
        card["qr_code"],
    )
    assert (look["issuerName"], look["countryCode"]) == ("Café Um Eck", "LU")
    assert "Muller" not in json.dumps([shown, look])


def test_stamps_follow_by_patches_and_the_ledgers_balance_is_the_last(
    wallet: Wallet, until: Callable[..., float]
):
    card = wallet.shop.enrol()["id"]
    _, _, shown = wallet.saved_link(card)
    assert wallet.stamps(shown) == 0
    until(lambda: wallet.told(card)["status"] == "current", within_s=WITHIN_S)

    wallet.stamp(card, 7)
    wallet.shop.move("stamp/void", {"card_id": card})

    until(lambda: wallet.stamps(shown) == 6 == wallet.ledgers(card), within_s=WITHIN_S)
    until(lambda: wallet.told(card)["status"] == "current", within_s=WITHIN_S)
    told = wallet.told(card)
    assert told["sequence_shown"] == told["sequence_wanted"] == wallet.platform.ledger_sequences([card])[card]
    first, *later = wallet.google.asked(shown)
    assert (first, set(later)) == ("POST", {"PATCH"})


def test_a_program_that_looks_new_changes_its_class(wallet: Wallet, until: Callable[..., float]):
    _, look, _ = wallet.saved_link(wallet.shop.enrol()["id"])
    path, new = f"{VENDOR}/program", {"card_color": "#336699", "card_name": "Um Eck Gold"}
    etag = wallet.platform.get(wallet.shop.owner, path).headers["etag"]
    headers = {"authorization": f"Bearer {wallet.shop.owner}", "if-match": etag}

    wallet.platform.made(wallet.platform.http.patch(path, json=new, headers=headers))

    def looks() -> bool:
        shown = wallet.google.classes[look]
        return (shown["hexBackgroundColor"], shown["programName"]) == ("#336699", "Um Eck Gold")

    until(looks, within_s=WITHIN_S)


def test_a_card_that_is_switched_off_is_inactive_there_and_comes_back(
    wallet: Wallet, until: Callable[..., float]
):
    card = wallet.shop.enrol()["id"]
    wallet.stamp(card, 2)
    _, _, shown = wallet.saved_link(card)

    def has(state: str) -> bool:
        return (wallet.google.objects[shown]["state"], wallet.stamps(shown)) == (state, 2)

    wallet.platform.create(wallet.shop.key, f"{VENDOR}/cards/{card}/deactivate")
    until(lambda: has("INACTIVE"), within_s=WITHIN_S)
    wallet.platform.create(wallet.shop.owner, f"{VENDOR}/cards/{card}/reactivate")
    until(lambda: has("ACTIVE"), within_s=WITHIN_S)


def test_a_card_that_is_deleted_says_nothing_there_any_more(wallet: Wallet, until: Callable[..., float]):
    card = wallet.shop.enrol()
    wallet.stamp(card["id"])
    link, (_, _, shown) = wallet.link(card["id"]), wallet.saved_link(card["id"])

    headers = {"authorization": f"Bearer {wallet.shop.owner}"}
    gone = wallet.platform.http.delete(f"{VENDOR}/cards/{card['id']}", headers=headers)

    assert gone.status_code == 204
    until(lambda: wallet.google.objects[shown]["state"] == "INACTIVE", within_s=WITHIN_S)
    assert card["qr_code"] not in json.dumps(wallet.google.objects[shown])
    assert card["card_number"].replace("-", "") not in json.dumps(wallet.google.objects[shown])
    refused = wallet.platform.http.get(link)
    assert (refused.status_code, refused.json()["code"]) == (404, "card-not-found")


# -- callbacks


def test_the_shop_is_told_whether_a_phone_has_the_card(wallet: Wallet, until: Callable[..., float]):
    card = wallet.shop.enrol()["id"]
    link, look, shown = wallet.saved_link(card)
    until(lambda: wallet.told(card)["status"] == "current", within_s=WITHIN_S)
    assert wallet.told(card)["devices"] == 0

    assert httpx.get(link).status_code == 200, "the phone saves it, and Google calls back"
    until(lambda: wallet.told(card)["devices"] == 1, within_s=WITHIN_S)
    again = wallet.call_back(wallet.google.keys.signed("save", look, shown))
    gone = [wallet.call_back(wallet.google.keys.signed("del", look, shown)) for _ in range(2)]

    assert [answer.status_code for answer in (again, *gone)] == [200] * 3
    assert wallet.told(card)["devices"] == 0


async def test_what_was_saved_and_deleted_is_said_once_each(wallet: Wallet):
    card = wallet.shop.enrol()["id"]
    _, look, shown = wallet.saved_link(card)
    for event in ("save", "save", "del", "del"):
        assert wallet.call_back(wallet.google.keys.signed(event, look, shown)).status_code == 200

    said = await wallet.said(card, 2)

    assert said == [("wallet.pass-added.v1", "google", 1), ("wallet.pass-removed.v1", "google", 2)]


def test_forged_replayed_and_stale_callbacks_are_refused_and_keep_nothing(wallet: Wallet):
    _, look, shown = wallet.saved_link(wallet.shop.enrol()["id"])
    _, _, other = wallet.saved_link(wallet.shop.enrol()["id"])
    keys = wallet.google.keys
    good = keys.signed("save", look, shown, nonce="a nonce of its own")
    assert wallet.call_back(good).status_code == 200
    before = wallet.kept()

    forged = {
        "replayed": good,
        "with a nonce that was seen": keys.signed("del", look, shown, nonce="a nonce of its own"),
        "signed by other keys": CallbackKeys().signed("del", look, shown),
        "for another issuer": keys.signed("del", look, shown, recipient="1"),
        "over": keys.signed("del", look, shown, expires_ms=int(time.time() * 1000) - 1000),
        "by a key that is over": keys.signed("del", look, shown, key_expires_ms=1),
        "of another event": good | {"signedMessage": good["signedMessage"].replace('"save"', '"del"')},
        "of another object": good | {"signedMessage": good["signedMessage"].replace(shown, other)},
        "of another class": good | {"signedMessage": good["signedMessage"].replace(look, f"{look}x")},
        "not signed": good | {"signature": "AAAA"},
    }
    answers = {name: wallet.call_back(message) for name, message in forged.items()}
    swapped = wallet.call_back(keys.signed("del", f"{look}x", shown))

    said = {name: (answer.status_code, answer.json()["code"]) for name, answer in answers.items()}
    assert said == dict.fromkeys(forged, (401, "unauthenticated"))
    assert (swapped.status_code, swapped.json()["code"]) == (404, "card-not-found")
    assert wallet.kept() == before


# -- Google in trouble


@pytest.mark.parametrize(
    "trouble", [Mood("fail", 500), Mood("fail", 429, "rateLimitExceeded")], ids=["500", "429"]
)
def test_after_google_failed_for_a_while_it_shows_the_ledgers_balance(
    wallet: Wallet, until: Callable[..., float], trouble: Mood
):
    card = wallet.shop.enrol()["id"]
    _, _, shown = wallet.saved_link(card)
    asked = len(wallet.google.asked(shown))

    wallet.google.does(trouble)
    wallet.stamp(card, 4)
    until(lambda: len(wallet.google.asked(shown)) > asked, within_s=WITHIN_S)
    wallet.stamp(card)
    assert wallet.stamps(shown) == 0
    wallet.google.does(Mood())

    until(lambda: wallet.stamps(shown) == 5 == wallet.ledgers(card), within_s=WITHIN_S)
    until(lambda: wallet.told(card)["status"] == "current", within_s=WITHIN_S)


def test_who_asks_while_google_is_away_is_told_to_come_back_and_then_gets_the_link(
    wallet: Wallet, until: Callable[..., float]
):
    link = wallet.link(wallet.shop.enrol()["id"])

    wallet.google.does(Mood("fail", 503))
    meanwhile = wallet.platform.http.get(link)
    wallet.google.does(Mood())

    assert (meanwhile.status_code, meanwhile.json()["code"]) == (503, "upstream-unavailable")
    assert int(meanwhile.headers["retry-after"]) >= 1
    until(lambda: wallet.platform.http.get(link).status_code == 302, within_s=WITHIN_S)


@pytest.mark.parametrize("with_its_class", [False, True], ids=["the object", "object and class"])
def test_what_google_lost_is_made_anew(wallet: Wallet, until: Callable[..., float], with_its_class: bool):
    card = wallet.shop.enrol()["id"]
    _, look, shown = wallet.saved_link(card)
    del wallet.google.objects[shown]
    if with_its_class:
        del wallet.google.classes[look]

    wallet.stamp(card, 3)

    until(lambda: wallet.stamps(shown) == 3, within_s=WITHIN_S)
    assert look in wallet.google.classes
    assert wallet.google.objects[shown]["state"] == "ACTIVE"


def test_googles_root_keys_change_and_the_old_ones_are_no_good(wallet: Wallet, until: Callable[..., float]):
    card = wallet.shop.enrol()["id"]
    _, look, shown = wallet.saved_link(card)
    assert wallet.call_back(wallet.google.keys.signed("save", look, shown)).status_code == 200
    old = wallet.google.keys.signed("del", look, shown)

    wallet.google.keys.rotate()

    def taken() -> bool:
        return wallet.call_back(wallet.google.keys.signed("del", look, shown)).status_code == 200

    until(taken, within_s=WITHIN_S)
    assert wallet.call_back(old).status_code == 401
    assert wallet.told(card)["devices"] == 0


def test_nothing_was_lost_on_the_way_and_no_link_is_in_a_log(wallet: Wallet):
    environment = {"PUNCHCARD_HOME": str(wallet.platform.stack.home.path)}

    said = CliRunner().invoke(app, ["verify", "--all", "--json"], env=environment)

    assert (said.exit_code, said.exception) == (0, None), said.output
    logs = [wallet.platform.stack.service(name).log.read_text() for name in ("gateway", "wallet", "cards")]
    assert [secret for secret in wallet.secrets for told in logs if secret in told] == []

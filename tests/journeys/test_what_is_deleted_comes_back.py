"""Merchants, stores, programs deleted and restored: what there was stops within two seconds, and is back."""

from __future__ import annotations

import secrets
from hashlib import sha256

import pytest

VENDOR, ADMIN, AUTH = "/api/v1/vendor/loyalty", "/api/v1/admin/loyalty", "/api/v1/auth"
#: "Deletions count within 2 s", and what asking takes on a busy machine.
SOON_S = 2.5


@pytest.fixture
def shop(platform):
    """A shop of this test's own, with a card that has stamps and points."""
    shop = platform.open_shop()
    shop.card = shop.enrol()
    shop.move("stamp", {"card_id": shop.card["id"]})
    shop.move("points/earn", {"card_id": shop.card["id"], "purchase_amount_cents": 5000, "currency": "EUR"})
    return shop


class Desk:
    """What an admin does to one thing."""

    def __init__(self, platform, path):
        self.platform, self.path = platform, f"{ADMIN}/{path}"

    def delete(self):
        headers = {"authorization": f"Bearer {self.platform.admin}", "if-match": "*"}
        answer = self.platform.http.delete(self.path, headers=headers)
        assert answer.status_code == 204, answer.text

    def restore(self):
        return self.platform.post(self.platform.admin, f"{self.path}/restore")

    def read(self, **asked):
        headers = {"authorization": f"Bearer {self.platform.admin}"}
        return self.platform.http.get(self.path, headers=headers, params=asked)


@pytest.fixture
def desk(platform):
    return lambda path: Desk(platform, path)


def shown(platform, shop):
    """All that the merchant sees of its own, but for what time changes."""
    paths = ("program", "rewards", "settings", "pins", "terminals", f"cards/{shop.card['id']}", "cards")
    found = {path: platform.made(platform.get(shop.owner, f"{VENDOR}/{path}")) for path in paths}
    for terminal in found["terminals"]["items"]:
        terminal.pop("last_used_at", None)
    return found


def but_version(found):
    left = {name: value for name, value in found["program"].items() if name not in ("version", "updated_at")}
    return {**found, "program": left}


def code_of(answer):
    return answer.status_code, answer.json().get("code")


def tries(platform, shop):
    """How the doors of a merchant answer; a wrong password is refused in either case."""
    user = {"email": f"owner-{shop.slug}@punchcard.example", "password": secrets.token_urlsafe(18)}
    return {
        "key": platform.get(shop.key, f"{VENDOR}/program").status_code,
        "stamp": shop.ask("stamp", {"card_id": shop.card["id"], "dry_run": True}).status_code,
        "owner": platform.get(shop.owner, f"{VENDOR}/program").status_code,
        "wrong password": platform.http.post(f"{AUTH}/token", json=user).status_code,
    }


OPEN = {"key": 200, "stamp": 200, "owner": 200, "wrong password": 401}
SHUT = {"key": 401, "stamp": 401, "owner": 401, "wrong password": 401}


def test_a_deleted_merchants_doors_are_shut_and_open_again_on_just_what_was_there(
    platform, shop, desk, until
):
    closed = shop.open_store("02")
    desk(f"stores/{closed['id']}").delete()
    before = shown(platform, shop)
    merchant = desk(f"merchants/{shop.merchant['id']}")
    assert tries(platform, shop) == OPEN

    merchant.delete()
    until(lambda: tries(platform, shop) == SHUT, within_s=SOON_S)
    refresh = {"refresh_token": shop.sign_in["refresh_token"]}
    assert platform.http.post(f"{AUTH}/refresh", json=refresh).status_code == 401
    assert code_of(merchant.read()) == (404, "merchant-not-found")
    assert merchant.read(include_deleted=True).json()["deleted_at"] is not None
    for path in (f"stores/{shop.store['id']}", f"programs/{shop.program['id']}"):
        assert desk(path).read().status_code == 404
        assert desk(path).restore().status_code == 404, "it is not deleted itself, and its merchant is"

    restored = platform.made(merchant.restore())
    until(lambda: tries(platform, shop) == OPEN, within_s=SOON_S)

    assert {**restored, "updated_at": None} == {**shop.merchant, "updated_at": None}
    # Each service hears of it by itself: the doors may be open before every list is whole.
    until(lambda: shown(platform, shop) == before, within_s=SOON_S)
    assert desk(f"stores/{closed['id']}").read().status_code == 404, "it was deleted before, and still is"
    again = merchant.restore()
    assert (again.status_code, again.json()) == (200, restored)
    assert shop.move("stamp", {"card_id": shop.card["id"]})["stamp_count"] == shop.card["stamp_count"] + 2


def test_an_owner_of_a_deleted_merchant_cannot_sign_in(platform, shop, desk, until):
    who = {"email": f"second-{shop.slug}@punchcard.example", "password": secrets.token_urlsafe(18)}
    user = who | {"role": "manager", "merchant_id": shop.merchant["id"]}
    platform.create(platform.admin, f"{ADMIN}/users", user)
    merchant = desk(f"merchants/{shop.merchant['id']}")

    def sign_in():
        return platform.http.post(f"{AUTH}/token", json=who).status_code

    assert sign_in() == 200
    merchant.delete()
    until(lambda: sign_in() == 401, within_s=SOON_S)
    merchant.restore()
    until(lambda: sign_in() == 200, within_s=SOON_S)


def test_a_deleted_merchants_links_show_nothing_until_it_is_back(platform, shop, desk, until):
    """Links stop by the merchant's state, in whichever service shows them."""
    shown_by = platform.made(platform.post(shop.owner, f"{VENDOR}/cards/{shop.card['id']}/link"))["card_url"]
    token = shown_by.rpartition("/")[2]
    merchant = desk(f"merchants/{shop.merchant['id']}")
    digest = sha256(token.encode()).hexdigest()
    links = "SELECT count(*) FROM card_links WHERE token_hash = decode(%s, 'hex') AND ended_at IS NULL"

    merchant.delete()
    until(lambda: tries(platform, shop) == SHUT, within_s=SOON_S)
    merchant.restore()

    assert platform.one("cards", links, digest) == 1, "the link was not touched"


def test_a_slug_that_was_taken_meanwhile_stops_the_restore(platform, shop, desk):
    merchant = desk(f"merchants/{shop.merchant['id']}")
    merchant.delete()
    taken = {"name": "Other", "slug": shop.slug, "country": "LU", "contact_email": "o@punchcard.example"}
    other = platform.create(platform.admin, f"{ADMIN}/merchants", taken)

    refused = merchant.restore()

    assert code_of(refused) == (409, "already-exists")
    desk(f"merchants/{other['id']}").delete()
    assert merchant.restore().status_code == 200


def test_a_deleted_store_shuts_its_till_and_comes_back_with_it(platform, shop, desk, until):
    store = desk(f"stores/{shop.store['id']}")
    elsewhere = shop.open_till(shop.open_store("02")["id"])["api_key"]

    store.delete()
    until(lambda: platform.get(shop.key, f"{VENDOR}/program").status_code == 401, within_s=SOON_S)
    assert platform.get(elsewhere, f"{VENDOR}/program").status_code == 200, "the other store goes on"
    restored = platform.made(store.restore())
    until(lambda: platform.get(shop.key, f"{VENDOR}/program").status_code == 200, within_s=SOON_S)

    assert {**restored, "updated_at": None} == {**shop.store, "updated_at": None}
    assert shop.move("stamp", {"card_id": shop.card["id"], "dry_run": True})["dry_run"] is True


def test_a_code_that_was_taken_meanwhile_stops_the_restore_of_a_store(platform, shop, desk):
    store = desk(f"stores/{shop.store['id']}")
    store.delete()
    shop.open_store(shop.store["code"])

    assert code_of(store.restore()) == (409, "already-exists")


def test_cards_of_a_deleted_program_stop_and_go_on_where_they_were(platform, shop, desk, until):
    before = but_version(shown(platform, shop))
    program, asked = desk(f"programs/{shop.program['id']}"), {"card_id": shop.card["id"]}

    program.delete()
    until(lambda: shop.ask("stamp", {**asked, "dry_run": True}).status_code == 404, within_s=SOON_S)
    assert shop.ask("stamp", asked).json()["code"] == "program-not-found"
    assert code_of(platform.get(shop.owner, f"{VENDOR}/program")) == (404, "program-not-found")
    assert platform.made(platform.get(shop.owner, f"{VENDOR}/rewards"))["items"] == []
    restored = platform.made(program.restore())
    until(lambda: shop.ask("stamp", {**asked, "dry_run": True}).status_code == 200, within_s=SOON_S)

    until(lambda: but_version(shown(platform, shop)) == before, within_s=SOON_S)
    assert restored["version"] == shop.program["version"] + 2


def test_a_live_successor_stops_the_restore_of_a_program(platform, shop, desk):
    program = desk(f"programs/{shop.program['id']}")
    program.delete()
    successor = platform.create(shop.owner, f"{VENDOR}/program", {"loyalty_type": "stamps"})

    refused = program.restore()

    assert code_of(refused) == (409, "program-already-exists")
    desk(f"programs/{successor['id']}").delete()
    assert program.restore().status_code == 200

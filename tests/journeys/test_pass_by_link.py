"""A customer takes the card's pass by its link, through the gateway, on real processes."""

from __future__ import annotations

import pytest

from wallet.apple.checker import faults_of

VENDOR, PUBLIC = "/api/v1/vendor/loyalty", "/api/v1/loyalty"


@pytest.fixture(scope="module")
def shop(platform):
    return platform.open_shop()


def test_a_link_gives_a_good_pass_that_follows_the_card(shop, platform, until):
    card = shop.enrol()
    link = platform.create(shop.owner, f"{VENDOR}/cards/{card['id']}/link")["card_url"].rpartition("/")[2]
    path = f"{PUBLIC}/cards/{link}/pass.pkpass"

    # The first pass of a look has to be drawn while somebody waits.
    until(lambda: platform.http.get(path).status_code == 200, within_s=20)
    first = platform.http.get(path)
    shop.move("stamp", {"card_id": card["id"], "staff": shop.staff})

    assert first.headers["content-type"] == "application/vnd.apple.pkpass"
    assert first.headers["cache-control"] == "private, no-store"
    assert first.headers["content-disposition"].startswith("attachment; filename=")
    assert faults_of(first.content) == []
    assert b'"0 / ' in first.content
    until(lambda: b'"1 / ' in platform.http.get(path).content, within_s=10)
    shown = platform.made(platform.get(shop.key, f"{VENDOR}/cards/{card['id']}/passes"))
    assert next(row for row in shown["items"] if row["platform"] == "apple")["last_error"] is None

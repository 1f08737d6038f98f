"""Somebody joins by themselves, on real processes: at once, or by a letter in the mail folder."""

from __future__ import annotations

import email
import email.policy
import re
import time
from uuid import uuid4

ADMIN, VENDOR, PUBLIC = "/api/v1/admin/loyalty", "/api/v1/vendor/loyalty", "/api/v1/loyalty"


def _join(platform, shop, **member):
    body = {
        "merchant_slug": shop.slug,
        "first_name": "Ana",
        "last_name": "Weber",
        "locale": "fr",
        "marketing_consent": False,
        **member,
    }
    headers = {"idempotency-key": str(uuid4())}
    return platform.http.post(f"{PUBLIC}/enroll", json=body, headers=headers)


def _letters_to(stack, address):
    files = sorted(stack.home.mail.glob("*.eml")) if stack.home.mail.exists() else []
    read = [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in files]
    return [letter for letter in read if letter["To"] == address]


def _logged(stack, words):
    """The logs that hold these words; lines are written twice a second."""
    time.sleep(0.6)
    logs = [path for path in stack.home.logs.rglob("*") if path.is_file()]
    assert any("/api/v1/loyalty/cards/{link_token}" in path.read_text() for path in logs)
    return [path.name for path in logs if words in path.read_text()]


def test_a_new_member_has_the_link_at_once_and_the_bonus_comes_with_the_first_purchase(platform, until):
    shop = platform.open_shop(welcome_bonus_points=50)
    page = platform.http.get(f"{PUBLIC}/programs/{shop.slug}").json()
    address = f"ana-{shop.slug}@punchcard.example"

    joined = _join(platform, shop, email=address)
    again = _join(platform, shop, email=address.upper())

    assert (page["enrollment_open"], page["welcome_bonus_points"]) == (True, 50)
    assert (joined.status_code, again.status_code) == (201, 202)
    assert again.json() == {"message": "Si c’est bien vous, un lien est en route."}
    until(lambda: len(_letters_to(platform.stack, address)) == 1, within_s=10)
    found = platform.made(platform.post(shop.key, f"{VENDOR}/cards/lookup", {"email": address}))
    assert found["points_balance"] == 0
    earned = shop.move(
        "points/earn", {"card_id": found["id"], "purchase_amount_cents": 1000, "currency": "EUR"}
    )
    assert (earned["points_earned"], earned["points_balance"]) == (100, 150)

    token = joined.json()["card_url"].rpartition("/")[2]
    own = platform.http.get(f"{PUBLIC}/cards/{token}")
    assert (own.status_code, own.json()["points_balance"]) == (200, 150)
    assert own.headers["referrer-policy"] == "no-referrer"
    page = platform.http.get(f"{PUBLIC}/cards/{token}/transactions", params={"limit": 2}).json()
    rest = platform.http.get(
        f"{PUBLIC}/cards/{token}/transactions", params={"cursor": page["next_cursor"]}
    ).json()
    rows = [
        (row["type"], row["points_delta"], row["points_balance_after"], row["store_name"])
        for row in page["items"] + rest["items"]
    ]
    assert rows[0] == ("points_earned", 100, 150, "Store 01")
    assert rows[1][:3] == ("welcome_bonus", 50, 50)
    assert rows[2] == ("card_created", 0, 0, None)
    assert rest["next_cursor"] is None
    assert not _logged(platform.stack, token)


def test_a_letter_confirms_and_shows_a_link_of_the_card(platform, until):
    shop = platform.open_shop()
    path = f"{ADMIN}/merchants/{shop.merchant['id']}/settings"
    etag = platform.get(platform.admin, path).headers["etag"]
    headers = {"authorization": f"Bearer {platform.admin}", "if-match": etag}
    platform.made(platform.http.patch(path, json={"enrollment_confirmation": "email"}, headers=headers))
    until(lambda: _join(platform, shop, phone="621123456").status_code == 422, within_s=10)
    address = f"ben-{shop.slug}@punchcard.example"

    assert _join(platform, shop, email=address).status_code == 202

    until(lambda: _letters_to(platform.stack, address), within_s=10)
    (letter,) = _letters_to(platform.stack, address)
    assert letter["Subject"] == "Votre carte chez Café Um Eck"
    (token,) = re.findall(r"/c/([\w-]{43})\n", letter.get_content())
    until(
        lambda: platform.rows("cards", "SELECT FROM letters WHERE recipient = %s", address) == [], within_s=10
    )
    until(lambda: platform.http.get(f"{PUBLIC}/cards/{token}").status_code == 200, within_s=10)
    assert not _logged(platform.stack, token)

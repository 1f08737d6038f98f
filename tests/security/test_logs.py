"""What people and tills entrust to the platform is in none of its logs."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import httpx

VENDOR = "/api/v1/vendor/loyalty"
PIN, WRONG_PIN = "73920518", "60482917"
FIRST_NAME, LAST_NAME, NOTES = "Xaverolinde", "Brockmöhler", "asked for rye bread, quillomar"
PASSWORD = "an orchard of wuthering kestrels"


async def _enrol_at_once(shop, member, times):
    headers = {"authorization": f"Bearer {shop.key}"}
    async with httpx.AsyncClient(base_url=shop.stack.gateway_url, headers=headers, timeout=30) as http:
        asked = (
            http.post(f"{VENDOR}/cards", json=member, headers={"idempotency-key": str(uuid4())})
            for _ in range(times)
        )
        return await asyncio.gather(*asked)


def test_no_pin_key_token_address_or_name_is_logged(platform, until):
    shop = platform.open_shop(require_staff_pin=True)
    email, phone = f"xaverolinde-{shop.slug}@punchcard.example", "+352621987654"
    member = {"first_name": FIRST_NAME, "last_name": LAST_NAME, "email": email, "phone": phone}
    shop.hire("77", PIN)

    # Enrolled many times at once, so that the database has to say who was second.
    enrolled = asyncio.run(_enrol_at_once(shop, member, 8))
    cards = {platform.made(answer)["card"]["id"] for answer in enrolled}
    assert len(cards) == 1
    card_url = next(url for answer in enrolled if (url := answer.json()["card_url"]))
    card = cards.pop()
    session = shop.move("staff-sessions", {"staff_code": "77", "pin": PIN})["staff_session"]

    # Once as it should be, and in all the ways that end in a problem.
    shop.move("stamp", {"card_id": card, "staff": {"code": "77", "pin": PIN}, "notes": NOTES})
    shop.ask("stamp", {"card_id": card, "staff": {"code": "77", "pin": WRONG_PIN}})
    shop.ask("stamp", {"card_id": card, "staff": {"code": "77", "pin": PIN, "name": FIRST_NAME}})
    shop.ask("stamp", {"card_id": card, "staff_session": session + "x", "notes": NOTES + "\x00"})
    shop.ask("cards/lookup", {"email": email})
    shop.ask("cards/lookup", {"phone": phone})
    shop.ask("cards", {**member, "email": [email]})
    shop.ask("cards", {**member, "phone": f"{phone}x"})
    platform.get(shop.key, f"{VENDOR}/cards?search={email}")
    platform.get(shop.owner, f"{VENDOR}/cards?search={FIRST_NAME}&cursor={email}")
    platform.get(shop.key + "x", f"{VENDOR}/program")
    platform.http.post("/api/v1/auth/token", json={"email": email, "password": PASSWORD})
    platform.http.post("/api/v1/auth/token", json={"email": email, "password": {"is": PASSWORD}})
    platform.http.post("/api/v1/auth/refresh", json={"refresh_token": shop.sign_in["refresh_token"]})
    platform.http.get(f"/{card_url.split('/', 3)[3]}")

    planted = {
        "PIN": PIN,
        "wrong PIN": WRONG_PIN,
        "first name": FIRST_NAME,
        "last name": "Quarchm",
        "notes": "vexlomir",
        "password": "kestrels",
        "e-mail": email,
        "phone": phone.removeprefix("+"),
        "API key": shop.key.rsplit("_", 1)[1],
        "staff session": session.rsplit(".", 1)[1],
        "access token": shop.owner.rsplit(".", 1)[1],
        "refresh token": shop.sign_in["refresh_token"][-30:],
        "link token": card_url.rsplit("/", 1)[1],
    }
    logs = sorted(platform.stack.home.logs.glob("*.log"))
    assert {"gateway", "ledger", "auth-pins", "cards"} <= {log.stem for log in logs}
    # Lines are written many at a time; without them this run would show nothing.
    gateway_log = platform.stack.home.logs / "gateway.log"
    until(lambda: shop.till["id"] in gateway_log.read_text(), within_s=10)
    found = [
        (log.name, what, line[:300])
        for log in logs
        for line in log.read_text(errors="replace").splitlines()
        for what, text in planted.items()
        if text.lower() in line.lower()
    ]
    assert found == []

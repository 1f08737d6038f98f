"""Tokens of other issuers at the door: auth-pins says whose they are, the gateway who is still let in."""

from __future__ import annotations

import asyncio
import base64
import time
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.edge import exchange
from gateway.edge.exchange import PATH, is_of_other_issuer
from kit.ids import now

from .conftest import VENDOR

NESTED = base64.urlsafe_b64encode(b"[" * 6000).decode()
ISSUER = "https://login.example/realms/shop"


def token(**claims: Any) -> str:
    """Whoever signed it: the gateway does not look."""
    body = {"iss": ISSUER, "sub": "anna", "jti": str(uuid4()), **claims}
    return jwt.encode(body, Ed25519PrivateKey.generate(), "EdDSA")


def says(house: Any, *answers: Any) -> None:
    """What auth-pins answers: an exchange for this user, or a status."""
    found = [(200, a, {}) if isinstance(a, dict) else (a, {}, {}) for a in answers]
    house.auth_pins.answer("POST", PATH, *found)


def exchanged(user: Any, **more: Any) -> dict[str, Any]:
    at = time.time()
    return {"user_id": str(user.id), "session_id": str(uuid4()), "issued_at": at, "ends_at": at + 600, **more}


async def status(house: Any, text: str) -> int:
    async with house.calls(authorization=f"Bearer {text}") as http:
        return int((await http.get(f"{VENDOR}/program")).status_code)


def asked(house: Any) -> list[str]:
    return [seen.json()["token"] for seen in house.auth_pins.asked if seen.path == PATH]


async def test_a_token_of_another_issuer_opens_what_its_users_role_opens(house):
    says(house, exchanged(house.owner))
    theirs = token()

    found = [await status(house, theirs) for _ in range(3)]

    caller = house.caller_of(house.programs.asked[-1])
    assert found == [200] * 3
    assert (caller.role, caller.user_id, caller.merchant_id) == ("owner", house.owner.id, house.merchant.id)
    assert asked(house) == [theirs], "once for its whole life"


async def test_what_auth_pins_refuses_is_unauthenticated_and_asked_again_only_later(house, monkeypatch):
    says(house, 404, exchanged(house.owner))
    theirs = token()

    found = [await status(house, theirs) for _ in range(3)]
    monkeypatch.setattr(exchange, "REFUSED_S", 0.0)

    assert found == [401] * 3
    assert len(asked(house)) == 1


async def test_a_user_who_was_switched_off_is_refused_though_the_token_was_good(house):
    says(house, exchanged(house.owner))
    theirs = token()
    assert await status(house, theirs) == 200

    await house.hear(house.owner.model_copy(update={"is_active": False, "version": 2}))

    assert await status(house, theirs) == 401


async def test_another_role_told_since_counts_for_older_tokens(house):
    says(house, exchanged(house.owner))
    theirs = token()
    assert await status(house, theirs) == 200

    await house.hear(house.owner.model_copy(update={"role": "manager", "version": 2}))
    await status(house, theirs)

    assert house.caller_of(house.programs.asked[-1]).role == "manager"


async def test_a_deleted_merchants_user_is_refused(house):
    says(house, exchanged(house.owner))
    theirs = token()
    assert await status(house, theirs) == 200

    await house.hear(house.merchant.model_copy(update={"deleted_at": now(), "version": 2}))

    assert await status(house, theirs) == 401


async def test_while_auth_pins_is_away_known_tokens_go_on_and_new_ones_are_503(house, monkeypatch):
    monkeypatch.setattr(exchange, "FRESH_S", 0.0)
    says(house, exchanged(house.owner), 503)
    theirs = token()
    assert await status(house, theirs) == 200
    await house.hear(house.owner.model_copy(update={"version": 2}))  # what was remembered is looked at anew

    assert await status(house, theirs) == 200
    assert await status(house, token()) == 503


async def test_a_token_ends_when_it_says_so_whoever_is_away(house, monkeypatch):
    monkeypatch.setattr(exchange, "FRESH_S", 0.0)
    says(house, exchanged(house.owner, ends_at=time.time() + 0.5), 503)
    theirs = token()
    assert await status(house, theirs) == 200

    await asyncio.sleep(0.6)

    assert await status(house, theirs) == 401


@pytest.mark.parametrize("issuer", ["auth-pins", "gateway", None, 7, "login.example"])
async def test_auth_pins_is_not_asked_about_what_no_issuer_gave(house, issuer):
    claims = {"iss": issuer} if isinstance(issuer, str) else {}
    body = {"sub": "anna", **claims}

    assert await status(house, jwt.encode(body, Ed25519PrivateKey.generate(), "EdDSA")) == 401
    assert asked(house) == []


@pytest.mark.parametrize(
    "text", ["", "a.b.c", "x" * 20_000, "[" * 9000, "e30.e30.", f"{NESTED}.e30.x", f"e30.{NESTED}.x"]
)
def test_what_is_no_token_is_of_no_issuer(text):
    assert not is_of_other_issuer(text)


def test_a_token_that_is_too_long_is_of_no_issuer():
    assert is_of_other_issuer(token())
    assert not is_of_other_issuer(token(more="x" * 20_000))

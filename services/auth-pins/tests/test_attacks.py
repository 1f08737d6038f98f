"""Tokens that somebody made up, bent, or took to the wrong door."""

from __future__ import annotations

import base64
import hmac
import json
import time
from typing import Any
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from contracts.problem import StaffApprovalExpired, StaffApprovalInvalid
from kit.identity import INTERNAL, STAFF_SESSION, USER, StaffSession, StaffSessions, Verifier
from kit.ids import uuid7
from kit.testing import client

from .conftest import AUTH, VENDOR, code_of


def part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def claims_of(audience: str, **more: Any) -> dict[str, Any]:
    """The claims of a good token of this audience."""
    at = time.time()
    ids = {name: str(uuid7()) for name in ("sub", "sid", "jti", "merchant_id", "store_id", "terminal_id")}
    common = {"aud": audience, "iat": at, "exp": at + 900, "role": "owner", "name": "Anna", **ids}
    return {**common, "iss": "auth-pins", **more}


def unsigned(claims: dict[str, Any], kid: str) -> str:
    return f"{part({'alg': 'none', 'typ': 'JWT', 'kid': kid})}.{part(claims)}."


def signed_with_the_public_key(claims: dict[str, Any], kid: str, public: Any) -> str:
    """HS256 with the Ed25519 public key as the secret, made by hand: the library refuses to."""
    secret = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    text = f"{part({'alg': 'HS256', 'typ': 'JWT', 'kid': kid})}.{part(claims)}"
    mac = hmac.digest(secret, text.encode(), "sha256")
    return f"{text}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def forgeries(house: Any, audience: str) -> dict[str, str]:
    """What must never be taken for a token of this audience."""
    signer = house.desk.signer
    claims = claims_of(audience)
    stranger = Ed25519PrivateKey.generate()
    good = signer.sign(claims)
    head, body, signature = good.split(".")
    bent = part({**claims, "role": "admin"})
    other = INTERNAL if audience != INTERNAL else USER
    return {
        "no signature": unsigned(claims, signer.kid),
        "signature cut off": f"{head}.{body}.",
        "the public key as a secret": signed_with_the_public_key(claims, signer.kid, signer.public_key),
        "claims changed": f"{head}.{bent}.{signature}",
        "another audience": signer.sign({**claims, "aud": other}),
        "no audience": signer.sign({name: value for name, value in claims.items() if name != "aud"}),
        "no end": signer.sign({name: value for name, value in claims.items() if name != "exp"}),
        "expired": signer.sign({**claims, "iat": time.time() - 1000, "exp": time.time() - 100}),
        "a stranger's key under our kid": jwt.encode(claims, stranger, "EdDSA", {"kid": signer.kid}),
        "an unknown kid": jwt.encode(claims, stranger, "EdDSA", {"kid": "auth-pins-0000000000000000"}),
        "no kid": jwt.encode(claims, stranger, "EdDSA"),
        "another service's key": house.keys.signer("wallet").sign(claims),
        "nonsense": "a.b.c",
    }


@pytest.mark.parametrize("audience", [USER, STAFF_SESSION])
async def test_no_forged_token_is_taken(house, audience):
    verifier = Verifier(house.service.trusted, audience, "auth-pins")
    assert verifier.claims(house.desk.signer.sign(claims_of(audience)))

    for name, token in forgeries(house, audience).items():
        try:
            verifier.claims(token)
        except jwt.InvalidTokenError:
            continue
        pytest.fail(f"{name} was taken")


async def test_no_forged_internal_token_opens_a_door(house):
    for name, token in forgeries(house, INTERNAL).items():
        if name == "another service's key":
            continue
        async with client(house.service.app, {"authorization": f"Bearer {token}"}) as attacker:
            answer = await attacker.get(f"{VENDOR}/pins")
        assert (answer.status_code, code_of(answer)) == (401, "unauthenticated"), name


async def test_a_users_or_a_staff_members_token_is_no_internal_one(house, till):
    await house.new_user()
    await house.new_staff()
    tokens = [
        (await house.sign_in()).json()["access_token"],
        (await till.enter()).json()["staff_session"],
    ]

    for token in tokens:
        async with client(house.service.app, {"authorization": f"Bearer {token}"}) as attacker:
            assert code_of(await attacker.get(f"{VENDOR}/pins")) == "unauthenticated"
    async with client(house.service.app) as nobody:
        assert code_of(await nobody.post(f"{AUTH}/token", json={})) == "unauthenticated"


async def test_an_access_token_and_a_staff_session_are_not_taken_for_each_other(house, till):
    await house.new_user()
    await house.new_staff()
    access = (await house.sign_in()).json()["access_token"]
    session = (await till.enter()).json()["staff_session"]

    with pytest.raises(StaffApprovalInvalid):
        StaffSessions(house.service.trusted).of(access)
    with pytest.raises(jwt.InvalidTokenError):
        Verifier(house.service.trusted, USER).claims(session)


async def test_a_staff_session_that_is_over_says_so(house):
    at = time.time() - 1000
    ids = [uuid7() for _ in range(5)]
    token = house.desk.tokens.staff_session(StaffSession(*ids, "Anna", "staff", at, at + 900))

    with pytest.raises(StaffApprovalExpired):
        StaffSessions(house.service.trusted).of(token)


async def test_who_the_caller_is_comes_from_the_credential_never_from_a_field(house, till):
    member = await house.new_staff(store_id=str(house.stores[1].id))

    answer = await till.http.post(
        f"{VENDOR}/staff-sessions",
        json={"staff_code": "07", "pin": "482913"},
        params={"store_id": str(house.stores[1].id), "merchant_id": str(house.merchant.id)},
        headers={"x-store-id": str(house.stores[1].id)},
    )

    assert UUID(member["id"])
    assert code_of(answer) == "staff-approval-invalid"


async def test_secrets_are_in_no_log_line_and_no_problem(house, till, capsys, caplog):
    await house.new_staff()
    await house.new_user()
    pair = (await house.sign_in()).json()
    session = (await till.enter()).json()["staff_session"]
    secrets = ["482913", "482914", "seven quiet otters", pair["refresh_token"], pair["access_token"], session]
    secrets += [till.api_key.rsplit("_", 1)[1], "anna@example.com", "Anna"]

    refused = [
        await till.enter(pin="482914"),
        await house.sign_in(password="seven quiet otter"),
        await till.http.post(f"{VENDOR}/staff-sessions", json={"staff_code": "07", "pin": "482914", "x": 1}),
        await house.admin.get(
            "/api/v1/admin/loyalty/users", params={"search": "anna@example.com", "limit": 0}
        ),
    ]
    house.service.lines.flush()
    said = capsys.readouterr().out + caplog.text + "".join(answer.text for answer in refused)

    assert "/api/v1/vendor/loyalty/staff-sessions" in said
    assert [secret for secret in secrets if secret in said] == []

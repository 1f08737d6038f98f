"""Who is calling: tokens of the gateway and of services, staff sessions, keys that are trusted."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contracts.problem import Forbidden, StaffApprovalExpired, StaffApprovalInvalid, Unauthenticated
from kit import identity
from kit.identity import (
    INTERNAL,
    STAFF_SESSION,
    Caller,
    Callers,
    Signer,
    StaffSessions,
    TrustedKeys,
    Verifier,
    key_from_x,
    key_id,
    public_x,
)
from kit.ids import uuid7
from kit.testing import Keys

TILL = Caller("terminal", uuid7(), uuid7(), uuid7())


@pytest.fixture
def trusted(keys: Keys) -> TrustedKeys:
    return TrustedKeys(keys.trusted_file)


def session_claims(**changed: Any) -> dict[str, Any]:
    ids = {name: str(uuid7()) for name in ("jti", "sub", "merchant_id", "store_id", "terminal_id")}
    claims = {**ids, "aud": STAFF_SESSION, "name": "Robin", "role": "staff", "exp": time.time() + 900}
    return {**claims, **changed}


def test_the_gateway_speaks_for_any_caller(keys: Keys, trusted: TrustedKeys):
    header = keys.bearer(TILL)["authorization"]

    assert Callers(trusted).of(header) == TILL


def test_a_service_speaks_for_itself(keys: Keys, trusted: TrustedKeys):
    token = keys.signer("ledger").internal()

    assert Callers(trusted).of(f"Bearer {token}") == Caller("service", service="ledger")


@pytest.mark.parametrize(
    "caller", [TILL, Caller("service", service="gateway"), Caller("admin", service="wallet")]
)
def test_a_service_speaks_for_nobody_else(keys: Keys, trusted: TrustedKeys, caller: Caller):
    token = keys.signer("wallet").internal(caller)

    with pytest.raises(Unauthenticated):
        Callers(trusted).of(f"Bearer {token}")


@pytest.mark.parametrize(
    "header", [None, "", "Basic abc", "Bearer", "Bearer ", "Bearer a.b.c", "Bearer é.é.é"]
)
def test_no_token_or_none_at_all_is_unauthenticated(trusted: TrustedKeys, header: str | None):
    with pytest.raises(Unauthenticated):
        Callers(trusted).of(header)


def test_a_token_signed_by_a_stranger_is_refused(tmp_path: Path, trusted: TrustedKeys):
    (tmp_path / "elsewhere").mkdir()
    strangers = Keys(tmp_path / "elsewhere")

    with pytest.raises(Unauthenticated):
        Callers(trusted).of(strangers.bearer(TILL)["authorization"])


def test_a_service_cannot_sign_under_the_name_of_another(keys: Keys, trusted: TrustedKeys):
    token = keys.signer("wallet").sign(
        {"iss": "gateway", "aud": INTERNAL, "role": "admin", "exp": time.time() + 60}
    )

    with pytest.raises(Unauthenticated):
        Callers(trusted).of(f"Bearer {token}")


def test_a_token_without_a_signature_is_refused(keys: Keys, trusted: TrustedKeys):
    kid = keys.signer("gateway").kid
    claims = {"iss": "gateway", "iat": time.time(), "aud": INTERNAL, "role": "admin", "exp": time.time() + 60}
    token = jwt.encode(claims, None, algorithm="none", headers={"kid": kid})

    with pytest.raises(Unauthenticated):
        Callers(trusted).of(f"Bearer {token}")


def test_a_staff_session_is_no_internal_token(keys: Keys, trusted: TrustedKeys):
    token = keys.signer("gateway").sign(session_claims())

    with pytest.raises(Unauthenticated):
        Callers(trusted).of(f"Bearer {token}")


def test_a_verified_token_is_kept_but_never_beyond_its_end(
    keys: Keys, trusted: TrustedKeys, monkeypatch: pytest.MonkeyPatch
):
    verifier = Verifier(trusted, INTERNAL)
    token = keys.signer("gateway").internal(TILL)
    assert verifier.claims(token) is verifier.claims(token)

    an_hour_later = time.time() + 3600
    monkeypatch.setattr(identity.time, "time", lambda: an_hour_later)
    monkeypatch.setattr(verifier, "_verify", lambda token: pytest.fail("verified again"))

    with pytest.raises(pytest.fail.Exception):
        verifier.claims(token)


def test_what_is_kept_of_verified_tokens_is_bounded(
    keys: Keys, trusted: TrustedKeys, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(identity, "VERIFIED_KEPT", 3)
    verifier = Verifier(trusted, INTERNAL)
    signer = keys.signer("gateway")

    for _ in range(10):
        verifier.claims(signer.internal(Caller("owner", uuid7(), user_id=uuid7())))

    assert len(verifier._kept) <= 3
    assert len(signer._kept) <= 3


def test_a_token_is_made_for_two_minutes_and_renewed_after_one(keys: Keys, monkeypatch: pytest.MonkeyPatch):
    signer = keys.signer("gateway")
    first = signer.internal(TILL)
    began = time.time()
    claims = jwt.decode(first, options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == pytest.approx(120, abs=1)

    monkeypatch.setattr(identity.time, "time", lambda: began + 59)
    assert signer.internal(TILL) == first

    monkeypatch.setattr(identity.time, "time", lambda: began + 61)
    assert signer.internal(TILL) != first


def test_a_new_key_is_trusted_as_soon_as_the_file_names_it(keys: Keys, trusted: TrustedKeys):
    key = Ed25519PrivateKey.generate().public_key()
    kid = key_id("gateway", key)
    assert trusted(kid) is None

    rows = json.loads(keys.trusted_file.read_text())["keys"]
    keys.trusted_file.write_text(json.dumps({"keys": [*rows, {"kid": kid, "x": public_x(key)}]}))
    os.utime(keys.trusted_file, (time.time() + 5, time.time() + 5))

    assert trusted(kid) == key


def test_a_key_is_read_back_from_its_jwk():
    key = Ed25519PrivateKey.generate().public_key()

    assert key_from_x(public_x(key)) == key
    assert "=" not in public_x(key)


def test_a_key_of_another_kind_is_refused_at_start(tmp_path: Path):
    (tmp_path / "key.pem").write_text("no key at all")

    with pytest.raises(ValueError, match="PEM"):
        Signer("cards", tmp_path / "key.pem")


# -- staff sessions


def test_a_staff_session_tells_who_approved_and_where(keys: Keys, trusted: TrustedKeys):
    claims = session_claims()

    session = StaffSessions(trusted).of(keys.signer("auth-pins").sign(claims))

    assert (str(session.staff_id), str(session.terminal_id)) == (claims["sub"], claims["terminal_id"])
    assert session.expires_at == claims["exp"]


def test_a_session_that_is_over_is_expired(keys: Keys, trusted: TrustedKeys):
    token = keys.signer("auth-pins").sign(session_claims(exp=time.time() - 10))

    with pytest.raises(StaffApprovalExpired):
        StaffSessions(trusted).of(token)


def test_one_that_ended_in_the_last_day_is_read_where_that_is_asked_for(keys: Keys, trusted: TrustedKeys):
    sessions, sign = StaffSessions(trusted), keys.signer("auth-pins").sign
    ended = session_claims(exp=time.time() - 86_000)

    assert sessions.of(sign(ended), also_ended=True).expires_at == ended["exp"]
    with pytest.raises(StaffApprovalExpired):
        sessions.of(sign(session_claims(exp=time.time() - 87_000)), also_ended=True)
    with pytest.raises(StaffApprovalExpired):
        sessions.of(sign(ended))


@pytest.mark.parametrize("issuer", ["gateway", "ledger"])
def test_only_auth_pins_makes_staff_sessions(keys: Keys, trusted: TrustedKeys, issuer: str):
    with pytest.raises(StaffApprovalInvalid):
        StaffSessions(trusted).of(keys.signer(issuer).sign(session_claims()))


@pytest.mark.parametrize("change", [{"sub": "nobody"}, {"jti": ""}, {"aud": INTERNAL}])
def test_a_session_that_is_not_whole_is_invalid(keys: Keys, trusted: TrustedKeys, change: dict[str, str]):
    with pytest.raises(StaffApprovalInvalid):
        StaffSessions(trusted).of(keys.signer("auth-pins").sign(session_claims(**change)))


def test_a_changed_session_is_invalid(keys: Keys, trusted: TrustedKeys):
    header, claims, signature = keys.signer("auth-pins").sign(session_claims()).split(".")

    with pytest.raises(StaffApprovalInvalid):
        StaffSessions(trusted).of(f"{header}.{claims[:-2]}AA.{signature}")


# -- callers


def test_a_caller_without_a_merchant_has_none():
    with pytest.raises(Forbidden):
        _ = Caller("admin", user_id=uuid7()).merchant


def test_a_log_line_names_a_caller_by_kind_and_id():
    assert TILL.name == f"terminal:{TILL.terminal_id}"
    assert Caller("service", service="ledger").name == "service:ledger"
    assert Caller("public").name == "public:-"

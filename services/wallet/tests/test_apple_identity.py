"""Apple's identity: what is told when its parts do not fit, and that openssl accepts what it signs."""

from __future__ import annotations

import datetime as dt
import subprocess
from pathlib import Path
from shutil import which

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from punchcard.embedded.wallet_identities import PASS_TYPE_ID, TEAM_ID, WalletIdentities
from wallet.apple.identity import AppleIdentity, IdentityExpired, IdentityProblem

FULL = {NameOID.USER_ID: "pass.example.cafe", NameOID.ORGANIZATIONAL_UNIT_NAME: "TEAM123456"}


@pytest.fixture(scope="module")
def key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


def key_pem(key: RSAPrivateKey | ec.EllipticCurvePrivateKey, password: bytes | None = None) -> str:
    locked = BestAvailableEncryption(password) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked).decode()


def certificate(
    key: RSAPrivateKey,
    subject: dict[x509.ObjectIdentifier, str],
    ends_in_days: float = 30,
    begins: float = -60,
) -> str:
    """One that signed itself: it is its own intermediate."""
    name = x509.Name([x509.NameAttribute(oid, value) for oid, value in subject.items()])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + dt.timedelta(days=begins))
        .not_valid_after(now + dt.timedelta(days=ends_in_days))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(Encoding.PEM).decode()


def of(identities: WalletIdentities) -> AppleIdentity:
    return AppleIdentity.read(
        identities.pass_certificate.read_text(),
        identities.pass_key.read_text(),
        identities.authority.read_text(),
    )


def test_an_identity_names_its_pass_type_and_team_and_says_that_apple_did_not_issue_it(
    identities: WalletIdentities,
):
    identity = of(identities)

    assert (identity.pass_type_id, identity.team_id) == (PASS_TYPE_ID, TEAM_ID)
    assert identity.self_signed_mode
    assert identity.not_after > dt.datetime.now(dt.UTC)


def test_a_certificate_that_apple_issued_is_not_self_signed(key: RSAPrivateKey):
    pem = certificate(key, {**FULL, NameOID.ORGANIZATION_NAME: "Apple Inc."})

    assert not AppleIdentity.read(pem, key_pem(key), pem).self_signed_mode


def test_the_key_of_another_certificate_is_refused(identities: WalletIdentities):
    with pytest.raises(IdentityProblem, match="not the key of the pass certificate"):
        AppleIdentity.read(
            identities.pass_certificate.read_text(),
            identities.push_key.read_text(),
            identities.authority.read_text(),
        )


def test_an_intermediate_that_did_not_issue_the_certificate_is_refused(
    identities: WalletIdentities, key: RSAPrivateKey
):
    with pytest.raises(IdentityProblem, match="did not issue"):
        AppleIdentity.read(
            identities.pass_certificate.read_text(), identities.pass_key.read_text(), certificate(key, FULL)
        )


@pytest.mark.parametrize(
    ("missing", "said"), [(NameOID.USER_ID, "UID"), (NameOID.ORGANIZATIONAL_UNIT_NAME, "OU")]
)
def test_a_subject_without_pass_type_or_team_is_refused(
    key: RSAPrivateKey, missing: x509.ObjectIdentifier, said: str
):
    pem = certificate(key, {oid: value for oid, value in FULL.items() if oid != missing})

    with pytest.raises(IdentityProblem, match=said):
        AppleIdentity.read(pem, key_pem(key), pem)


@pytest.mark.parametrize(("begins", "ends", "said"), [(-60, -1, "expired on"), (2, 60, "not valid before")])
def test_a_certificate_out_of_its_time_is_refused_as_expired(
    key: RSAPrivateKey, begins: float, ends: float, said: str
):
    pem = certificate(key, FULL, ends, begins)

    with pytest.raises(IdentityExpired, match=said):
        AppleIdentity.read(pem, key_pem(key), pem)


def test_a_key_that_cannot_be_used_is_told_in_words_without_the_key(key: RSAPrivateKey):
    pem = certificate(key, FULL)
    bad = {
        "has a password": key_pem(key, b"secret"),
        "no PEM private key": "-----BEGIN PRIVATE KEY-----\nxxxx\n-----END PRIVATE KEY-----",
        "no RSA key": key_pem(ec.generate_private_key(ec.SECP256R1())),
    }
    for said, text in bad.items():
        with pytest.raises(IdentityProblem, match=said) as problem:
            AppleIdentity.read(pem, text, pem)
        assert "BEGIN" not in str(problem.value)


def test_what_is_no_certificate_is_named(key: RSAPrivateKey):
    with pytest.raises(IdentityProblem, match="the pass certificate is no PEM"):
        AppleIdentity.read("hello", key_pem(key), certificate(key, FULL))


@pytest.mark.skipif(which("openssl") is None, reason="no openssl on this machine")
@pytest.mark.parametrize("command", [["smime"], ["cms", "-binary"]])
def test_openssl_accepts_a_signature_over_a_manifest_of_many_lines(
    identities: WalletIdentities, tmp_path: Path, command: list[str]
):
    manifest = b'{\n "a": "1",\r\n "b": "2"\n}\n'
    (tmp_path / "manifest.json").write_bytes(manifest)
    (tmp_path / "signature").write_bytes(of(identities).sign(manifest))

    name, *options = command
    options += ["-inform", "DER", "-in", "signature", "-content", "manifest.json"]
    done = subprocess.run(
        ["openssl", name, "-verify", *options, "-CAfile", str(identities.authority), "-purpose", "any"],
        cwd=tmp_path,
        capture_output=True,
    )

    assert done.returncode == 0, done.stderr

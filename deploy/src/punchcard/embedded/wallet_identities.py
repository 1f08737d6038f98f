"""Identities for a platform without real ones: an authority, a pass certificate, a service account.

Phones accept no pass that they sign; everything else is as with real ones.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PASS_TYPE_ID, TEAM_ID = "pass.example.punchcard.test", "PUNCHTEST1"
GOOGLE_ISSUER_ID = "3388000000000000001"
SERVICE_ACCOUNT = "punchcard@test.iam.gserviceaccount.example"
VALID = dt.timedelta(days=395)

_NAMES = (
    "apple-authority.pem",
    "apple-pass.pem",
    "apple-pass.key.pem",
    "apple-push.pem",
    "apple-push.key.pem",
    "google-account.json",
)


class WalletIdentities(NamedTuple):
    """Files. The authority (it stands in for WWDR) signed the pass's and the push server's certificate."""

    authority: Path
    pass_certificate: Path
    pass_key: Path
    push_certificate: Path
    push_key: Path
    google_account: Path

    @classmethod
    def ensure(cls, directory: Path) -> WalletIdentities:
        """Those in this directory; all are made anew when one is missing."""
        found = cls.found(directory)
        if found is None:
            found = cls(*(directory / name for name in _NAMES))
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            found._make_all()
        return found

    @classmethod
    def found(cls, directory: Path) -> WalletIdentities | None:
        """Those in this directory; None when one is missing."""
        files = cls(*(directory / name for name in _NAMES))
        return files if all(file.exists() for file in files) else None

    def _make_all(self) -> None:
        authority_key, authority = _authority()
        self.authority.write_bytes(_pem(authority))
        key, certificate = _signed(
            [
                (NameOID.USER_ID, PASS_TYPE_ID),
                (NameOID.COMMON_NAME, f"Pass Type ID: {PASS_TYPE_ID}"),
                (NameOID.ORGANIZATIONAL_UNIT_NAME, TEAM_ID),
                (NameOID.ORGANIZATION_NAME, "Punchcard test"),
            ],
            ExtendedKeyUsageOID.CLIENT_AUTH,
            authority_key,
            authority,
        )
        _write(self.pass_certificate, _pem(certificate))
        _write(self.pass_key, _key_pem(key))
        key, certificate = _signed(
            [(NameOID.COMMON_NAME, "localhost")], ExtendedKeyUsageOID.SERVER_AUTH, authority_key, authority
        )
        _write(self.push_certificate, _pem(certificate))
        _write(self.push_key, _key_pem(key))
        _write(self.google_account, json.dumps(_account(), indent=1).encode())


def _authority() -> tuple[RSAPrivateKey, x509.Certificate]:
    key = generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Punchcard test authority")])
    builder = _builder(name, name, key).add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
    return key, builder.sign(key, hashes.SHA256())


def _signed(
    subject: Sequence[tuple[x509.ObjectIdentifier, str]],
    purpose: x509.ObjectIdentifier,
    authority_key: RSAPrivateKey,
    authority: x509.Certificate,
) -> tuple[RSAPrivateKey, x509.Certificate]:
    key = generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(oid, value) for oid, value in subject])
    local = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    builder = (
        _builder(name, authority.subject, key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), False)
    )
    if purpose == ExtendedKeyUsageOID.SERVER_AUTH:
        builder = builder.add_extension(x509.SubjectAlternativeName(local), False)
    return key, builder.sign(authority_key, hashes.SHA256())


def _builder(subject: x509.Name, issuer: x509.Name, key: RSAPrivateKey) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + VALID)
    )


def _account() -> dict[str, str]:
    return {
        "type": "service_account",
        "project_id": "punchcard-test",
        "private_key_id": "test",
        "private_key": _key_pem(generate_private_key(65537, 2048)).decode(),
        "client_email": SERVICE_ACCOUNT,
        "token_uri": "https://oauth2.googleapis.com/token",
    }


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)

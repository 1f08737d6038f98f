"""Looks at the identities with Apple and Google, makes passes, and says in plain words what is wrong."""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import which
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import NameOID

from contracts.words import LANGUAGES
from wallet.apple.checker import faults_of
from wallet.apple.identity import AppleIdentity, IdentityProblem
from wallet.apple.sample import sample

WARN_BEFORE = timedelta(days=30)


class Finding(NamedTuple):
    """One thing that was looked at. `matters`: without it no phone takes a pass."""

    good: bool
    what: str
    words: str
    matters: bool = True


def apple(certificate: str | None, key: str | None, wwdr: str | None, base_url: str) -> Iterator[Finding]:
    """What there is to say of Apple's identity. Texts are PEM; None where a setting is missing."""
    missing = [
        name
        for name, text in (
            ("APPLE_PASS_CERTIFICATE", certificate),
            ("APPLE_PASS_KEY", key),
            ("APPLE_WWDR_CERTIFICATE", wwdr),
        )
        if not text
    ]
    if not (certificate and key and wwdr):
        partly = len(missing) < 3
        yield Finding(False, "Apple", f"not set up: {', '.join(missing)} missing", matters=partly)
        return
    try:
        identity = AppleIdentity.read(certificate, key, wwdr)
    except IdentityProblem as problem:
        yield Finding(False, "Apple's identity", str(problem))
        return
    yield Finding(True, "Apple's identity", f"pass type {identity.pass_type_id}, team {identity.team_id}")
    yield from _certificates(identity)
    yield _address(base_url)
    yield from _passes(identity, base_url)


def _certificates(identity: AppleIdentity) -> Iterator[Finding]:
    left = identity.not_after - datetime.now(UTC)
    until = f"valid until {identity.not_after:%Y-%m-%d}, {left.days} days"
    if left < WARN_BEFORE:
        yield Finding(False, "Certificate", f"{until}: renew it now (passes keep their type)", matters=False)
    else:
        yield Finding(True, "Certificate", until)
    if identity.self_signed_mode:
        yield Finding(
            False,
            "Issuer",
            "not Apple: it is for trying things out, phones refuse these passes",
            matters=False,
        )
        return
    generation = [
        str(one.value)
        for one in identity.wwdr.subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)
    ]
    words = f"Apple, intermediate {', '.join(generation) or 'without a generation'}"
    yield Finding("G4" in generation, "Issuer", f"{words}; pass certificates are issued by G4", matters=False)


def _address(base_url: str) -> Finding:
    if base_url.startswith("https://"):
        return Finding(True, "PUBLIC_BASE_URL", f"{base_url}: phones ask there for updates")
    words = f"{base_url} is not https: phones take the pass and never ask for updates"
    return Finding(False, "PUBLIC_BASE_URL", words, matters=False)


def _passes(identity: AppleIdentity, base_url: str) -> Iterator[Finding]:
    """One of each kind and language, looked over by our checker, and by openssl where there is one."""
    made = [
        (f"{kind}, {language}", asyncio.run(sample(identity, base_url, kind, language)))
        for kind in ("stamps", "points", "hybrid")
        for language in LANGUAGES
    ]
    faults = [f"{name}: {fault}" for name, content in made for fault in faults_of(content)]
    words = (
        "; ".join(faults[:5]) if faults else f"{len(made)} made and checked, in {len(LANGUAGES)} languages"
    )
    yield Finding(not faults, "Passes", words)
    if which("openssl") is None:
        yield Finding(True, "openssl", "not on this machine; our own checker has verified the signatures")
        return
    refused = [name for name, content in made if not _openssl_takes(content)]
    yield Finding(
        not refused, "openssl", f"refuses {', '.join(refused)}" if refused else "verifies each of them"
    )


def _openssl_takes(content: bytes) -> bool:
    with tempfile.TemporaryDirectory(prefix="punchcard-pass-") as folder:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for name in ("manifest.json", "signature"):
                (Path(folder) / name).write_bytes(packed.read(name))
        verify = ["-verify", "-inform", "DER", "-in", "signature", "-content", "manifest.json", "-noverify"]
        return all(
            subprocess.run(
                ["openssl", *command, *verify], cwd=folder, capture_output=True, timeout=20, check=False
            ).returncode
            == 0
            for command in (["smime"], ["cms", "-binary"])
        )


def google(issuer_id: str | None, service_account: str | None) -> Iterator[Finding]:
    """What there is to say of Google's identity without asking Google."""
    if not issuer_id or not service_account:
        yield Finding(
            False, "Google", "not set up: GOOGLE_ISSUER_ID and GOOGLE_SERVICE_ACCOUNT are needed", False
        )
        return
    try:
        account = json.loads(service_account)
        key = load_pem_private_key(str(account["private_key"]).encode(), None)
        mail = str(account["client_email"])
    except (ValueError, KeyError, TypeError):
        yield Finding(
            False, "Google's service account", "it is no service account's key as Google gives it (JSON)"
        )
        return
    if not isinstance(key, RSAPrivateKey):
        yield Finding(False, "Google's service account", "its key is no RSA key")
        return
    digits = issuer_id.isdecimal() and issuer_id.isascii()
    yield Finding(digits, "Google's issuer", issuer_id if digits else "an issuer's id is a number")
    yield Finding(True, "Google's service account", f"{mail}: it needs access in the Wallet console")

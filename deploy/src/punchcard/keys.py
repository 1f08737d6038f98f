"""The platform's secrets on one machine: made once, kept under <home>/keys, readable by their owner only."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kit.identity import key_id, public_x
from punchcard.services import SERVICE_NAMES

#: The signing keys of all services, for everyone who verifies.
TRUSTED_KEYS = "trusted-keys.json"
ADMIN_EMAIL = "admin@punchcard.example"


class Keys:
    """Each value is a file; asking for one that is not there makes it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def ensure(self) -> None:
        """Make whatever is missing, so that a start with files half made heals itself."""
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        for service in SERVICE_NAMES:
            self.signing_key(service)
            self.idempotency_secret(service)
            self.database_password(service, "owner")
            self.database_password(service, "app")
        self.pin_pepper()
        self.admin_password()
        self._write(TRUSTED_KEYS, json.dumps(self.jwks(), indent=1).encode())

    def signing_key(self, service: str) -> Path:
        """Its private Ed25519 key as PKCS 8 PEM."""
        path = self.directory / f"{service}.signing-key.pem"
        if not path.exists():
            self._write(path.name, private_pem(Ed25519PrivateKey.generate()))
        return path

    def trusted_keys(self) -> Path:
        return self.directory / TRUSTED_KEYS

    def idempotency_secret(self, service: str) -> Path:
        return self._secret(f"{service}.idempotency-secret")

    def database_password(self, service: str, role: str) -> Path:
        return self._secret(f"{service}.database-{role}")

    def pin_pepper(self) -> Path:
        return self._secret("pin-pepper")

    def admin_password(self) -> Path:
        return self._secret("admin-password", length_bytes=12)

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """The public keys of all services as a JWK set."""
        return {"keys": [_jwk(service, self.signing_key(service)) for service in SERVICE_NAMES]}

    def _secret(self, name: str, length_bytes: int = 32) -> Path:
        path = self.directory / name
        if not path.exists():
            self._write(name, secrets.token_hex(length_bytes).encode())
        return path

    def _write(self, name: str, content: bytes) -> None:
        """Whole or not at all, and never readable by others, not even for a moment."""
        fresh = self.directory / f".{name}.new"
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        fresh.replace(self.directory / name)


def private_pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _jwk(service: str, path: Path) -> dict[str, str]:
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(key, Ed25519PrivateKey), f"{path} holds another kind of key"
    public = key.public_key()
    row = {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA"}
    return row | {"kid": key_id(service, public), "x": public_x(public), "service": service}

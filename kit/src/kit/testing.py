"""For tests: keys of all services in a folder, tokens for any caller, a client of an application in here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from kit.identity import Caller, Signer, key_id, public_x

SERVICES = ("programs", "cards", "ledger", "auth-pins", "wallet", "gateway")


class Keys:
    """Fresh Ed25519 keys of every service, in files as the deploy step writes them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.trusted_file = folder / "trusted.json"
        rows = []
        for service in SERVICES:
            key = Ed25519PrivateKey.generate()
            pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            self.file(service).write_bytes(pem)
            public = key.public_key()
            row = {"kty": "OKP", "crv": "Ed25519", "kid": key_id(service, public), "x": public_x(public)}
            rows.append({**row, "service": service})
        self.trusted_file.write_text(json.dumps({"keys": rows}))

    def file(self, service: str) -> Path:
        return self.folder / f"{service}.pem"

    def signer(self, service: str) -> Signer:
        return Signer(service, self.file(service))

    def bearer(self, caller: Caller) -> dict[str, str]:
        """The header with which the gateway forwards this caller."""
        return {"authorization": f"Bearer {self.signer('gateway').internal(caller)}"}

    def settings(self, service: str, database_url: str, **more: Any) -> dict[str, Any]:
        """What `ServiceSettings.load(**…)` needs for this service, without a broker."""
        return {
            "database_url": database_url,
            "signing_key_file": self.file(service),
            "trusted_keys_file": self.trusted_file,
            "kafka_bootstrap": "127.0.0.1:1",
            **more,
        }


def client(app: Any, headers: dict[str, str] | None = None) -> httpx.AsyncClient:
    """Calls the ASGI application in this process; an exception in it is raised here."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service", headers=headers)

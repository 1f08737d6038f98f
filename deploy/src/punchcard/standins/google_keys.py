"""Google's side of callbacks: root and intermediate keys, and messages signed with them (ECv2SigningOnly)."""

from __future__ import annotations

import base64
import json
import secrets
import time
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SENDER, PROTOCOL = "GooglePayPasses", "ECv2SigningOnly"
_DAY_MS = 86_400_000

Event = Literal["save", "del"]


class CallbackKeys:
    """A root key and an intermediate one; `rotate` makes them anew."""

    def __init__(self) -> None:
        self.rotate()

    def rotate(self) -> None:
        self._root = ec.generate_private_key(ec.SECP256R1())
        self._intermediate = ec.generate_private_key(ec.SECP256R1())
        self.root_expires_ms = _now_ms() + 30 * _DAY_MS

    def published(self) -> dict[str, Any]:
        """What is found at the address of the root keys; one of another protocol is among them."""
        other = ec.generate_private_key(ec.SECP256R1())
        row = {"keyExpiration": str(self.root_expires_ms)}
        return {
            "keys": [
                {"keyValue": _public(other), "protocolVersion": "ECv1"},
                {"keyValue": _public(self._root), "protocolVersion": PROTOCOL, **row},
            ]
        }

    def signed(
        self,
        event: Event,
        class_id: str,
        object_id: str,
        *,
        recipient: str | None = None,
        expires_ms: int | None = None,
        key_expires_ms: int | None = None,
        nonce: str | None = None,
        **more: Any,
    ) -> dict[str, Any]:
        """A callback as Google sends it, to the issuer that the object is of."""
        message = json.dumps(
            {
                "classId": class_id,
                "objectId": object_id,
                "eventType": event,
                "expTimeMillis": expires_ms or _now_ms() + 3_600_000,
                "count": 1,
                "nonce": nonce or secrets.token_urlsafe(24),
                **more,
            }
        )
        signed_key = json.dumps(
            {
                "keyValue": _public(self._intermediate),
                "keyExpiration": str(key_expires_ms or _now_ms() + 7 * _DAY_MS),
            }
        )
        issuer = recipient or object_id.partition(".")[0]
        return {
            "protocolVersion": PROTOCOL,
            "signature": _sign(self._intermediate, SENDER, issuer, PROTOCOL, message),
            "intermediateSigningKey": {
                "signedKey": signed_key,
                "signatures": [_sign(self._root, SENDER, PROTOCOL, signed_key)],
            },
            "signedMessage": message,
        }


def _sign(key: ec.EllipticCurvePrivateKey, *parts: str) -> str:
    encoded = [part.encode() for part in parts]
    content = b"".join(len(part).to_bytes(4, "little") + part for part in encoded)
    return base64.b64encode(key.sign(content, ec.ECDSA(SHA256()))).decode()


def _public(key: ec.EllipticCurvePrivateKey) -> str:
    raw = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(raw).decode()


def _now_ms() -> int:
    return int(time.time() * 1000)

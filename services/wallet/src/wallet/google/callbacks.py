"""Google's signed notices that a pass was saved or deleted: `ECv2SigningOnly`, verified by our own code.

A root key of Google's signs an intermediate key, and that one the message. Every signed part is preceded by
its length in bytes, as four little-endian bytes. Members that we do not know are left alone.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

SENDER, PROTOCOL = "GooglePayPasses", "ECv2SigningOnly"
SIGNATURES_MAX, NONCE_MAX = 10, 1000

Event = Literal["save", "del"]


class Forged(Exception):
    """Not signed as it must be, or not whole."""


class UnknownRoot(Forged):
    """No root key that we know has signed it: there may be newer ones."""


class Stale(Exception):
    """The message, or a key that it depends on, is over."""


class RootKey(NamedTuple):
    """A key that Google published, until when."""

    key: EllipticCurvePublicKey
    expires_ms: int


@dataclass(frozen=True)
class Notice:
    """What a verified callback says."""

    event: Event
    class_id: str
    object_id: str
    expires_ms: int
    nonce: bytes


def read_roots(published: Any) -> list[RootKey]:
    """The root keys of our protocol in what Google publishes. ValueError when that is something else."""
    try:
        rows = published["keys"]
        return [
            RootKey(_public_key(row["keyValue"]), int(row["keyExpiration"]))
            for row in rows
            if row.get("protocolVersion") == PROTOCOL
        ]
    except (KeyError, TypeError, AttributeError, Forged) as error:
        raise ValueError("these are no root keys") from error


def verify(
    message: Mapping[str, Any], roots: Iterable[RootKey], issuers: Iterable[str], now_ms: int
) -> Notice:
    """The notice in a callback to one of these issuers. Forged, Stale."""
    if message.get("protocolVersion") != PROTOCOL:
        raise Forged
    intermediate = _intermediate(message, roots, now_ms)
    signed = _text(message, "signedMessage")
    parts = [[SENDER, issuer, PROTOCOL, signed] for issuer in issuers]
    if not any(_signed_by(intermediate, _text(message, "signature"), each) for each in parts):
        raise Forged
    notice = _notice(_json(signed))
    if notice.expires_ms <= now_ms:
        raise Stale
    return notice


def _intermediate(
    message: Mapping[str, Any], roots: Iterable[RootKey], now_ms: int
) -> EllipticCurvePublicKey:
    """The intermediate key, if a root key that is not over has signed it, and it is not over itself."""
    given = message.get("intermediateSigningKey")
    if not isinstance(given, Mapping):
        raise Forged
    signed, signatures = _text(given, "signedKey"), given.get("signatures")
    if not isinstance(signatures, Sequence) or not all(isinstance(one, str) for one in signatures):
        raise Forged
    parts = [SENDER, PROTOCOL, signed]
    signers = [
        root
        for root in roots
        if any(_signed_by(root.key, one, parts) for one in list(signatures)[:SIGNATURES_MAX])
    ]
    if not signers:
        raise UnknownRoot
    if all(root.expires_ms <= now_ms for root in signers):
        raise Stale
    key = _json(signed)
    if _whole(key, "keyExpiration") <= now_ms:
        raise Stale
    return _public_key(_text(key, "keyValue"))


def _notice(message: Mapping[str, Any]) -> Notice:
    event = message.get("eventType")
    if event not in ("save", "del"):
        raise Forged
    nonce = _text(message, "nonce")
    if not 0 < len(nonce) <= NONCE_MAX:
        raise Forged
    return Notice(
        event,
        _text(message, "classId"),
        _text(message, "objectId"),
        _whole(message, "expTimeMillis"),
        hashlib.sha256(nonce.encode()).digest(),
    )


def signed_content(parts: Iterable[str]) -> bytes:
    """What is signed: each part's length in bytes, and the part."""
    encoded = [part.encode() for part in parts]
    return b"".join(len(part).to_bytes(4, "little") + part for part in encoded)


def _signed_by(key: EllipticCurvePublicKey, signature: str, parts: Sequence[str]) -> bool:
    try:
        key.verify(base64.b64decode(signature, validate=True), signed_content(parts), ECDSA(SHA256()))
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def _public_key(value: str) -> EllipticCurvePublicKey:
    try:
        key = load_der_public_key(base64.b64decode(value, validate=True))
    except (binascii.Error, ValueError, TypeError):
        raise Forged from None
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise Forged
    return key


def _text(message: Mapping[str, Any], name: str) -> str:
    """One that can be written: no half of a sign (JSON may hold one), no NUL (no database has it)."""
    value = message.get(name)
    if not isinstance(value, str) or "\0" in value or _HALF.search(value):
        raise Forged
    return value


_HALF = re.compile("[\ud800-\udfff]")
#: More than any time in milliseconds has.
_DIGITS = 19


def _whole(message: Mapping[str, Any], name: str) -> int:
    """A number of milliseconds; Google writes some as text."""
    value = message.get(name)
    if isinstance(value, str) and len(value) <= _DIGITS and value.isascii() and value.isdecimal():
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**_DIGITS:
        return value
    raise Forged


def _json(text: str) -> Mapping[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise Forged from None
    if not isinstance(value, dict):
        raise Forged
    return value

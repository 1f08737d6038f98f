"""Reads and verifies the detached PKCS#7 signature of a pass: as much of that format as such a one has."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization.pkcs7 import load_der_pkcs7_certificates
from cryptography.x509 import Certificate

#: 1.2.840.113549.1.9.4 and .5, and 2.16.840.1.101.3.4.2.1 (SHA-256)
_DIGEST, _TIME = bytes.fromhex("2a864886f70d010904"), bytes.fromhex("2a864886f70d010905")
_SHA256 = bytes.fromhex("608648016503040201")
_UTC, _GENERALIZED = 0x17, 0x18
_SET, _CONTEXT_0 = 0x31, 0xA0
_LONGEST = 1 << 20


class SignatureProblem(Exception):
    """What is wrong with it, in words."""


class _Item(NamedTuple):
    tag: int
    content: bytes
    #: With tag and length.
    whole: bytes


@dataclass(frozen=True)
class Signature:
    """A signature by one signer, with the certificates that came along."""

    signer: Certificate
    certificates: tuple[Certificate, ...]
    signed_at: datetime | None
    _digest: bytes
    _attributes: bytes
    _value: bytes

    @classmethod
    def read(cls, der: bytes) -> Signature:
        """SignatureProblem when it can't be read."""
        try:
            certificates = tuple(load_der_pkcs7_certificates(der))
            return cls._of(_parts(der), certificates)
        except (ValueError, IndexError, StopIteration) as error:
            raise SignatureProblem("it is no detached PKCS#7 signature") from error

    @classmethod
    def _of(cls, parts: Sequence[_Item], certificates: tuple[Certificate, ...]) -> Signature:
        """From its one SignerInfo: version, issuer and number, digest, attributes, how, value."""
        _, named, digest, attributes, _, value = parts[:6]
        if attributes.tag != _CONTEXT_0:
            raise SignatureProblem("it has no signed attributes")
        if next(_items(digest.content)).content != _SHA256:
            raise SignatureProblem("it does not use SHA-256")
        issuer, number = _items(named.content)
        serial = int.from_bytes(number.content, "big", signed=True)
        signer = next(
            (
                one
                for one in certificates
                if one.serial_number == serial and one.issuer.public_bytes() == issuer.whole
            ),
            None,
        )
        if signer is None:
            raise SignatureProblem("the certificate of the signer is not in it")
        told = {oid.content: next(_items(values.content)) for oid, values in _pairs(attributes.content)}
        if _DIGEST not in told:
            raise SignatureProblem("it does not say what was signed")
        return cls(
            signer,
            certificates,
            _time(told.get(_TIME)),
            told[_DIGEST].content,
            attributes.whole,
            value.content,
        )

    @property
    def has_issuer(self) -> bool:
        """Whether the certificate that issued the signer's is in it."""
        return any(_issued(self.signer, one) for one in self.certificates if one != self.signer)

    def verify(self, content: bytes) -> None:
        """SignatureProblem unless it is this signer's over this content."""
        if hashlib.sha256(content).digest() != self._digest:
            raise SignatureProblem("it is over another manifest")
        key = self.signer.public_key()
        if not isinstance(key, RSAPublicKey):
            raise SignatureProblem("the signer's key is no RSA key")
        # What is signed are the attributes as a set of their own.
        attributes = bytes([_SET]) + self._attributes[1:]
        try:
            key.verify(self._value, attributes, PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            raise SignatureProblem("it was not made with the certificate's key") from None


def _parts(der: bytes) -> list[_Item]:
    """The fields of the one signer."""
    content_info = next(_items(der))
    _, explicit = _items(content_info.content)
    signed_data = list(_items(next(_items(explicit.content)).content))
    # version, digest algorithms, what is signed, [0] certificates, signers
    if len(list(_items(signed_data[2].content))) != 1:
        raise SignatureProblem("it holds what it signs: it is not detached")
    signers = list(_items(signed_data[-1].content))
    if len(signers) != 1:
        raise SignatureProblem("it has not exactly one signer")
    return list(_items(signers[0].content))


def _pairs(content: bytes) -> Iterator[tuple[_Item, _Item]]:
    for attribute in _items(content):
        oid, values = _items(attribute.content)
        yield oid, values


def _items(der: bytes) -> Iterator[_Item]:
    """The elements that stand one after another in this DER."""
    place = 0
    while place < len(der):
        length, start = der[place + 1], place + 2
        if length & 0x80:
            digits = length & 0x7F
            if not 1 <= digits <= 4:
                raise ValueError("a length that is none")
            length, start = int.from_bytes(der[start : start + digits], "big"), start + digits
        end = start + length
        if end > len(der) or length > _LONGEST:
            raise ValueError("longer than what is there")
        yield _Item(der[place], der[start:end], der[place:end])
        place = end


def _time(item: _Item | None) -> datetime | None:
    if item is None or item.tag not in (_UTC, _GENERALIZED):
        return None
    form = "%y%m%d%H%M%SZ" if item.tag == _UTC else "%Y%m%d%H%M%SZ"
    return datetime.strptime(item.content.decode("ascii"), form).replace(tzinfo=UTC)


def _issued(certificate: Certificate, by: Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(by)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True

"""Who signs Apple's passes: the pass certificate, its key, and the intermediate that issued it."""

from __future__ import annotations

from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder
from cryptography.x509.oid import NameOID

#: Without Binary line feeds of the manifest would be rewritten, and nothing verify.
_OPTIONS = [PKCS7Options.DetachedSignature, PKCS7Options.Binary]


class IdentityProblem(Exception):
    """What does not fit, in a sentence for whoever configures it. It holds nothing of a key."""


class IdentityExpired(IdentityProblem):
    """The certificates fit one another, but their time is over or has not come."""


class AppleIdentity:
    """A loaded identity. The key is loaded once: loading costs a hundred signatures."""

    def __init__(self, certificate: x509.Certificate, key: RSAPrivateKey, wwdr: x509.Certificate) -> None:
        self.pass_type_id = _subject(certificate, NameOID.USER_ID, "UID, the pass type identifier")
        self.team_id = _subject(certificate, NameOID.ORGANIZATIONAL_UNIT_NAME, "OU, the team identifier")
        self.not_after: datetime = certificate.not_valid_after_utc
        #: True where nobody at Apple issued the certificate: phones accept no such pass.
        self.self_signed_mode = "Apple Inc." not in _names(certificate.issuer, NameOID.ORGANIZATION_NAME)
        self.certificate, self.wwdr = certificate, wwdr
        self._key = key

    @classmethod
    def read(cls, certificate_pem: str, key_pem: str, wwdr_pem: str) -> AppleIdentity:
        """The identity of these PEM texts; IdentityProblem when they are not one, or not now."""
        certificate = _certificate(certificate_pem, "the pass certificate")
        wwdr = _certificate(wwdr_pem, "the intermediate (WWDR) certificate")
        key = _key(key_pem)
        if key.public_key() != certificate.public_key():
            raise IdentityProblem("the key is not the key of the pass certificate")
        _check_issuer(certificate, wwdr)
        identity = cls(certificate, key, wwdr)
        _check_time(certificate, "the pass certificate")
        _check_time(wwdr, "the intermediate (WWDR) certificate")
        return identity

    def sign(self, manifest: bytes) -> bytes:
        """The detached PKCS#7 signature (DER) of a manifest, with both certificates and the time in it."""
        builder = PKCS7SignatureBuilder().set_data(manifest)
        builder = builder.add_signer(self.certificate, self._key, hashes.SHA256())
        return builder.add_certificate(self.wwdr).sign(Encoding.DER, _OPTIONS)


def _certificate(pem: str, what: str) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(pem.encode())
    except ValueError:
        raise IdentityProblem(
            f"{what} is no PEM certificate (it begins -----BEGIN CERTIFICATE-----)"
        ) from None


def _key(pem: str) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except TypeError:
        raise IdentityProblem("the key has a password: give it without one") from None
    except ValueError:
        raise IdentityProblem("the key is no PEM private key") from None
    if not isinstance(key, RSAPrivateKey):
        raise IdentityProblem("the key is no RSA key, as those of pass certificates are")
    return key


def _check_issuer(certificate: x509.Certificate, wwdr: x509.Certificate) -> None:
    try:
        certificate.verify_directly_issued_by(wwdr)
    except Exception:  # noqa: BLE001 - whatever it says, it says that this is not the issuer
        raise IdentityProblem(
            "the intermediate did not issue the pass certificate:"
            " pass certificates need the WWDR intermediate of the generation that issued them (G4)"
        ) from None


def _check_time(certificate: x509.Certificate, what: str) -> None:
    now = datetime.now(UTC)
    if certificate.not_valid_after_utc <= now:
        raise IdentityExpired(f"{what} expired on {certificate.not_valid_after_utc:%Y-%m-%d}: renew it")
    if certificate.not_valid_before_utc > now:
        raise IdentityExpired(f"{what} is not valid before {certificate.not_valid_before_utc:%Y-%m-%d}")


def _subject(certificate: x509.Certificate, oid: x509.ObjectIdentifier, what: str) -> str:
    found = _names(certificate.subject, oid)
    if len(found) != 1:
        raise IdentityProblem(f"the pass certificate's subject has no {what}: it is no pass certificate")
    return found[0]


def _names(name: x509.Name, oid: x509.ObjectIdentifier) -> list[str]:
    return [str(attribute.value) for attribute in name.get_attributes_for_oid(oid)]

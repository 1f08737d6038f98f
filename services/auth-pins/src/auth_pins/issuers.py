"""Other issuers (OpenID Connect): their keys, found by discovery and kept, and what their tokens claim."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from auth_pins.settings import OidcIssuer
from contracts.problem import UpstreamUnavailable
from kit.http import Upstream
from kit.telemetry import log, words_of

DISCOVERY = "/.well-known/openid-configuration"
#: Keys are read again so often, and when a `kid` is not among them; not sooner again than the second says.
READ_EVERY_S, READ_AGAIN_S = 300.0, 10.0
#: So many tokens wait for an issuer's keys; others are told to come again. Anybody can make up a token.
WAITING_MOST = 40
TOKEN_LONGEST, KID_LONGEST, KEYS_MOST = 16_384, 256, 100
RSA_SHORTEST_BITS = 2048
#: Access tokens and identity tokens; not those that tell of a sign-out, which name the same audience.
_TYPES = frozenset({"jwt", "at+jwt", "application/at+jwt"})
_RSA = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"})
_CURVES = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}

PublicKey = RSAPublicKey | EllipticCurvePublicKey | Ed25519PublicKey


class IssuerKey(NamedTuple):
    """One public key, and the algorithms that it may verify: a key is never taken for one of another kind."""

    kid: str | None
    algorithms: frozenset[str]
    key: PublicKey


class Unusable(Exception):
    """What an issuer answered cannot be used."""


class Told(NamedTuple):
    """The claims of a good token, and who told them."""

    issuer: OidcIssuer
    claims: Mapping[str, Any]


class IssuerKeys:
    """The keys of one issuer. The last known ones go on while it is away."""

    def __init__(self, issuer: OidcIssuer, timeout_ms: int) -> None:
        self._issuer = issuer
        self._timeout_ms = timeout_ms
        self._upstreams: dict[str, Upstream] = {}
        self._keys: tuple[IssuerKey, ...] = ()
        self._read_at = float("-inf")
        self._reading = asyncio.Lock()
        self._waiting = 0

    def known(self, kid: str | None, algorithm: str) -> list[IssuerKey]:
        """Those that may have signed this. Without a `kid` there must be no doubt."""
        fit = [key for key in self._keys if algorithm in key.algorithms]
        if kid is None:
            return fit if len(fit) == 1 else []
        return [key for key in fit if key.kid == kid]

    async def read_again(self) -> None:
        """Ask the issuer, unless it was a moment ago.

        UpstreamUnavailable when no key is known at all, and when many wait for its answer already.
        """
        if self._waiting >= WAITING_MOST:
            raise UpstreamUnavailable
        self._waiting += 1
        try:
            async with self._reading:
                await self._read_unless_just_now()
        finally:
            self._waiting -= 1
        if not self._keys:
            raise UpstreamUnavailable

    async def _read_unless_just_now(self) -> None:
        if time.monotonic() - self._read_at < READ_AGAIN_S:
            return
        self._read_at = time.monotonic()
        try:
            self._keys = await self._read()
        except (UpstreamUnavailable, Unusable, ValueError) as error:
            log.warning("the last known keys of an issuer go on: %s", words_of(error))

    async def close(self) -> None:
        for upstream in self._upstreams.values():
            await upstream.close()

    async def _read(self) -> tuple[IssuerKey, ...]:
        issuer = self._issuer.issuer
        document = await self._get(issuer.rstrip("/") + DISCOVERY)
        if document.get("issuer") != issuer:
            raise Unusable("its discovery document is of another issuer")
        address = document.get("jwks_uri")
        secure = urlsplit(issuer).scheme == "https"
        if not isinstance(address, str) or urlsplit(address).scheme not in (
            "https",
            *(() if secure else ("http",)),
        ):
            raise Unusable("its keys have no address that can be used")
        rows = (await self._get(address)).get("keys")
        keys = tuple(keys_of(rows if isinstance(rows, list) else ()))
        if not keys:
            raise Unusable("it has no key that can be used")
        return keys

    async def _get(self, address: str) -> Mapping[str, Any]:
        parts = urlsplit(address)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._upstreams:
            self._upstreams[origin] = Upstream(parts.netloc, origin, self._timeout_ms, connections=2)
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        headers = {"accept": "application/json", "accept-encoding": "identity"}
        reply = await self._upstreams[origin].ask("GET", path, headers, safe_to_repeat=True)
        if reply.status != 200:
            raise Unusable(f"it answered {reply.status}")
        found = reply.json()
        if not isinstance(found, dict):
            raise Unusable("it answered something else than an object")
        return found


class Issuers:
    """Those of the settings; `run` keeps their keys fresh."""

    def __init__(self, issuers: Iterable[OidcIssuer], timeout_ms: int) -> None:
        self._issuers = {issuer.issuer: issuer for issuer in issuers}
        self._keys = {name: IssuerKeys(issuer, timeout_ms) for name, issuer in self._issuers.items()}

    async def read(self, token: str) -> Told:
        """What a good token claims. jwt.InvalidTokenError for any other, UpstreamUnavailable without keys."""
        if len(token) > TOKEN_LONGEST:
            raise jwt.InvalidTokenError("longer than any token")
        issuer = self._issuers.get(_issuer_of(token))
        if issuer is None:
            raise jwt.InvalidTokenError("of an issuer that is not known here")
        kid, algorithm = _header_of(token, issuer)
        keys = self._keys[issuer.issuer]
        found = keys.known(kid, algorithm)
        if found:
            try:
                return Told(issuer, _claims_of(token, issuer, found, algorithm))
            except jwt.InvalidSignatureError:
                if kid is not None:
                    raise
        # A new key, perhaps: one that we do not know, or where keys have no names, another than ours.
        await keys.read_again()
        return Told(issuer, _claims_of(token, issuer, keys.known(kid, algorithm), algorithm))

    async def run(self) -> None:
        """Read all keys now and again, for ever: so those that were withdrawn end."""
        while self._keys:
            for name, keys in self._keys.items():
                try:
                    await keys.read_again()
                except UpstreamUnavailable:
                    log.warning("nobody of %s can sign in: its keys are not known", urlsplit(name).netloc)
            await asyncio.sleep(READ_EVERY_S)

    async def close(self) -> None:
        for keys in self._keys.values():
            await keys.close()


def keys_of(rows: Iterable[Any]) -> Iterable[IssuerKey]:
    """Those of a JWK set that verify signatures; others, private and secret ones too, are passed over."""
    for row in list(rows)[:KEYS_MOST]:
        if not isinstance(row, dict) or row.get("use", "sig") != "sig" or "d" in row or "k" in row:
            continue
        try:
            key, algorithms = _public_key(row)
        except (jwt.InvalidKeyError, ValueError, TypeError, KeyError):
            continue
        if "alg" in row:
            algorithms &= {row["alg"]}
        kid = row.get("kid")
        if algorithms and (kid is None or isinstance(kid, str)):
            yield IssuerKey(kid, algorithms, key)


def _public_key(row: dict[str, Any]) -> tuple[PublicKey, frozenset[str]]:
    match row.get("kty"):
        case "RSA":
            rsa = RSAAlgorithm.from_jwk(row)
            if isinstance(rsa, RSAPublicKey) and rsa.key_size >= RSA_SHORTEST_BITS:
                return rsa, _RSA
        case "EC":
            curve = ECAlgorithm.from_jwk(row)
            if isinstance(curve, EllipticCurvePublicKey) and curve.curve.name in _CURVES:
                return curve, frozenset({_CURVES[curve.curve.name]})
        case "OKP":
            edwards = OKPAlgorithm.from_jwk(row)
            if isinstance(edwards, Ed25519PublicKey):
                return edwards, frozenset({"EdDSA"})
    raise ValueError("no key that we use")


def _issuer_of(token: str) -> str:
    try:
        issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
    except RecursionError:
        raise jwt.DecodeError("nested too deeply") from None
    return issuer if isinstance(issuer, str) else ""


def _header_of(token: str, issuer: OidcIssuer) -> tuple[str | None, str]:
    """`kid` and algorithm. Nothing else of it is looked at: no key, and no address of one."""
    header = jwt.get_unverified_header(token)
    kid, algorithm, kind = header.get("kid"), header.get("alg"), header.get("typ", "JWT")
    if algorithm not in issuer.algorithms:
        raise jwt.InvalidAlgorithmError("signed in a way that is not allowed")
    if "crit" in header or not isinstance(kind, str) or kind.lower() not in _TYPES:
        raise jwt.InvalidTokenError("no token for us")
    if kid is not None and not (isinstance(kid, str) and len(kid) <= KID_LONGEST):
        raise jwt.InvalidTokenError("a kid is a short text")
    return kid, algorithm


def _claims_of(
    token: str, issuer: OidcIssuer, keys: Iterable[IssuerKey], algorithm: str
) -> Mapping[str, Any]:
    error: jwt.InvalidTokenError = jwt.InvalidTokenError("signed by a key that is not known")
    for key in keys:
        try:
            return jwt.decode(
                token,
                key.key,
                algorithms=[algorithm],
                audience=issuer.audience,
                issuer=issuer.issuer,
                leeway=issuer.clock_skew_s,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )
        except jwt.InvalidSignatureError as found:
            error = found
    raise error

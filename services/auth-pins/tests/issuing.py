"""An issuer for tests: discovery and keys over real HTTP, tokens by any key and of any shape."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

AUDIENCE = "punchcard"
_RSA_KEYS: list[rsa.RSAPrivateKey] = []


def rsa_key(number: int = 0) -> rsa.RSAPrivateKey:
    """Made once for all tests: it takes a while."""
    while len(_RSA_KEYS) <= number:
        _RSA_KEYS.append(rsa.generate_private_key(65537, 2048))
    return _RSA_KEYS[number]


def jwk(key: Any, kid: str | None, **more: Any) -> dict[str, Any]:
    """The public key as a JWK."""
    kinds = {rsa.RSAPrivateKey: RSAAlgorithm, ec.EllipticCurvePrivateKey: ECAlgorithm}
    kind = next((a for cls, a in kinds.items() if isinstance(key, cls)), OKPAlgorithm)
    row = json.loads(kind.to_jwk(key.public_key()))
    row.pop("key_ops", None)
    return {**row, **({"kid": kid} if kid else {}), **more}


class Issuer:
    """`keys` is what it publishes; `down` answers 503; while `speaks` is not set it says nothing."""

    def __init__(self) -> None:
        self.url = ""
        self.keys: list[dict[str, Any]] = [jwk(rsa_key(), "one")]
        self.named: str | None = None
        self.keys_at: str | None = None
        self.down = False
        self.speaks = asyncio.Event()
        self.speaks.set()
        self.asked: list[str] = []
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/{rest:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        await self.speaks.wait()
        if self.down:
            return web.json_response({}, status=503)
        if request.path == "/.well-known/openid-configuration":
            keys_at = self.keys_at or f"{self.url}/keys?of=all"
            return web.json_response({"issuer": self.named or self.url, "jwks_uri": keys_at})
        return web.json_response({"keys": self.keys})

    def claims(self, **more: Any) -> dict[str, Any]:
        at = int(time.time())
        common = {"iss": self.url, "aud": [AUDIENCE], "sub": "anna", "iat": at, "exp": at + 600}
        return {**common, "roles": ["shop-owner"], "merchant": "cafe", **more}

    def token(
        self,
        key: Any = None,
        algorithm: str = "RS256",
        kid: str | None = "one",
        headers: dict[str, Any] | None = None,
        **claims: Any,
    ) -> str:
        """A good token, but for what is given; a claim that is None is left out."""
        body = {name: value for name, value in self.claims(**claims).items() if value is not None}
        head = {**({"kid": kid} if kid else {}), **(headers or {})}
        return jwt.encode(body, key or rsa_key(), algorithm, head)

    def settings(self, merchant_id: Any, **more: Any) -> dict[str, Any]:
        """As in OIDC_ISSUERS."""
        roles = {"shop-admin": "admin", "shop-owner": "owner", "shop-manager": "manager"}
        merchants = {"merchant_claim": "merchant", "merchants": {"cafe": str(merchant_id)}}
        return {"issuer": self.url, "audience": AUDIENCE, "roles": roles, **merchants, **more}


def edwards_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()

"""The service account: its key is loaded once, buys access tokens and signs save links."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from kit.outward import AnswerTooLarge, NoAnswer, Outward

if TYPE_CHECKING:
    from google.oauth2.service_account import Credentials

SCOPE = "https://www.googleapis.com/auth/wallet_object.issuer"


class AccountProblem(Exception):
    """The service account's JSON is not what Google gives; the sentence says what is wrong."""


class NoToken(Exception):
    """No access token could be bought. Its words name the kind."""


class ServiceAccount:
    """As Google's JSON describes it. `token_url` is where tokens are fetched instead of where it says."""

    def __init__(self, description: str, token_url: str | None = None) -> None:
        info = _read(description)
        if token_url:
            info["token_uri"] = token_url
        self._info = info
        self.email: str = info["client_email"]
        self._key = _key(info["private_key"])

    def sign(self, claims: Mapping[str, Any]) -> str:
        """A JWT of these claims, RS256."""
        headers = {"kid": self._info["private_key_id"]} if "private_key_id" in self._info else {}
        return jwt.encode(dict(claims), self._key, algorithm="RS256", headers=headers)

    def credentials(self) -> Credentials:
        """For google-auth, which is imported with the first token: most wallets have no Google."""
        from google.oauth2.service_account import Credentials

        made: Credentials = Credentials.from_service_account_info(  # type: ignore[no-untyped-call]
            self._info, scopes=[SCOPE]
        )
        return made


class Tokens:
    """Access tokens, each for as long as it is good."""

    def __init__(self, account: ServiceAccount, outward: Outward) -> None:
        self._account = account
        self._outward = outward
        self._credentials: Credentials | None = None
        self._one_at_a_time = asyncio.Lock()

    async def bearer(self) -> str:
        """A token that is good for a while. NoToken."""
        async with self._one_at_a_time:
            if self._credentials is None:
                self._credentials = self._account.credentials()
            if not self._credentials.valid:
                await self._refresh(self._credentials)
            token: str | None = self._credentials.token
            assert token is not None, "valid credentials have one"
            return token

    def forget(self) -> None:
        """It was refused: the next is bought anew."""
        self._credentials = None

    async def _refresh(self, credentials: Credentials) -> None:
        from google.auth.exceptions import GoogleAuthError

        from wallet.google.transport import Transport

        transport = Transport(self._outward, asyncio.get_running_loop())
        try:
            # google-auth waits for its answers: it does so in a thread, and our loop fetches them.
            await asyncio.to_thread(credentials.refresh, transport)
        except (GoogleAuthError, NoAnswer, AnswerTooLarge) as error:
            raise NoToken(type(error).__name__) from None


def _read(description: str) -> dict[str, Any]:
    try:
        info = json.loads(description)
    except ValueError:
        raise AccountProblem("GOOGLE_SERVICE_ACCOUNT is no JSON") from None
    missing = [
        name
        for name in ("client_email", "private_key", "token_uri")
        if not isinstance(info, dict) or not isinstance(info.get(name), str)
    ]
    if missing:
        raise AccountProblem(f"GOOGLE_SERVICE_ACCOUNT has no {', '.join(missing)}")
    return dict(info)


def _key(pem: str) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError):
        raise AccountProblem("GOOGLE_SERVICE_ACCOUNT holds a private_key that cannot be read") from None
    if not isinstance(key, RSAPrivateKey):
        raise AccountProblem("GOOGLE_SERVICE_ACCOUNT holds a private_key that is no RSA key")
    return key

"""Where people sign in elsewhere: a real OpenID provider, and an issuer that signs whatever it is told."""

from __future__ import annotations

import base64
import hmac
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from punchcard.ports import free_port

AUDIENCE = "punchcard"
DISCOVERY = "/.well-known/openid-configuration"
STARTS_WITHIN_S = 20


class Provider:
    """A provider of others, with these people. Each start makes a new key; its tokens name none."""

    def __init__(self, people: Mapping[str, Mapping[str, Any]]) -> None:
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        given = [json.dumps({"sub": name, **claims}) for name, claims in people.items()]
        self._people = [part for one in given for part in ("--user-claims", one)]
        self._process: subprocess.Popen[bytes] | None = None
        self.made: list[str] = []

    def start(self) -> None:
        command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(self._port), *self._people]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self._process = subprocess.Popen(command, **quiet)  # type: ignore[call-overload]
        deadline = time.monotonic() + STARTS_WITHIN_S
        while not self._answers():
            assert time.monotonic() < deadline, "the provider does not start"
            time.sleep(0.05)

    def end(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(10)

    def sign_in(self, person: str, client_id: str = AUDIENCE) -> str:
        """The identity token that this client gets, by the code flow."""
        back = "https://shop.example/back"
        asked = {
            "client_id": client_id,
            "redirect_uri": back,
            "response_type": "code",
            "scope": "openid email",
        }
        with httpx.Client(base_url=self.url, timeout=10) as http:
            sent = http.post("/oauth2/authorize", params=asked, data={"sub": person})
            code = parse_qs(urlsplit(sent.headers["location"]).query)["code"][0]
            grant = {"grant_type": "authorization_code", "code": code, "redirect_uri": back}
            answer = http.post("/oauth2/token", data={**grant, "client_id": client_id, "client_secret": "s"})
        self.made.append(str(answer.json()["id_token"]))
        return self.made[-1]

    def tell(self, person: str, **claims: Any) -> None:
        """From now on it says this of that person."""
        httpx.put(f"{self.url}/users/{person}", json=claims).raise_for_status()

    def _answers(self) -> bool:
        try:
            return httpx.get(self.url + DISCOVERY).is_success
        except httpx.TransportError:
            return False


class Issuer:
    """`keys` by their names are what it publishes; it signs with any key, and claims whatever it is told."""

    def __init__(self) -> None:
        self.keys = {"one": new_key()}
        self.made: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def end(self) -> None:
        """Nobody listens there any more."""
        self._server.shutdown()
        self._server.server_close()

    def claims(self, **more: Any) -> dict[str, Any]:
        """Good ones, but for what is given; one that is None is left out."""
        at = int(time.time())
        whole = {"iss": self.url, "aud": [AUDIENCE], "sub": "zoe", "iat": at, "exp": at + 600}
        whole |= {"groups": ["shop-owner"], "tenant": "cafe", **more}
        return {name: value for name, value in whole.items() if value is not None}

    def token(self, key: Any = None, kid: str | None = "one", algorithm: str = "RS256", **claims: Any) -> str:
        head = {"kid": kid} if kid else {}
        self.made.append(jwt.encode(self.claims(**claims), key or self.keys["one"], algorithm, head))
        return self.made[-1]

    def with_hs256(self, secret: bytes) -> str:
        """By hand: the library refuses to take a public key for a secret."""
        text = f"{part({'alg': 'HS256', 'typ': 'JWT', 'kid': 'one'})}.{part(self.claims())}"
        mac = hmac.digest(secret, text.encode(), "sha256")
        return f"{text}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                content = json.dumps(issuer._document(self.path)).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                return

        return Handler

    def _document(self, path: str) -> dict[str, Any]:
        if path == DISCOVERY:
            return {"issuer": self.url, "jwks_uri": f"{self.url}/keys"}
        return {"keys": [_jwk(key, kid) for kid, key in self.keys.items()]}


def part(value: Any) -> str:
    """One part of a token."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def claims_in(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return found


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def settings_of(addresses: Sequence[str], merchant_id: str) -> str:
    """OIDC_ISSUERS: all of them name people in the same way."""
    roles = {"shop-admin": "admin", "shop-owner": "owner", "shop-manager": "manager"}
    common = {"audience": AUDIENCE, "role_claim": "groups", "roles": roles}
    merchants = {"merchant_claim": "tenant", "merchants": {"cafe": merchant_id}}
    return json.dumps([{"issuer": address, **common, **merchants} for address in addresses])


def _jwk(key: rsa.RSAPrivateKey, kid: str) -> dict[str, Any]:
    row = json.loads(RSAAlgorithm.to_jwk(key.public_key()))
    row.pop("key_ops", None)
    return {**row, "kid": kid, "use": "sig", "alg": "RS256"}

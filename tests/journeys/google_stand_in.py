"""Google's stand-in in a thread of the tests, which look at what it has and say what it signs."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import jwt
import uvicorn
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from punchcard.embedded.wallet_identities import GOOGLE_ISSUER_ID, SERVICE_ACCOUNT, WalletIdentities
from punchcard.standins.google import GoogleStandIn

CALLBACK = "/api/v1/loyalty/google/callback"
STARTS_WITHIN_S = 10


class Google(GoogleStandIn):
    """That of a stack: it knows the service account, and calls back at the gateway."""

    def __init__(self, stack: Any) -> None:
        account = WalletIdentities.ensure(stack.home.keys / "wallet").google_account.read_text()
        super().__init__(account, GOOGLE_ISSUER_ID, callback_url=stack.gateway_url + CALLBACK)
        self._account_key = load_pem_private_key(
            json.loads(account)["private_key"].encode(), None
        ).public_key()
        self.url = ""

    def settings(self) -> dict[str, str]:
        """Where the wallet finds it."""
        return {
            "GOOGLE_API_URL": f"{self.url}/walletobjects/v1",
            "GOOGLE_TOKEN_URL": f"{self.url}/token",
            "GOOGLE_CALLBACK_KEYS_URL": f"{self.url}/gp/m/issuer/keys",
            "GOOGLE_SAVE_URL": f"{self.url}/gp/v/save",
        }

    def claims_of(self, link: str) -> dict[str, Any]:
        """What a save link says, if the service account has signed it."""
        token = link.rpartition("/")[2]
        assert jwt.get_unverified_header(token)["alg"] == "RS256"
        claims = jwt.decode(
            token,
            self._account_key,
            algorithms=["RS256"],
            audience="google",
            issuer=SERVICE_ACCOUNT,  # type: ignore[arg-type]
        )
        return dict(claims)

    def asked(self, named: str, since: int = 0) -> list[str]:
        """The methods by which this class or object was written, the first ones left out."""
        return [row.method for row in list(self.journal) if row.id == named][since:]

    @contextmanager
    def serving(self) -> Iterator[None]:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            config = uvicorn.Config(self.app, log_level="error", lifespan="off", access_log=False)
            server = uvicorn.Server(config)
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
            thread.start()
            deadline = time.monotonic() + STARTS_WITHIN_S
            while not server.started:
                assert time.monotonic() < deadline, "the stand-in does not start"
                time.sleep(0.01)
            self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
            yield
            server.should_exit = True
            thread.join(10)

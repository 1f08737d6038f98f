"""Google's stand-in in a thread of the tests, and the cards of a shop whose passes it has."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import httpx
import jwt
import uvicorn
from aiokafka import AIOKafkaConsumer
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from punchcard.embedded.wallet_identities import GOOGLE_ISSUER_ID, SERVICE_ACCOUNT, WalletIdentities
from punchcard.standins.google import GoogleStandIn

CALLBACK = "/api/v1/loyalty/google/callback"
VENDOR = "/api/v1/vendor/loyalty"
STARTS_WITHIN_S = 10
WITHIN_S = 20


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

    def asked(self, named: str) -> list[str]:
        """The methods by which it was asked to write this class or object."""
        return [row.method for row in list(self.journal) if row.id == named]

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
            try:
                yield
            finally:
                server.should_exit = True
                thread.join(10)


class Wallet:
    """Cards of one shop, and what Google has of them."""

    def __init__(self, platform: Any, shop: Any, google: Google) -> None:
        self.platform, self.shop, self.google = platform, shop, google
        #: Of links: they are in no log.
        self.secrets: list[str] = []

    def link(self, card_id: str) -> str:
        made = self.platform.create(self.shop.owner, f"{VENDOR}/cards/{card_id}/link")
        token = made["card_url"].rpartition("/")[2]
        self.secrets.append(token)
        return f"/api/v1/loyalty/cards/{token}/google"

    def ask(self, card_id: str) -> httpx.Response:
        """As the customer does."""
        answer: httpx.Response = self.platform.http.get(self.link(card_id))
        return answer

    def saved_link(self, card_id: str) -> tuple[str, str, str]:
        """The save link, and the ids of class and object in it."""
        answer = self.ask(card_id)
        assert answer.status_code == 302, answer.text
        link = answer.headers["location"]
        self.secrets.append(link.rpartition(".")[2])
        (row,) = self.google.claims_of(link)["payload"]["loyaltyObjects"]
        return link, row["classId"], row["id"]

    def stamp(self, card_id: str, times: int = 1) -> None:
        for _ in range(times):
            self.shop.move("stamp", {"card_id": card_id})

    def stamps(self, object_id: str) -> int | None:
        """What Google shows."""
        shown = self.google.objects.get(object_id, {}).get("loyaltyPoints")
        return shown and shown["balance"]["int"]

    def ledgers(self, card_id: str) -> int:
        found: int = self.platform.one(
            "ledger", "SELECT stamp_count FROM accounts WHERE card_id = %s", card_id
        )
        return found

    def told(self, card_id: str) -> dict[str, Any]:
        """What the shop is told of the card's pass at Google."""
        shown = self.platform.made(self.platform.get(self.shop.key, f"{VENDOR}/cards/{card_id}/passes"))
        found: dict[str, Any] = next(row for row in shown["items"] if row["platform"] == "google")
        return found

    def call_back(self, message: Any) -> httpx.Response:
        answer: httpx.Response = self.platform.http.post(CALLBACK, json=message)
        return answer

    def kept(self) -> list[Any]:
        """All that callbacks can change."""
        merchant = self.shop.merchant["id"]
        ours = " JOIN passes USING (card_id) WHERE merchant_id = %s ORDER BY card_id"
        return [
            self.platform.one("wallet", "SELECT count(*) FROM google_nonces"),
            self.platform.rows("wallet", "SELECT card_id, change FROM pass_changes" + ours, merchant),
            self.platform.rows("wallet", "SELECT o.* FROM google_objects o" + ours, merchant),
        ]

    async def said(self, card_id: str, count: int) -> list[tuple[str, str, int]]:
        """What the topic holds of this card, once it is so much, and a moment later."""
        consumer = AIOKafkaConsumer(
            "wallet-events",
            bootstrap_servers=self.platform.stack.bootstrap,
            group_id=None,
            auto_offset_reset="earliest",
        )
        await consumer.start()
        found, deadline = [], time.monotonic() + WITHIN_S
        try:
            while time.monotonic() < deadline:
                for batch in (await consumer.getmany(timeout_ms=1000)).values():
                    events = [json.loads(row.value) for row in batch if row.value]
                    found += [one for one in events if UUID(one["data"]["card_id"]) == UUID(card_id)]
                    if len(found) == count:
                        deadline = min(deadline, time.monotonic() + 1)
        finally:
            await consumer.stop()
        return [(one["type"], one["data"]["platform"], one["data"]["change"]) for one in found]

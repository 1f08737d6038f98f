"""What the tests of Google Wallet share: a shop as heard, the stand-in over real HTTP, providers, loops."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Any
from uuid import UUID

import pytest
import uvicorn
from sqlalchemy import text

from contracts.cards import CardChanged
from contracts.programs import MerchantChanged, ProgramChanged, RewardChanged, StoreChanged
from kit.ids import now, uuid7
from kit.outward import Outward
from kit.projection import Projection
from kit.work import Work
from punchcard.embedded.wallet_identities import GOOGLE_ISSUER_ID, WalletIdentities
from punchcard.standins.google import GoogleStandIn
from wallet import commands, delivery, store
from wallet.consumers import LOOKS
from wallet.delivery import DeliveryLoop
from wallet.domain import Delivery
from wallet.google.account import ServiceAccount
from wallet.google.provider import GoogleProvider

BASE_URL = "https://cards.example"


@pytest.fixture(scope="session")
def discovery() -> dict[str, Any]:
    """The schemas of the Wallet API's own discovery document."""
    documents = files("googleapiclient.discovery_cache") / "documents" / "walletobjects.v1.json"
    schemas: dict[str, Any] = json.loads(documents.read_text())["schemas"]
    return schemas


@pytest.fixture(scope="session")
def service_account(identities: WalletIdentities) -> str:
    return identities.google_account.read_text()


class Shop:
    """A merchant with a program, stores and rewards, as the programs service tells of them."""

    def __init__(self, **program: Any) -> None:
        merchant_id, program_id = uuid7(), uuid7()
        whole = {"id": program_id, "version": 1, "merchant_id": merchant_id, "created_at": now()}
        self.merchant = MerchantChanged(
            id=merchant_id,
            version=1,
            name="Café Grund",
            slug="cafe-grund",
            country="LU",
            currency="EUR",
            timezone="Europe/Luxembourg",
            default_locale="fr",
        )
        self.program = ProgramChanged(**{"loyalty_type": "stamps", **whole, **program})
        self.stores: list[StoreChanged] = []
        self.rewards: list[RewardChanged] = []

    def look_changes(self, **changes: Any) -> ProgramChanged:
        values = {**self.program.model_dump(), **changes, "version": self.program.version + 1}
        self.program = ProgramChanged.model_validate(values)
        return self.program


@pytest.fixture
def a_shop() -> type[Shop]:
    return Shop


@pytest.fixture
def google(service_account: str, discovery: dict[str, Any]) -> Iterator[GoogleStandIn]:
    """The stand-in, which takes what the discovery document allows; `.url` is where it answers."""
    standin = GoogleStandIn(service_account, GOOGLE_ISSUER_ID, schemas=discovery)
    with serving(standin) as url:
        standin.url = url  # type: ignore[attr-defined]
        yield standin
    assert standin.refused == []
    assert standin.most_in_a_second() <= 20
    assert standin.most_notices_of_a_pass() <= 3


class serving:  # noqa: N801 - reads as a word where it is used
    """The stand-in over HTTP, in a thread of its own: its clock does not wait for what it measures."""

    def __init__(self, standin: GoogleStandIn) -> None:
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        config = uvicorn.Config(standin.app, log_level="error", lifespan="off", access_log=False)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True
        )

    def __enter__(self) -> str:
        self._thread.start()
        deadline = time.monotonic() + 10
        while not self._server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(10)


class Town:
    """A wallet service without its doors: its database, what it heard, and a loop a replica."""

    def __init__(self, work: Work, google: GoogleStandIn, service_account: str, a_card: Any) -> None:
        self.work = work
        self.google = google
        self.account = ServiceAccount(service_account, f"{google.url}/token")  # type: ignore[attr-defined]
        self._a_card = a_card
        self._providers: list[GoogleProvider] = []
        self.outward = Outward(10)
        self.projection = self._projection()

    def _projection(self) -> Projection:
        async def nobody(kind: str, thing_id: UUID) -> None:
            return None

        groups = {RewardChanged: "program_id", StoreChanged: "merchant_id"}
        return Projection(self.work, kinds=LOOKS, fetch=nobody, groups=groups)  # type: ignore[arg-type]

    def provider(self) -> GoogleProvider:
        provider = GoogleProvider(
            self.work,
            self.projection,
            self.account,
            self.outward,
            issuer=GOOGLE_ISSUER_ID,
            api_url=f"{self.google.url}/walletobjects/v1",  # type: ignore[attr-defined]
            base_url=BASE_URL,
        )
        self._providers.append(provider)
        return provider

    async def hears(self, shop: Shop) -> None:
        async with self.work() as tx:
            states = [shop.merchant, shop.program, *shop.stores, *shop.rewards]
            await self.projection.keep(tx, states)

    async def look_changes(self, shop: Shop, **changes: Any) -> None:
        shop.look_changes(**changes)
        await self.hears(shop)
        async with self.work() as tx:
            await commands.note_changed_looks(tx, {shop.program.id}, set())

    async def card(self, shop: Shop, **changes: Any) -> CardChanged:
        """One whose pass is on Google."""
        (card,) = await self.cards(shop, 1, **changes)
        return card

    async def cards(self, shop: Shop, count: int, **changes: Any) -> list[CardChanged]:
        ids = {"merchant_id": shop.merchant.id, "program_id": shop.program.id}
        cards = [self._a_card(**{**ids, **changes}) for _ in range(count)]
        async with self.work() as tx:
            await commands.note_cards(tx, cards)
            for card in cards:
                await commands.hand_out(tx, card.id, "google")
        return cards

    async def shown(self, card: CardChanged) -> Delivery:
        async with self.work.read() as conn:
            return (await store.deliveries_of(conn, card.id))["google"]

    async def object(self, card: CardChanged) -> dict[str, Any]:
        """The card's object as Google has it."""
        async with self.work.read() as conn:
            rows = await conn.execute(
                text("SELECT object_id FROM google_objects WHERE card_id = :id"), {"id": card.id}
            )
            return self.google.objects[rows.scalar_one()]

    async def behind(self) -> int:
        async with self.work.read() as conn:
            rows = await conn.execute(
                text("SELECT count(*) FROM deliveries WHERE platform = 'google' AND status = 'behind'")
            )
            return int(rows.scalar_one())

    async def until(self, what: Callable[[], Awaitable[bool]], seconds: float = 20) -> None:
        async with asyncio.timeout(seconds):
            while not await what():  # noqa: ASYNC110 - the database has no event to wait for
                await asyncio.sleep(0.02)

    async def until_status(self, card: CardChanged, status: str) -> None:
        async def reached() -> bool:
            return (await self.shown(card)).status == status

        await self.until(reached)

    async def until_nothing_is_behind(self, seconds: float = 30) -> None:
        async def reached() -> bool:
            return await self.behind() == 0

        await self.until(reached, seconds)

    @asynccontextmanager
    async def delivering(self, replicas: int = 1) -> AsyncIterator[None]:
        loops = [DeliveryLoop(self.work, self.provider()) for _ in range(replicas)]
        tasks = [asyncio.create_task(loop.run()) for loop in loops]
        try:
            yield
            for loop in loops:
                await loop.close()
            await asyncio.wait_for(asyncio.gather(*tasks), 20)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def close(self) -> None:
        for provider in self._providers:
            await provider.close()
        await self.outward.close()


@pytest.fixture
async def town(
    work: Work,
    google: GoogleStandIn,
    service_account: str,
    a_card: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Town]:
    monkeypatch.setattr(delivery, "IDLE_S", 0.02)
    monkeypatch.setattr("wallet.domain.FIRST_PAUSE_S", 0.05)
    town = Town(work, google, service_account, a_card)
    yield town
    await town.close()

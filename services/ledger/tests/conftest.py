"""A ledger in this process on a real database, with one merchant, its program and its cards."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest

from contracts.cards import CardChanged
from contracts.programs import MerchantChanged, ProgramChanged, RewardChanged, SettingsChanged, StoreChanged
from kit.identity import Caller
from kit.ids import now, uuid7
from kit.projection import Projection
from kit.testing import Keys, client
from ledger.main import build
from ledger.settings import LedgerSettings

from .shop import Counting

PREFIX = "/api/v1/vendor/loyalty"


class World:
    """One merchant with a store, a till and a program, and a ledger that knows them."""

    def __init__(self, folder: Path, app_url: str, owner_url: str) -> None:
        self.keys = Keys(folder)
        self.app_url, self.owner_url = app_url, owner_url
        settings = LedgerSettings.load(**self.keys.settings("ledger", app_url))
        self.service = build(settings)
        self.states: Projection = self.service.http.state.states
        self.accounts = self.service.http.state.accounts
        self.merchant_id, self.store_id, self.other_store_id, self.terminal_id = (uuid7() for _ in range(4))
        self.program_id = uuid7()
        self.caller = Caller("terminal", self.merchant_id, self.store_id, self.terminal_id)
        self.version = 1

    async def begin(self, **program: Any) -> None:
        """Tell the ledger of the merchant, both stores and the program: a hybrid one, no cooldown, no PIN."""
        merchant = MerchantChanged(
            id=self.merchant_id, version=1, name="Café", slug="cafe", country="LU", currency="EUR",
            timezone="Europe/Luxembourg", default_locale="fr",
        )  # fmt: skip
        stores = [
            StoreChanged(id=store, version=1, merchant_id=self.merchant_id, code=code, name=code)
            for store, code in ((self.store_id, "a"), (self.other_store_id, "b"))
        ]
        await self.tell(merchant, *stores)
        await self.settings()
        await self.program(**program)

    async def tell(self, *states: Any) -> None:
        async with self.service.work() as tx:
            await self.states.keep(tx, states)

    async def settings(self, **changes: Any) -> None:
        self.version += 1
        values = {"staff_pin_policy": "disabled", **changes}
        await self.tell(SettingsChanged(id=self.merchant_id, version=self.version, **values))

    async def program(self, **changes: Any) -> None:
        self.version += 1
        values: dict[str, Any] = {
            "loyalty_type": "hybrid", "is_active": True, "cooldown_minutes": 0, "max_daily_stamps": None,
            "points_per_euro": 10, "minimum_redemption_points": 50, "stamps_target": 3, **changes,
        }  # fmt: skip
        state = ProgramChanged(
            id=self.program_id, version=self.version, merchant_id=self.merchant_id, created_at=now(), **values
        )
        await self.tell(state)

    async def close_store(self, store_id: UUID) -> None:
        self.version += 1
        state = StoreChanged(
            id=store_id,
            version=self.version,
            merchant_id=self.merchant_id,
            code="a",
            name="a",
            deleted_at=now(),
        )
        await self.tell(state)

    async def reward(self, **changes: Any) -> RewardChanged:
        self.version += 1
        values: dict[str, Any] = {
            "id": uuid7(), "name": "Mug", "points_required": 100, "program_id": self.program_id,
            "merchant_id": self.merchant_id, **changes,
        }  # fmt: skip
        state = RewardChanged(version=self.version, **values)
        await self.tell(state)
        return state

    async def card(self, **changes: Any) -> CardChanged:
        """A new card with its account."""
        card = self.new_card(**changes)
        async with self.service.work() as tx:
            await self.accounts.hear(tx, [card])
        return card

    def new_card(self, **changes: Any) -> CardChanged:
        card_id = uuid7()
        values: dict[str, Any] = {
            "id": card_id, "version": 1, "merchant_id": self.merchant_id, "program_id": self.program_id,
            "program_version": 1, "customer_id": uuid7(), "card_number": f"{card_id.int % 10**12:012d}",
            "qr_code": f"qr-{card_id.hex[-29:]}", "via": "till", "locale": "fr", "created_at": now(),
            **changes,
        }  # fmt: skip
        return CardChanged(**values)

    def http(self, caller: Caller | None = None) -> httpx.AsyncClient:
        return client(self.service.app, self.keys.bearer(caller or self.caller))

    async def ask(self, path: str, body: Any, *, key: str | None = None, **headers: str) -> httpx.Response:
        """POST a move as the till, with a new key unless one is given."""
        names = {
            "idempotency-key": key or str(uuid7()),
            **{n.replace("_", "-"): v for n, v in headers.items()},
        }
        async with self.http() as http:
            return await http.post(PREFIX + path, json=body, headers=names)

    async def stamp(self, card: CardChanged, **more: Any) -> httpx.Response:
        return await self.ask("/stamp", {"card_id": str(card.id)}, **more)

    async def earn(self, card: CardChanged, cents: int = 1000, **body: Any) -> httpx.Response:
        asked = {"card_id": str(card.id), "purchase_amount_cents": cents, "currency": "EUR", **body}
        return await self.ask("/points/earn", asked)

    def rows(self, query: str, *params: Any) -> list[tuple[Any, ...]]:
        """Ask the database as its owner."""
        with psycopg.connect(self.owner_url) as conn:
            return conn.execute(query, params).fetchall()

    def transactions(self, card_id: UUID) -> list[tuple[Any, ...]]:
        return self.rows("SELECT * FROM transactions WHERE card_id = %s ORDER BY sequence", card_id)

    def events(self, card_id: UUID) -> list[dict[str, Any]]:
        """What the outbox holds of this card, in order."""
        rows = self.rows("SELECT value FROM outbox WHERE key = %s ORDER BY id", str(card_id))
        return [json.loads(row[0]) for row in rows]


@pytest.fixture
async def world(tmp_path: Path, database: Any) -> AsyncIterator[World]:
    """The world, with its lanes at work and no broker."""
    made = database("ledger")
    world = World(tmp_path, made.app_url, made.owner_url)
    lanes = asyncio.create_task(world.service.http.state.batches.run())
    await world.begin()
    yield world
    for close in reversed(world.service._closing):
        await close()
    await lanes
    await world.service.engine.dispose()


@pytest.fixture
async def counting(world: World, database: Any) -> AsyncIterator[Counting]:
    """Statistics of a world of its own."""
    async with await psycopg.AsyncConnection.connect(world.app_url, autocommit=True) as conn:
        await conn.execute("SET timezone = 'UTC'")
        yield Counting(world, conn)
    database.forget()

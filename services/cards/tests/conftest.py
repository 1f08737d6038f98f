"""A cards service on a real database, with a programs service that is a small fake behind real HTTP."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import pytest
from aiohttp import web
from sqlalchemy import text

from cards.main import build
from cards.settings import CardsSettings
from contracts.event import State
from contracts.programs import MerchantChanged, ProgramChanged, RewardChanged, SettingsChanged, StoreChanged
from kit.app import Service
from kit.identity import Caller
from kit.ids import now, uuid7
from kit.testing import Keys, client


class FakePrograms:
    """Answers states as programs does; `down` answers 503."""

    def __init__(self) -> None:
        self.states: dict[tuple[str, UUID], State] = {}
        self.asked: list[str] = []
        self.down = False
        self.url = ""

    def tell(self, state: State) -> None:
        self.states[state.kind, state.id] = state

    async def state(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        found = self.states.get((request.match_info["kind"], UUID(request.match_info["id"])))
        return self._answer(found)

    async def states_of(self, request: web.Request) -> web.Response:
        """The merchant, its settings, and what is live beneath it."""
        self.asked.append(request.path)
        merchant_id = UUID(request.match_info["merchant_id"])
        return self._beneath(merchant_id)

    async def states_by_slug(self, request: web.Request) -> web.Response:
        """The same of the live merchant with this slug."""
        self.asked.append(request.path)
        live = (
            state.id
            for state in self.states.values()
            if getattr(state, "slug", None) == request.match_info["slug"]
            and not getattr(state, "deleted_at", None)
        )
        return self._beneath(next(live, None))

    def _beneath(self, merchant_id: UUID | None) -> web.Response:
        mine = [
            state
            for state in self.states.values()
            if state.id == merchant_id
            or (getattr(state, "merchant_id", None) == merchant_id and not getattr(state, "deleted_at", None))
            if merchant_id is not None
        ]
        told = [{"kind": state.kind, "data": state.model_dump(mode="json")} for state in mine]
        return web.json_response(told if mine else {}, status=self._status(bool(mine)))

    def _answer(self, state: State | None) -> web.Response:
        body = state.model_dump(mode="json") if state else {}
        return web.json_response(body, status=self._status(state is not None))

    def _status(self, found: bool) -> int:
        if self.down:
            return 503
        return 200 if found else 404


@dataclass
class Shop:
    """A merchant with a program and two stores; what it changes is known to programs, not yet to cards."""

    service: Service
    keys: Keys
    programs: FakePrograms
    merchant: MerchantChanged
    settings: SettingsChanged
    program: ProgramChanged | None
    stores: list[StoreChanged]
    opened: list[httpx.AsyncClient] = field(default_factory=list)

    @property
    def id(self) -> UUID:
        return self.merchant.id

    def till(self, store: int = 0) -> httpx.AsyncClient:
        at = self.stores[store].id
        return self._client(Caller("terminal", self.id, store_id=at, terminal_id=uuid7()))

    def owner(self) -> httpx.AsyncClient:
        return self._client(Caller("owner", self.id, user_id=uuid7()))

    def manager(self) -> httpx.AsyncClient:
        return self._client(Caller("manager", self.id, user_id=uuid7()))

    def anyone(self) -> httpx.AsyncClient:
        return self._client(Caller("public"))

    def peer(self, caller: Caller | None = None) -> httpx.AsyncClient:
        return self._client(caller or Caller("service", service="ledger"))

    def _client(self, caller: Caller) -> httpx.AsyncClient:
        found = client(self.service.app, self.keys.bearer(caller))
        if caller.role == "service":
            found.headers["authorization"] = f"Bearer {self.keys.signer('ledger').internal(caller)}"
        self.opened.append(found)
        return found

    async def change(self, state: State, **members: Any) -> Any:
        """The state's next version, known to programs and heard by cards."""
        changed = self.announce(state, **members)
        book = self.service.http.state.terms
        async with self.service.work() as tx:
            await book.projection.keep(tx, [changed])
        return changed

    def announce(self, state: State, **members: Any) -> Any:
        """The state's next version, known to programs only: its event is still on the way."""
        changed = state.model_copy(update={"version": state.version + 1, **members})
        self.programs.tell(changed)
        return changed

    def make_program(self) -> None:
        """A program, active, that only programs knows of."""
        self.programs.tell(new_program(self.id))

    async def separate_stores(self) -> None:
        """Switch cross-location off."""
        self.settings = await self.change(self.settings, allow_cross_location_redemption=False)

    async def terms(self, store: int | None = None, *, to_join: bool = False) -> Any:
        store_id = None if store is None else self.stores[store].id
        return await self.service.http.state.terms.of(self.id, store_id, to_join=to_join)


def new_program(merchant_id: UUID, **members: Any) -> ProgramChanged:
    fields = {"loyalty_type": "stamps", "is_active": True, "created_at": now(), **members}
    return ProgramChanged(id=uuid7(), version=1, merchant_id=merchant_id, **fields)


@pytest.fixture
async def programs() -> AsyncIterator[FakePrograms]:
    fake = FakePrograms()
    app = web.Application()
    app.router.add_get("/internal/states/{kind}/{id}", fake.state)
    app.router.add_get("/internal/merchants/{merchant_id}/states", fake.states_of)
    app.router.add_get("/internal/merchants/by-slug/{slug}/states", fake.states_by_slug)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    fake.url = f"http://{host}:{port}"
    yield fake
    await runner.cleanup()


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture
async def service(database: Any, keys: Keys, programs: FakePrograms) -> AsyncIterator[Service]:
    given = keys.settings("cards", database("cards").app_url, programs_url=programs.url)
    built = build(CardsSettings.load(**given, public_base_url="https://cards.example.com"))
    yield built
    for close in built._closing:
        await close()
    await built.engine.dispose()


@pytest.fixture
def open_shop(service: Service, keys: Keys, programs: FakePrograms) -> Callable[..., Shop]:
    """Opens a shop that programs knows and cards has not heard of."""

    def open_one(*, program: dict[str, Any] | None = None, has_program: bool = True) -> Shop:
        merchant = MerchantChanged(
            id=uuid7(),
            version=1,
            name="Café Grund",
            slug=f"shop-{uuid7().hex[-12:]}",
            country="LU",
            currency="EUR",
            timezone="Europe/Luxembourg",
            default_locale="fr",
        )
        stores = [
            StoreChanged(id=uuid7(), version=1, merchant_id=merchant.id, code=code, name=name)
            for code, name in (("B", "Belair"), ("G", "Grund"))
        ]
        settings = SettingsChanged(id=merchant.id, version=1)
        one = new_program(merchant.id, **(program or {})) if has_program else None
        for state in (merchant, settings, *stores, one):
            if state is not None:
                programs.tell(state)
        if one is not None:
            coffee = {
                "program_id": one.id,
                "merchant_id": merchant.id,
                "name": "Coffee",
                "points_required": 100,
            }
            programs.tell(RewardChanged(id=uuid7(), version=1, **coffee))
        return Shop(service, keys, programs, merchant, settings, one, stores)

    return open_one


@pytest.fixture
def shop(open_shop: Callable[..., Shop]) -> Shop:
    return open_shop()


@pytest.fixture
def rows(service: Service) -> Callable[..., Any]:
    """`await rows("SELECT …", name=value)`: what the database holds."""

    async def read(statement: str, **values: Any) -> list[Any]:
        async with service.engine.begin() as conn:
            found = await conn.execute(text(statement), values)
            return list(found) if found.returns_rows else []

    return read


@pytest.fixture
def told(rows: Callable[..., Any]) -> Callable[..., Any]:
    """`await told(card_id)`: the states of a card that were put into the outbox, in order."""

    async def read(card_id: Any) -> list[dict[str, Any]]:
        statement = "SELECT value FROM outbox WHERE topic = 'cards-events' AND key = :key ORDER BY id"
        return [json.loads(bytes(row.value))["data"] for row in await rows(statement, key=str(card_id))]

    return read


def _key() -> dict[str, str]:
    return {"idempotency-key": str(uuid7())}


@pytest.fixture
def fresh_key() -> Callable[[], dict[str, str]]:
    """A header with a new idempotency key."""
    return _key


@pytest.fixture
def enrol(fresh_key: Callable[[], dict[str, str]]) -> Callable[..., Any]:
    """`await enrol(till, email=…)`: the answer to enrolling somebody."""

    async def do(caller: httpx.AsyncClient, **members: Any) -> httpx.Response:
        body = {"first_name": "Ana", "last_name": "Weber", **members}
        return await caller.post("/api/v1/vendor/loyalty/cards", json=body, headers=fresh_key())

    return do


@pytest.fixture
async def ana(shop: Shop, enrol: Callable[..., Any]) -> Any:
    """Ana's card, enrolled at the first store."""
    answer = await enrol(shop.till(0), email="ana@example.com", phone="621 123 456")
    return answer.json()["card"]

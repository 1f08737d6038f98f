"""An auth-pins service on a real database, with a programs service that is a small fake behind real HTTP."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from aiohttp import web
from sqlalchemy import text

from auth_pins import tables
from auth_pins.commands.users import create_user
from auth_pins.desk import Desk
from auth_pins.main import build
from auth_pins.settings import AuthPinsSettings
from contracts.event import State
from contracts.programs import MerchantChanged, SettingsChanged, StoreChanged
from kit import audit, mail
from kit import tables as plumbing
from kit.app import Service
from kit.identity import Caller
from kit.ids import uuid7
from kit.testing import Keys, client

ADMIN, VENDOR, AUTH = "/api/v1/admin/loyalty", "/api/v1/vendor/loyalty", "/api/v1/auth"
PASSWORD = "seven quiet otters"
PIN, WRONG_PIN = "482913", "482914"


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
        if self.down:
            return web.json_response({}, status=503)
        found = self.states.get((request.match_info["kind"], UUID(request.match_info["id"])))
        if found is None:
            return web.json_response({}, status=404)
        return web.json_response(found.model_dump(mode="json"))


class House:
    """The service, a merchant with two stores, and clients for whoever calls."""

    def __init__(self, service: Service, keys: Keys, programs: FakePrograms) -> None:
        self.service = service
        self.keys = keys
        self.programs = programs
        self.merchant = self.new_merchant()
        self.stores = [self.new_store(self.merchant), self.new_store(self.merchant)]
        self.admin_id, self.owner_id = uuid7(), uuid7()
        self.admin = self.as_(Caller("admin", user_id=self.admin_id))
        self.owner = self.as_(Caller("owner", self.merchant.id, user_id=self.owner_id))
        self.anyone = self.as_(Caller("public"))

    @property
    def desk(self) -> Desk:
        desk: Desk = self.service.http.state.desk
        return desk

    def as_(self, caller: Caller) -> httpx.AsyncClient:
        return client(self.service.app, self.keys.bearer(caller))

    def peer(self, service: str = "ledger") -> httpx.AsyncClient:
        token = self.keys.signer(service).internal()
        return client(self.service.app, {"authorization": f"Bearer {token}"})

    # -- what programs knows

    def new_merchant(self, **members: Any) -> MerchantChanged:
        merchant = MerchantChanged(
            id=uuid7(),
            version=1,
            name="Café",
            slug=f"cafe-{uuid7().hex}",
            country="LU",
            currency="EUR",
            timezone="Europe/Luxembourg",
            default_locale="fr",
        ).model_copy(update=members)
        self.programs.tell(merchant)
        self.programs.tell(SettingsChanged(id=merchant.id, version=1))
        return merchant

    def new_store(self, merchant: MerchantChanged) -> StoreChanged:
        store = StoreChanged(id=uuid7(), version=1, merchant_id=merchant.id, code="A", name="Centre")
        self.programs.tell(store)
        return store

    def change_settings(self, **members: Any) -> None:
        """Before they were asked for: the service reads them through."""
        self.programs.tell(SettingsChanged(id=self.merchant.id, version=2, **members))

    # -- what the service makes

    async def new_till(self, store: int = 0) -> Till:
        body = {"store_id": str(self.stores[store].id), "name": "Till 1"}
        made = await post(self.owner, f"{VENDOR}/terminals", body)
        assert made.status_code == 201, made.text
        terminal_id = UUID(made.json()["id"])
        caller = Caller("terminal", self.merchant.id, self.stores[store].id, terminal_id)
        return Till(self.as_(caller), terminal_id, made.json()["api_key"])

    async def new_staff(self, code: str = "07", pin: str = PIN, **members: Any) -> dict[str, Any]:
        body = {"code": code, "name": "Anna", "pin": pin, **members}
        made = await post(self.owner, f"{VENDOR}/pins", body)
        assert made.status_code == 201, made.text
        return dict(made.json())

    async def new_user(self, email: str = "anna@example.com", role: str = "owner") -> dict[str, Any]:
        body = {"email": email, "password": PASSWORD, "role": role}
        if role != "admin":
            body["merchant_id"] = str(self.merchant.id)
        made = await post(self.admin, f"{ADMIN}/users", body)
        assert made.status_code == 201, made.text
        return dict(made.json())

    async def new_admin(self, email: str = "root@example.com") -> UUID:
        """Straight into the database."""
        async with self.desk.hashing.seat() as seat:
            password_hash = await seat.hash_password(PASSWORD)
        async with self.service.work() as tx:
            return UUID(str((await create_user(tx, email, password_hash, "admin", None)).id))

    async def sign_in(self, email: str = "anna@example.com", password: str = PASSWORD) -> httpx.Response:
        return await self.anyone.post(f"{AUTH}/token", json={"email": email, "password": password})

    # -- what is in the database

    async def facts(self, kind: str) -> list[dict[str, Any]]:
        """What was told of this kind, oldest first."""
        rows = await self.rows("SELECT value FROM outbox ORDER BY id")
        bodies = [json.loads(bytes(row.value)) for row in rows]
        return [body["data"] for body in bodies if body["subject"].startswith(f"{kind}:")]

    async def rows(self, statement: str, **values: Any) -> list[Any]:
        async with self.service.work.read() as conn:
            return list(await conn.execute(text(statement), values))

    async def execute(self, statement: str, **values: Any) -> None:
        async with self.service.work() as tx:
            await tx.conn.execute(text(statement), values)


class Till:
    """A terminal that enters codes and PINs."""

    def __init__(self, http: httpx.AsyncClient, terminal_id: UUID, api_key: str) -> None:
        self.http = http
        self.id = terminal_id
        self.api_key = api_key

    async def enter(self, code: str = "07", pin: str = PIN) -> httpx.Response:
        return await self.http.post(f"{VENDOR}/staff-sessions", json={"staff_code": code, "pin": pin})


async def post(
    http: httpx.AsyncClient, path: str, body: Any = None, key: str | None = None
) -> httpx.Response:
    """A POST with an idempotency key."""
    return await http.post(path, json=body, headers={"idempotency-key": key or str(uuid7())})


def code_of(answer: httpx.Response) -> str:
    """The code of a problem."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    body = answer.json()
    assert body["status"] == answer.status_code
    return str(body["code"])


@pytest.fixture
async def programs() -> AsyncIterator[FakePrograms]:
    fake = FakePrograms()
    app = web.Application()
    app.router.add_get("/internal/states/{kind}/{id}", fake.state)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    fake.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield fake
    await runner.cleanup()


async def _empty(owner_url: str) -> None:
    """As it was migrated: quicker than another database."""
    names = [
        table.name
        for table in (
            *reversed(tables.metadata.sorted_tables),
            *plumbing.metadata.sorted_tables,
            mail.letters,
            audit.audit,
        )
    ]
    emptied = (
        f"DELETE FROM {name};" for name in names if name not in ("signing_key_set", "projection_changes")
    )
    async with await psycopg.AsyncConnection.connect(owner_url) as connection:
        await connection.execute("".join(emptied) + "UPDATE signing_key_set SET version = 0")


Opens = Callable[..., Awaitable[House]]


@pytest.fixture
async def open_house(database: Any, programs: FakePrograms, tmp_path: Path) -> AsyncIterator[Opens]:
    """Makes services on one empty database: several are replicas of one another."""
    urls = database("auth-pins")
    url = urls.app_url
    await _empty(urls.owner_url)
    keys = Keys(tmp_path)
    opened: list[Service] = []

    async def make(**members: Any) -> House:
        cheap = {
            "pin_hash_cost": 4,
            "password_hash_cost": 4,
            "programs_url": programs.url,
            # Crowds wait for their turn on a slow machine too.
            "database_pool_size": 64,
            "hash_wait_ms": 10_000,
        }
        settings = AuthPinsSettings.load(**keys.settings("auth-pins", url, **{**cheap, **members}))
        service = build(settings)
        opened.append(service)
        return House(service, keys, programs)

    yield make
    for service in opened:
        for close in reversed(service._closing):
            await close()
        await service.engine.dispose()


@pytest.fixture
async def house(open_house: Opens) -> House:
    return await open_house()


@pytest.fixture
async def till(house: House) -> Till:
    return await house.new_till()

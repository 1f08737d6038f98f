"""The service in this process on a real database, and the people who call it."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from kit.app import Service
from kit.identity import Caller
from kit.ids import uuid7
from kit.testing import Keys, client
from programs.main import build
from programs.settings import ProgramsSettings

ADMIN_ID = UUID("0197c1c2-0000-7000-8000-000000000001")
OWNER_ID = UUID("0197c1c2-0000-7000-8000-000000000002")
ADMIN = "/api/v1/admin/loyalty"
VENDOR = "/api/v1/vendor/loyalty"

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def _service(database: Callable[[str], Any], keys: Keys) -> Service:
    return _built(keys, database("programs").app_url)


@pytest.fixture
async def service(_service: Service) -> AsyncIterator[Service]:
    """Without its lifespan: nothing is relayed, what is said stays in the outbox for the test to read."""
    yield _service
    # Connections belong to the test's event loop.
    await _service.engine.dispose()


@pytest.fixture(scope="session")
def nowhere(keys: Keys) -> Shop:
    """A service without a database: whatever reaches for it fails."""
    return Shop(_built(keys, "postgresql://nobody@127.0.0.1:1/nowhere"), keys)


def _built(keys: Keys, database_url: str) -> Service:
    return build(ProgramsSettings.load(**keys.settings("programs", database_url)))


class Someone:
    """A caller with a client of its own."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def get(self, path: str, **query: Any) -> httpx.Response:
        return await self.http.get(path, params=query)

    async def post(self, path: str, body: Any = None, *, key: str | None = "") -> httpx.Response:
        """With a fresh key unless one is given; `key=None` sends none."""
        headers = {} if key is None else {"idempotency-key": key or str(uuid7())}
        return await self.http.post(path, json=body, headers=headers)

    async def patch(self, path: str, body: Any, seen: str | None) -> httpx.Response:
        return await self.http.patch(path, json=body, headers=_if_match(seen))

    async def delete(self, path: str, seen: str | None) -> httpx.Response:
        return await self.http.delete(path, headers=_if_match(seen))


def _if_match(seen: str | None) -> dict[str, str]:
    return {} if seen is None else {"if-match": seen}


class Shop:
    """Makes merchants and what belongs to them through the API."""

    def __init__(self, service: Service, keys: Keys) -> None:
        self.service = service
        self._keys = keys
        self.admin = self.someone(Caller("admin", user_id=ADMIN_ID))

    def someone(self, caller: Caller) -> Someone:
        return Someone(client(self.service.app, self._keys.bearer(caller)))

    def owner(self, merchant_id: str) -> Someone:
        return self.someone(Caller("owner", merchant_id=UUID(merchant_id), user_id=OWNER_ID))

    def manager(self, merchant_id: str) -> Someone:
        return self.someone(Caller("manager", merchant_id=UUID(merchant_id), user_id=uuid7()))

    def terminal(self, merchant_id: str) -> Someone:
        ids = {"store_id": uuid7(), "terminal_id": uuid7()}
        return self.someone(Caller("terminal", merchant_id=UUID(merchant_id), **ids))

    def peer(self) -> Someone:
        """Another service, in its own name."""
        token = self._keys.signer("ledger").internal()
        return Someone(client(self.service.app, {"authorization": f"Bearer {token}"}))

    async def merchant(self, **fields: Any) -> dict[str, Any]:
        slug = f"shop-{next(_numbers):04d}"
        given = {"name": "Chez Nous", "slug": slug, "country": "LU", "contact_email": "us@shop.example"}
        return await self._made(self.admin, f"{ADMIN}/merchants", {**given, **fields})

    async def store(self, merchant_id: str, **fields: Any) -> dict[str, Any]:
        given = {"merchant_id": merchant_id, "code": f"S{next(_numbers)}", "name": "Gare"}
        return await self._made(self.admin, f"{ADMIN}/stores", {**given, **fields})

    async def program(self, merchant_id: str, **fields: Any) -> dict[str, Any]:
        return await self._made(self.owner(merchant_id), f"{VENDOR}/program", fields)

    async def reward(self, merchant_id: str, **fields: Any) -> dict[str, Any]:
        given = {"name": "Free coffee", "points_required": 100}
        return await self._made(self.owner(merchant_id), f"{VENDOR}/rewards", {**given, **fields})

    async def _made(self, who: Someone, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = await who.post(path, body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def told(self, key: str) -> list[dict[str, Any]]:
        """The events about this key that wait in the outbox, oldest first."""
        async with self.service.work.read() as conn:
            statement = text("SELECT value FROM outbox WHERE key = :key ORDER BY id")
            rows = (await conn.execute(statement, {"key": key})).all()
        return [json.loads(bytes(row.value)) for row in rows]

    async def rows(self, statement: str, **values: Any) -> list[Any]:
        async with self.service.work.read() as conn:
            return list((await conn.execute(text(statement), values)).all())


@pytest.fixture
def shop(service: Service, keys: Keys) -> Shop:
    return Shop(service, keys)

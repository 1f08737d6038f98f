"""A gateway on a real database, between a caller and small stand-ins of the services on unix sockets."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import httpx
import pytest
from aiohttp import web
from aiokafka import ConsumerRecord

from contracts.auth_pins import (
    SIGNING_KEYS_ID,
    KeyHash,
    PublicKey,
    SigningKeysChanged,
    TerminalChanged,
    UserChanged,
)
from contracts.event import State
from contracts.programs import MerchantChanged, StoreChanged
from gateway.main import build
from gateway.settings import GatewaySettings
from kit.app import Service
from kit.identity import USER, Callers, Signer, TrustedKeys, public_x
from kit.ids import now
from kit.testing import Keys, client
from kit.work import envelope

VENDOR, ADMIN, AUTH = "/api/v1/vendor/loyalty", "/api/v1/admin/loyalty", "/api/v1/auth"
APPLE = "/api/v1/loyalty/apple/v1"
SECRET = "s" * 43
KEY = "an-idempotency-key-1"


class Seen(NamedTuple):
    """A request as a service got it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class StandIn:
    """A service: gives states, remembers what was asked, answers as it was told (200 and `{}` by default)."""

    def __init__(self, name: str, socket: Path) -> None:
        self.name = name
        self.socket = socket
        self.states: dict[tuple[str, UUID], State] = {}
        self.state_reads: list[str] = []
        self.asked: list[Seen] = []
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.was_asked = asyncio.Event()
        self.answers: dict[tuple[str, str], list[web.Response]] = {}
        self._runner: web.AppRunner | None = None

    def tell(self, state: State) -> None:
        """Hold this as its newest state."""
        self.states[state.kind, state.id] = state

    def answer(self, method: str, path: str, *answers: tuple[int, Any, dict[str, str]]) -> None:
        """Answer these, one after the other, and the last one for ever."""
        self.answers[method, path] = [
            web.Response(
                status=status,
                body=b"" if body is None else json.dumps(body).encode(),
                headers={"content-type": "application/json", **headers},
            )
            for status, body, headers in answers
        ]

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/internal/states/{kind}/{id}", self._state)
        app.router.add_route("*", r"/{rest:[\s\S]*}", self._any)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.UnixSite(self._runner, str(self.socket)).start()

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
            self.socket.unlink(missing_ok=True)

    async def _state(self, request: web.Request) -> web.Response:
        self.state_reads.append(request.path)
        self.was_asked.set()
        await self.may_answer.wait()
        found = self.states.get((request.match_info["kind"], UUID(request.match_info["id"])))
        if found is None:
            return web.json_response({}, status=404)
        return web.json_response(found.model_dump(mode="json"))

    async def _any(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.asked.append(Seen(request.method, request.raw_path, headers, await request.read()))
        planned = self.answers.get((request.method, request.path))
        if planned is None:
            return web.json_response({})
        answer = planned.pop(0) if len(planned) > 1 else planned[0]
        return web.Response(status=answer.status, body=answer.body, headers=answer.headers)


class House:
    """The gateway, the services behind it, and one merchant with a store, a terminal and an owner."""

    def __init__(self, keys: Keys, services: dict[str, StandIn], service: Service) -> None:
        self.keys = keys
        self.services = services
        self.service = service
        self._offsets = itertools.count()
        self.signer = keys.signer("auth-pins")
        self.merchant = MerchantChanged(
            id=uuid4(), version=1, name="Bakery", slug="bakery", country="LU", currency="EUR",
            timezone="Europe/Luxembourg", default_locale="fr",
        )  # fmt: skip
        self.store = StoreChanged(
            id=uuid4(), version=1, merchant_id=self.merchant.id, code="grund", name="Grund"
        )
        self.terminal = TerminalChanged(
            id=uuid4(),
            version=1,
            merchant_id=self.merchant.id,
            store_id=self.store.id,
            keys=(key_hash(SECRET),),
        )
        self.owner = UserChanged(id=uuid4(), version=1, merchant_id=self.merchant.id, role="owner")
        self.admin = UserChanged(id=uuid4(), version=1, role="admin")
        self.signing_keys = SigningKeysChanged(
            id=SIGNING_KEYS_ID,
            version=1,
            keys=(PublicKey(kid=self.signer.kid, x=public_x(self.signer.public_key)),),
        )
        for state in (self.terminal, self.owner, self.admin, self.signing_keys):
            self.auth_pins.tell(state)
        for place in (self.merchant, self.store):
            self.programs.tell(place)

    @property
    def programs(self) -> StandIn:
        return self.services["programs"]

    @property
    def auth_pins(self) -> StandIn:
        return self.services["auth-pins"]

    @property
    def ledger(self) -> StandIn:
        return self.services["ledger"]

    @property
    def cards(self) -> StandIn:
        return self.services["cards"]

    def api_key(self, secret: str = SECRET, environment: str = "live") -> str:
        return f"pk_{environment}_{self.terminal.id.hex}_{secret}"

    def claims(self, user: UserChanged, **other: Any) -> dict[str, Any]:
        issued = time.time()
        claims = {"aud": USER, "sub": str(user.id), "sid": str(uuid4()), "role": user.role, "iat": issued}
        return {**claims, "exp": issued + 900, **other}

    def token(self, user: UserChanged, signer: Signer | None = None, **other: Any) -> str:
        return (signer or self.signer).sign(self.claims(user, **other))

    async def hear(self, state: State) -> None:
        """As when its event arrives from the broker."""
        assert self.service.listener is not None
        record: Any = ConsumerRecord(
            topic=state.topic, partition=0, offset=next(self._offsets), timestamp=0, timestamp_type=0,
            key=state.key().encode(), value=envelope(state.type.partition(".")[0], state), checksum=None,
            serialized_key_size=0, serialized_value_size=0, headers=(),
        )  # fmt: skip
        await self.service.listener.take([record])

    def caller_of(self, seen: Seen) -> Any:
        """Whom the gateway vouched for, read as a service reads it."""
        return Callers(TrustedKeys(self.keys.trusted_file)).of(seen.headers["authorization"])

    def as_till(self, **headers: str) -> httpx.AsyncClient:
        return self.calls(authorization=f"Bearer {self.api_key()}", **headers)

    def as_owner(self, **headers: str) -> httpx.AsyncClient:
        return self.calls(authorization=f"Bearer {self.token(self.owner)}", **headers)

    def calls(self, **headers: str) -> httpx.AsyncClient:
        sent: Any = {name.replace("_", "-"): value.encode("latin-1") for name, value in headers.items()}
        return client(self.service.app, sent)


def key_hash(secret: str, ends_in_s: float | None = None) -> KeyHash:
    ends_at = None if ends_in_s is None else now() + timedelta(seconds=ends_in_s)
    return KeyHash(sha256=hashlib.sha256(secret.encode()).hexdigest(), ends_at=ends_at)


def _operation(
    name: str, *callers: str, key: bool = False, compose: dict[str, str] | None = None
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": name,
        "summary": name,
        "x-callers": list(callers),
        "responses": {"200": {"description": "Done"}},
    }
    if key:
        found["parameters"] = [{"name": "idempotency-key", "in": "header", "required": True, "schema": {}}]
    return {**found, "x-compose": compose} if compose else found


def documents() -> dict[str, Any]:
    """What the services would say of themselves, as far as these tests ask."""
    anyone, users = ("terminal", "owner", "manager"), ("owner", "manager")
    card = {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}
    moves = ("stamp", "stamp/redeem", "points/earn", "points/redeem")
    paths: dict[str, dict[str, Any]] = {
        "programs": {
            f"{ADMIN}/merchants": {"post": _operation("createMerchant", "admin", key=True)},
            f"{ADMIN}/programs": {"get": _operation("listPrograms", "admin", compose={"programs": "items"})},
            f"{VENDOR}/program": {
                "get": _operation("getProgram", *anyone),
                "patch": _operation("patchProgram", *users),
            },
            f"{VENDOR}/rewards": {"get": _operation("listRewards", *anyone, compose={"rewards": "items"})},
            f"{VENDOR}/rewards/{{reward_id}}": {
                "get": _operation("getReward", *anyone, compose={"reward": ""}),
            },
        },
        "auth-pins": {
            f"{AUTH}/token": {"post": _operation("signIn", "public")},
            f"{AUTH}/password": {"post": _operation("changePassword", "admin", *users)},
            f"{VENDOR}/staff-sessions": {"post": _operation("createStaffSession", "terminal")},
        },
        "cards": {
            f"{VENDOR}/cards": {
                "get": _operation("listCards", *anyone, compose={"cards": "items"}),
                "post": _operation("enrol", *anyone, key=True, compose={"card": "card"}),
            },
            f"{VENDOR}/cards/lookup": {"post": _operation("lookUpCard", *anyone, compose={"card": ""})},
            "/api/v1/loyalty/enroll": {"post": _operation("enrolYourself", "public", key=True)},
            "/api/v1/loyalty/cards/{link_token}": {"get": _operation("getOwnCard", "public")},
            f"{VENDOR}/cards/{{card_id}}": {
                "get": _operation("getCard", *anyone, compose={"card": ""}),
                "delete": _operation("deleteCard", *users),
            },
        },
        "ledger": {
            **{f"{VENDOR}/{move}": {"post": _operation(f"move-{move}", *anyone)} for move in moves},
            f"{VENDOR}/points/void": {"post": _operation("voidPoints", *anyone, key=True)},
            f"{VENDOR}/reports/{{name}}": {"get": _operation("getReport", *users)},
        },
        "wallet": {f"{VENDOR}/cards/{{card_id}}/passes": {"get": _operation("listPasses", *anyone)}},
    }
    device = f"{APPLE}/devices/{{device}}/registrations/{{pass_type}}"
    of_token = {"x-hands-on-authorization": True}
    paths["wallet"] |= {
        device: {"get": _operation("listChangedPasses", "public")},
        f"{device}/{{serial}}": {
            "post": _operation("registerDevice", "public") | of_token,
            "delete": _operation("unregisterDevice", "public") | of_token,
        },
        f"{APPLE}/passes/{{pass_type}}/{{serial}}": {"get": _operation("fetchPass", "public") | of_token},
        f"{APPLE}/log": {"post": _operation("tellLog", "public")},
    }
    found = {name: {"paths": rows, "components": {"schemas": {}}} for name, rows in paths.items()}
    switch = {**_operation("deactivateCard", *anyone), "x-card": True}
    found["ledger"]["paths"][f"{VENDOR}/cards/{{card_id}}/deactivate"] = {"post": switch}
    for path, method in ((f"{VENDOR}/cards/{{card_id}}", "get"), (f"{VENDOR}/cards/lookup", "post")):
        answer = {"application/json": {"schema": {"$ref": "#/components/schemas/Card"}}}
        found["cards"]["paths"][path][method]["responses"]["200"]["content"] = answer
    found["cards"]["components"]["schemas"]["Card"] = card
    return found


@pytest.fixture
def described() -> dict[str, Any]:
    """The services' OpenAPI documents."""
    return documents()


@pytest.fixture
async def services() -> AsyncIterator[dict[str, StandIn]]:
    """A stand-in of each service."""
    folder = Path(tempfile.mkdtemp(prefix="pc-gw-"))  # a socket's path must be short
    found = {name: StandIn(name, folder / f"{name}.sock") for name in documents()}
    for stand_in in found.values():
        await stand_in.start()
    yield found
    for stand_in in found.values():
        await stand_in.stop()
    shutil.rmtree(folder)


MakeHouse = Callable[..., House]


@pytest.fixture
async def make_house(database: Any, services: dict[str, StandIn], tmp_path: Path) -> AsyncIterator[MakeHouse]:
    """Makes the gateway with these settings on top."""
    keys = Keys(tmp_path)
    made: list[Service] = []

    def make(**settings: Any) -> House:
        urls = {f"{name.replace('-', '_')}_url": f"unix:{s.socket}" for name, s in services.items()}
        given = keys.settings("gateway", database("gateway").app_url, **{**urls, **settings})
        service = build(GatewaySettings.load(**given), documents())
        made.append(service)
        return House(keys, services, service)

    yield make
    for service in made:
        for close in service._closing:
            await close()
        await service.engine.dispose()


@pytest.fixture
async def house(make_house: MakeHouse) -> House:
    """The gateway with its usual settings."""
    return make_house()


@pytest.fixture
def key_hash_of() -> Callable[..., KeyHash]:
    """Makes what auth-pins tells of a key."""
    return key_hash

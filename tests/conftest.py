"""What tests of the whole platform share: shops opened through the public API, and its databases."""

from __future__ import annotations

import itertools
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import psycopg
import pytest

if TYPE_CHECKING:
    from punchcard.stack import Stack

ADMIN, VENDOR = "/api/v1/admin/loyalty", "/api/v1/vendor/loyalty"


class Platform:
    """The public door, and what lies behind it."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.http = httpx.Client(base_url=stack.gateway_url, timeout=30)
        self._admin: str | None = None

    @property
    def admin(self) -> str:
        """The administrator's access token."""
        if self._admin is None:
            self._admin = self.sign_in(*self.stack.admin)["access_token"]
        return self._admin

    def sign_in(self, email: str, password: str) -> dict[str, Any]:
        return self.made(self.http.post("/api/v1/auth/token", json={"email": email, "password": password}))

    def post(
        self, token: str, path: str, body: Any = None, key: str | None = None, **headers: str
    ) -> httpx.Response:
        """POST with a new idempotency key unless one is given."""
        return self.http.post(path, json=body, headers=as_caller(token, key, **headers))

    def get(self, token: str, path: str, **headers: str) -> httpx.Response:
        return self.http.get(path, headers=as_caller(token, **headers))

    def create(self, token: str, path: str, body: Any = None) -> dict[str, Any]:
        return self.made(self.post(token, path, body))

    @staticmethod
    def made(answer: httpx.Response) -> dict[str, Any]:
        """The body of an answer that must be a good one."""
        assert answer.is_success, f"{answer.request.url}: {answer.status_code} {answer.text}"
        return answer.json()

    # -- behind the door

    def rows(self, service: str, query: str, *params: Any) -> list[tuple[Any, ...]]:
        """Ask a service's database as the superuser."""
        with psycopg.connect(self.stack.urls(service).superuser) as connection:
            return connection.execute(query, params or None).fetchall()

    def one(self, service: str, query: str, *params: Any) -> Any:
        """The single value of a single row."""
        ((value,),) = self.rows(service, query, *params)
        return value

    def pass_sequences(self, card_ids: list[str]) -> dict[str, int]:
        """What the wallet service is to show of each card."""
        query = "SELECT card_id::text, sequence_wanted FROM passes WHERE card_id = ANY(%s::uuid[])"
        return dict(self.rows("wallet", query, card_ids))

    def ledger_sequences(self, card_ids: list[str]) -> dict[str, int]:
        query = "SELECT card_id::text, sequence FROM accounts WHERE card_id = ANY(%s::uuid[])"
        return dict(self.rows("ledger", query, card_ids))

    # -- shops

    def open_shop(self, **program: Any) -> Shop:
        """A merchant with everything that it needs to give stamps; a hybrid program unless told otherwise."""
        return Shop(self, program)


class Shop:
    """One merchant: its owner, store, till, program, staff member and reward."""

    def __init__(self, platform: Platform, program: dict[str, Any]) -> None:
        self.platform = platform
        self.stack = platform.stack
        self.slug = f"shop-{secrets.token_hex(6)}"
        self._numbers = itertools.count(1)
        self.merchant = self._merchant()
        if not program.get("require_staff_pin", False):
            self._leave_pins_to_the_program()
        self.store = self.open_store("01")
        self.till = self.open_till(self.store["id"])
        self.key: str = self.till["api_key"]
        self.sign_in = self._owner()
        self.owner: str = self.sign_in["access_token"]
        self.program = self._program(program)
        self.staff = {"code": "07", "pin": "482913"}
        self.hire(**self.staff)
        self.reward = platform.create(
            self.owner, f"{VENDOR}/rewards", {"name": "Mug", "points_required": 100, "value_cents": 500}
        )
        self._wait_for_its_rules()

    # -- setting up

    def _merchant(self) -> dict[str, Any]:
        body = {
            "name": "Café Um Eck",
            "slug": self.slug,
            "country": "LU",
            "contact_email": f"{self.slug}@punchcard.example",
        }
        return self.platform.create(self.platform.admin, f"{ADMIN}/merchants", body)

    def _leave_pins_to_the_program(self) -> None:
        path = f"{ADMIN}/merchants/{self.merchant['id']}/settings"
        etag = self.platform.get(self.platform.admin, path).headers["etag"]
        headers = as_caller(self.platform.admin, if_match=etag)
        self.platform.made(
            self.platform.http.patch(path, json={"staff_pin_policy": "optional"}, headers=headers)
        )

    def _wait_for_its_rules(self) -> None:
        """A change (the setting, the program that became active) counts within 2 s, unlike what is new."""
        asked = {"card_id": self.enrol()["id"], "dry_run": True}
        before = {"program-inactive"}
        if not self.program["require_staff_pin"]:
            before.add("staff-approval-required")
        _until(lambda: self.ask("stamp", asked).json().get("code") not in before, within_s=10)

    def open_store(self, code: str) -> dict[str, Any]:
        body = {"merchant_id": self.merchant["id"], "code": code, "name": f"Store {code}"}
        return self.platform.create(self.platform.admin, f"{ADMIN}/stores", body)

    def open_till(self, store_id: str) -> dict[str, Any]:
        body = {"store_id": store_id, "name": "Till"}
        return self.platform.create(self.platform.admin, f"{ADMIN}/terminals", body)

    def _owner(self) -> dict[str, Any]:
        who = {"email": f"owner-{self.slug}@punchcard.example", "password": secrets.token_urlsafe(18)}
        user = who | {"role": "owner", "merchant_id": self.merchant["id"]}
        self.platform.create(self.platform.admin, f"{ADMIN}/users", user)
        return self.platform.sign_in(who["email"], who["password"])

    def _program(self, changes: dict[str, Any]) -> dict[str, Any]:
        wanted = {
            "loyalty_type": "hybrid",
            "stamps_target": 3,
            "cooldown_minutes": 0,
            "max_daily_stamps": None,
            "points_per_euro": 10,
            "require_staff_pin": False,
            **changes,
        }
        self.platform.create(self.owner, f"{VENDOR}/program", wanted)
        return self.platform.create(self.owner, f"{VENDOR}/program/activate")

    def hire(self, code: str, pin: str, **more: Any) -> dict[str, Any]:
        body = {"code": code, "pin": pin, "name": f"Staff {code}", **more}
        return self.platform.create(self.owner, f"{VENDOR}/pins", body)

    # -- at the till

    def enrol(self, **member: Any) -> dict[str, Any]:
        """A new member's card."""
        email = f"m{next(self._numbers)}-{self.slug}@punchcard.example"
        body = {"first_name": "Anna", "last_name": "Muller", "email": email, **member}
        return self.platform.create(self.key, f"{VENDOR}/cards", body)["card"]

    def enrol_many(self, count: int) -> list[str]:
        """The ids of that many new cards."""
        return [self.enrol()["id"] for _ in range(count)]

    def ask(self, move: str, body: Any, key: str | None = None, **headers: str) -> httpx.Response:
        """A POST by the till, as `stamp` or `points/earn`."""
        return self.platform.post(self.key, f"{VENDOR}/{move}", body, key, **headers)

    def move(self, move: str, body: Any) -> dict[str, Any]:
        """A POST by the till that must go well."""
        return self.platform.made(self.ask(move, body))

    def staff_session(self) -> str:
        body = {"staff_code": self.staff["code"], "pin": self.staff["pin"]}
        return self.move("staff-sessions", body)["staff_session"]

    def transactions(self, card_id: str) -> list[tuple[Any, ...]]:
        """`id, sequence, stamps_delta, points_delta` of the card's rows in the ledger."""
        return self.platform.rows(
            "ledger",
            "SELECT id::text, sequence, stamps_delta, points_delta FROM transactions"
            " WHERE card_id = %s ORDER BY sequence",
            card_id,
        )


def as_caller(token: str, key: str | None = None, **headers: str) -> dict[str, str]:
    """The headers of a request with credentials and an idempotency key."""
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    return {"authorization": f"Bearer {token}", "idempotency-key": key or str(uuid4()), **more}


@pytest.fixture(scope="module")
def platform(stack: Stack) -> Iterator[Platform]:
    """The shared platform: each test opens shops of its own."""
    made = Platform(stack)
    yield made
    made.http.close()


@pytest.fixture(scope="session")
def platform_of() -> Callable[[Stack], Platform]:
    """For tests that bring a stack of their own."""
    return Platform


@pytest.fixture(scope="session")
def retold() -> Callable[..., AbstractContextManager[None]]:
    """`with retold(stack, "wallet", GOOGLE_API_URL=…):` this service has other settings, beside its own."""
    return _retold


@contextmanager
def _retold(stack: Stack, name: str, **more: str) -> Iterator[None]:
    """It is started again, twice."""
    before = stack.settings(name)
    try:
        stack.retell(name, before | more)
        yield
    finally:
        stack.retell(name, before)


@pytest.fixture(scope="session")
def until() -> Callable[..., float]:
    """`until(what, within_s=5)` waits until `what()` is true, and fails with what it said last."""
    return _until


def _until(what: Callable[[], Any], within_s: float) -> float:
    """The seconds it took."""
    began = time.monotonic()
    while not (said := what()):
        assert time.monotonic() - began < within_s, f"still {said!r} after {within_s} s"
        time.sleep(0.05)
    return time.monotonic() - began

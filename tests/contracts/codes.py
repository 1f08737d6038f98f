"""For each code of the API the shortest way to it through the gateway; the test beside it asks them all.

A new code in contracts/problem.py fails the test until it has a scenario here.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import uuid4

import httpx
import psycopg

from kit.ids import uuid7
from punchcard.environment import RAISED_LIMITS

ADMIN, VENDOR, PUBLIC, AUTH = (
    "/api/v1/admin/loyalty",
    "/api/v1/vendor/loyalty",
    "/api/v1/loyalty",
    "/api/v1/auth",
)
EURO = {"purchase_amount_cents": 1000, "currency": "EUR"}
#: A program whose limits are soon met.
MEAN = {"minimum_redemption_points": 500, "minimum_purchase_cents": 500, "points_per_euro": 1000}
WRONG_PIN = "000917"


class Stage:
    """The platform, and shops by their program that scenarios share."""

    def __init__(self, platform: Any) -> None:
        self.platform = platform
        self._shops: dict[str, Any] = {}

    def shop(self, **program: Any) -> Any:
        """The shop with such a program; scenarios leave it as it was."""
        name = repr(sorted(program.items()))
        if name not in self._shops:
            # Where a PIN is needed at once, nobody waits for the merchant's other policy to count.
            strict = {"require_staff_pin": True} if program else {}
            self._shops[name] = self.platform.open_shop(**strict, **program)
        return self._shops[name]

    def narrow(self) -> Any:
        """A shop whose merchant allows as little as can be."""
        if "narrow" not in self._shops:
            self._shops["narrow"] = shop = self.platform.open_shop(stamps_target=5)
            self.set(
                shop,
                allow_cross_location_redemption=False,
                allow_self_enrollment=False,
                require_order_reference=True,
            )
        return self._shops["narrow"]

    def http(self, method: str, path: str, token: str = "", **more: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return self.platform.http.request(method, path, headers=headers | more.pop("headers", {}), **more)

    def set(self, shop: Any, **settings: Any) -> None:
        """Change the merchant's settings; it counts within two seconds."""
        path = f"{ADMIN}/merchants/{shop.merchant['id']}/settings"
        etag = self.platform.get(self.platform.admin, path).headers["etag"]
        answer = self.http("PATCH", path, self.platform.admin, json=settings, headers={"if-match": etag})
        self.platform.made(answer)

    @contextmanager
    def held(self, service: str, statement: str, undo: str = "") -> Iterator[None]:
        """What the statement does to the service's database lasts for a moment."""
        with psycopg.connect(self.platform.stack.urls(service).superuser) as connection:
            connection.execute(statement)
            if undo:
                connection.commit()
            try:
                yield
            finally:
                if undo:
                    connection.execute(undo)
                connection.commit()


class Way(NamedTuple):
    """How to get a code, and which members the problem has beside those of every problem."""

    go: Callable[[Stage], httpx.Response]
    members: frozenset[str]


WAYS: dict[str, Way] = {}


def way(code: str, *members: str) -> Callable[[Callable[[Stage], httpx.Response]], None]:
    def keep(go: Callable[[Stage], httpx.Response]) -> None:
        assert code not in WAYS
        WAYS[code] = Way(go, frozenset(members))

    return keep


def _until(code: str, ask: Callable[[], httpx.Response]) -> httpx.Response:
    """Ask until it is answered so: changes count within two seconds."""
    ends = time.monotonic() + 10
    while (answer := ask()).json().get("code") != code and time.monotonic() < ends:
        time.sleep(0.1)
    return answer


def _new_card(shop: Any, cents: int = 0) -> dict[str, str]:
    """As a move names it; with the points of a purchase."""
    card = {"card_id": shop.enrol()["id"]}
    if cents:
        shop.move(
            "points/earn",
            {**card, "purchase_amount_cents": cents, "currency": "EUR", "staff": shop.staff},
        )
    return card


def _reward(stage: Stage, shop: Any, **more: Any) -> dict[str, str]:
    body = {"name": "Tea", "points_required": 100, **more}
    return {"reward_id": stage.platform.create(shop.owner, f"{VENDOR}/rewards", body)["id"]}


# -- requests that are none


@way("malformed-request")
def _(stage: Stage) -> httpx.Response:
    shop = stage.shop()
    headers = {"content-type": "application/json", "idempotency-key": str(uuid4())}
    return stage.http("POST", f"{VENDOR}/stamp", shop.key, content=b'{"card_id', headers=headers)


@way("idempotency-key-missing")
def _(stage: Stage) -> httpx.Response:
    shop = stage.shop()
    return stage.http("POST", f"{VENDOR}/stamp", shop.key, json=_new_card(shop))


@way("idempotency-key-invalid")
def _(stage: Stage) -> httpx.Response:
    shop = stage.shop()
    return shop.ask("stamp", _new_card(shop), "short")


@way("validation-failed", "errors")
def _(stage: Stage) -> httpx.Response:
    return stage.shop().ask("stamp", {"card_id": "1"})


@way("method-not-allowed")
def _(stage: Stage) -> httpx.Response:
    return stage.http("PUT", f"{VENDOR}/program", stage.shop().owner, json={})


@way("body-too-large")
def _(stage: Stage) -> httpx.Response:
    return stage.shop().ask("stamp", {"notes": "x" * 70_000})


@way("unsupported-media-type")
def _(stage: Stage) -> httpx.Response:
    headers = {"content-type": "text/xml", "idempotency-key": str(uuid4())}
    return stage.http("POST", f"{VENDOR}/stamp", stage.shop().key, content=b"<stamp/>", headers=headers)


# -- who asks


@way("unauthenticated")
def _(stage: Stage) -> httpx.Response:
    return stage.http("GET", f"{VENDOR}/program")


@way("forbidden")
def _(stage: Stage) -> httpx.Response:
    return stage.http("GET", f"{VENDOR}/pins", stage.shop().key)


@way("password-wrong")
def _(stage: Stage) -> httpx.Response:
    body = {"current": "not my password", "new": "a much longer one"}
    return stage.http("POST", f"{AUTH}/password", stage.shop().owner, json=body)


@way("reset-token-invalid")
def _(stage: Stage) -> httpx.Response:
    body = {"token": "never-given-to-anybody", "new": "a much longer one"}
    return stage.http("POST", f"{AUTH}/password/reset", json=body)


@way("rate-limited")
def _(stage: Stage) -> httpx.Response:
    shop = stage.shop()
    stage.platform.stack.retell("gateway", {**RAISED_LIMITS, "LIMIT_LOOKUPS_PER_MINUTE": "1"})
    try:
        asked = {"number": "0000-0000-0000"}
        return _until("rate-limited", lambda: shop.ask("cards/lookup", asked))
    finally:
        stage.platform.stack.retell("gateway", RAISED_LIMITS)


# -- staff


@way("staff-approval-required")
def _(stage: Stage) -> httpx.Response:
    shop = stage.shop(stamps_target=4)
    return shop.ask("stamp", _new_card(shop))


@way("staff-approval-invalid")
def _(stage: Stage) -> httpx.Response:
    shop = stage.shop(stamps_target=4)
    return shop.ask("stamp", {**_new_card(shop), "staff": {"code": "Z1", "pin": WRONG_PIN}})


@way("staff-approval-expired")
def _(stage: Stage) -> httpx.Response:
    shop = stage.shop(stamps_target=4)
    sold = (datetime.now(tz=UTC) - timedelta(hours=3)).isoformat().replace("+00:00", "Z")
    return shop.ask("stamp", {**_new_card(shop), "staff_session": shop.staff_session(), "sale_at": sold})


@way("staff-locked", "retry_at")
def _(stage: Stage) -> httpx.Response:
    shop = stage.shop(stamps_target=4)
    asked = {"staff_code": "Z2", "pin": WRONG_PIN}
    till = shop.open_till(shop.store["id"])["api_key"]
    path = f"{VENDOR}/staff-sessions"
    return _until("staff-locked", lambda: stage.platform.post(till, path, asked))


@way("terminal-locked", "retry_at")
def _(stage: Stage) -> httpx.Response:
    shop = stage.shop(stamps_target=4)
    till = shop.open_till(shop.store["id"])["api_key"]
    path = f"{VENDOR}/staff-sessions"
    for code in range(9):
        stage.platform.post(till, path, {"staff_code": f"Y{code}", "pin": WRONG_PIN})
    return stage.platform.post(till, path, {"staff_code": "Y9", "pin": WRONG_PIN})


# -- what is not there


def _missing(code: str, path: str, who: str = "admin") -> None:
    @way(code)
    def _(stage: Stage) -> httpx.Response:
        token = stage.platform.admin if who == "admin" else stage.shop().owner
        return stage.http("GET", path.format(uuid7()), token)


_missing("not-found", "/nowhere")
_missing("merchant-not-found", ADMIN + "/merchants/{}")
_missing("store-not-found", ADMIN + "/stores/{}")
_missing("program-not-found", ADMIN + "/programs/{}")
_missing("user-not-found", ADMIN + "/users/{}")
_missing("terminal-not-found", ADMIN + "/terminals/{}")
_missing("card-not-found", VENDOR + "/cards/{}", "owner")
_missing("reward-not-found", VENDOR + "/rewards/{}", "owner")
_missing("staff-not-found", VENDOR + "/pins/{}", "owner")


@way("transaction-not-found")
def _(stage: Stage) -> httpx.Response:
    shop = stage.shop()
    return shop.ask("stamp/void", {"transaction_id": str(uuid7()), "staff": shop.staff})


@way("wallet-not-available")
def _(stage: Stage) -> httpx.Response:
    # Whatever identity is set up here, it signs no passes of this type.
    shop = stage.shop(apple_pass_type_id="pass.example.another")
    link = stage.platform.create(shop.owner, f"{VENDOR}/cards/{shop.enrol()['id']}/link")["card_url"]
    return stage.http("GET", f"{PUBLIC}/cards/{link.rpartition('/')[2]}/pass.pkpass")


# -- keys


@way("idempotency-key-reused")
def _(stage: Stage) -> httpx.Response:
    shop, key = stage.shop(), str(uuid4())
    assert shop.ask("stamp", _new_card(shop), key).status_code == 200
    return shop.ask("stamp", _new_card(shop), key)


@way("idempotency-key-in-use")
def _(stage: Stage) -> httpx.Response:
    shop, key = stage.shop(), str(uuid4())
    answers: list[httpx.Response] = []

    def ask() -> None:
        body = {"name": "Cake", "points_required": 100}
        answers.append(stage.platform.post(shop.owner, f"{VENDOR}/rewards", body, key))

    first, twin = threading.Thread(target=ask), threading.Thread(target=ask)
    with stage.held("programs", "LOCK TABLE rewards IN SHARE MODE"):
        first.start()
        twin.start()
        ends = time.monotonic() + 10
        while not answers and time.monotonic() < ends:
            time.sleep(0.02)
    first.join()
    twin.join()
    return next(answer for answer in answers if answer.status_code != 201)


@way("idempotency-key-expired")
def _(stage: Stage) -> httpx.Response:
    shop, key = stage.shop(), str(uuid4())
    member = {"first_name": "A", "last_name": "B", "email": f"gone-{shop.slug}@punchcard.example"}
    made = stage.platform.made(shop.ask("cards", member, key))
    stage.platform.made(
        stage.platform.post(shop.owner, f"{VENDOR}/cards/{made['card']['id']}/customer/erase")
    )
    return shop.ask("cards", member, key)


# -- the card, the program, the store


@way("card-inactive")
def _(stage: Stage) -> httpx.Response:
    shop = stage.shop()
    card = _new_card(shop)
    stage.platform.made(shop.ask(f"cards/{card['card_id']}/deactivate", None))
    return shop.ask("stamp", card)


@way("program-inactive")
def _(stage: Stage) -> httpx.Response:
    shop = stage.platform.open_shop()
    card = _new_card(shop)
    stage.platform.create(shop.owner, f"{VENDOR}/program/deactivate", {})
    return _until("program-inactive", lambda: shop.ask("stamp", card))


@way("stamps-not-enabled")
def _(stage: Stage) -> httpx.Response:
    shop = stage.shop(loyalty_type="points")
    card = _new_card(shop)
    return _until("stamps-not-enabled", lambda: shop.ask("stamp", card))


@way("points-not-enabled")
def _(stage: Stage) -> httpx.Response:
    shop = stage.shop(loyalty_type="stamps")
    card = _new_card(shop)
    return _until("points-not-enabled", lambda: shop.ask("points/earn", {**card, **EURO}))


@way("store-not-allowed")
def _(stage: Stage) -> httpx.Response:
    shop = stage.narrow()
    till = shop.open_till(shop.open_store("02")["id"])["api_key"]

    def ask() -> httpx.Response:
        return stage.platform.post(till, f"{VENDOR}/stamp", _new_card(shop))

    return _until("store-not-allowed", ask)


@way("enrollment-closed")
def _(stage: Stage) -> httpx.Response:
    shop = stage.narrow()

    def ask() -> httpx.Response:
        member = {"first_name": "A", "last_name": "B", "email": f"{secrets.token_hex(6)}@punchcard.example"}
        body = {**member, "merchant_slug": shop.slug, "locale": "fr", "marketing_consent": False}
        return stage.http("POST", f"{PUBLIC}/enroll", json=body, headers={"idempotency-key": str(uuid4())})

    return _until("enrollment-closed", ask)


# -- stamps


@way("stamp-cooldown", "retry_at")
def _(stage: Stage) -> httpx.Response:
    shop = stage.shop(cooldown_minutes=15)
    card = {**_new_card(shop), "staff": shop.staff}
    shop.move("stamp", card)
    return shop.ask("stamp", card)


@way("daily-stamp-limit", "retry_at")
def _(stage: Stage) -> httpx.Response:
    shop = stage.shop(max_daily_stamps=1)
    card = {**_new_card(shop), "staff": shop.staff}
    shop.move("stamp", card)
    return shop.ask("stamp", card)


@way("insufficient-stamps", "balance", "required")
def _(stage: Stage) -> httpx.Response:
    shop = stage.shop()
    return shop.ask("stamp/redeem", _new_card(shop))


# -- points and rewards


@way("insufficient-points", "balance", "required")
def _(stage: Stage) -> httpx.Response:
    shop = stage.shop()
    return shop.ask("points/redeem", {**_new_card(shop), "reward_id": shop.reward["id"]})


@way("below-minimum-redemption", "required", "amount")
def _(stage: Stage) -> httpx.Response:
    shop = stage.shop(**MEAN)
    card = _new_card(shop, 9000)
    return shop.ask("points/redeem", {**card, "reward_id": shop.reward["id"], "staff": shop.staff})


@way("below-minimum-purchase", "required", "amount")
def _(stage: Stage) -> httpx.Response:
    shop = stage.shop(**MEAN)
    less = {"purchase_amount_cents": 499, "currency": "EUR", "staff": shop.staff}
    return shop.ask("points/earn", {**_new_card(shop), **less})


@way("reward-out-of-stock")
def _(stage: Stage) -> httpx.Response:
    shop = stage.shop()
    asked = {**_new_card(shop, 9000), **_reward(stage, shop, stock=1)}
    shop.move("points/redeem", asked)
    return shop.ask("points/redeem", asked)


@way("reward-limit-reached")
def _(stage: Stage) -> httpx.Response:
    shop = stage.shop()
    asked = {**_new_card(shop, 9000), **_reward(stage, shop, max_per_card=1)}
    shop.move("points/redeem", asked)
    return shop.ask("points/redeem", asked)


@way("reward-not-valid-now")
def _(stage: Stage) -> httpx.Response:
    shop = stage.shop()
    return shop.ask("points/redeem", {**_new_card(shop, 9000), **_reward(stage, shop, is_active=False)})


@way("order-already-rewarded", "transaction_id")
def _(stage: Stage) -> httpx.Response:
    shop = stage.shop()
    asked = {**_new_card(shop), **EURO, "order_reference": str(uuid4())}
    shop.move("points/earn", asked)
    return shop.ask("points/earn", asked)


@way("order-reference-required")
def _(stage: Stage) -> httpx.Response:
    shop = stage.narrow()
    card = _new_card(shop)
    return _until("order-reference-required", lambda: shop.ask("points/earn", {**card, **EURO}))


@way("currency-mismatch")
def _(stage: Stage) -> httpx.Response:
    shop = stage.shop()
    return shop.ask("points/earn", {**_new_card(shop), "purchase_amount_cents": 100, "currency": "USD"})


@way("balance-limit")
def _(stage: Stage) -> httpx.Response:
    shop = stage.shop(**MEAN)
    most = {**_new_card(shop), "purchase_amount_cents": 100_000_000, "currency": "EUR", "staff": shop.staff}
    return _until("balance-limit", lambda: shop.ask("points/earn", most))


# -- voids


def _earned(shop: Any) -> dict[str, Any]:
    earned = shop.move("points/earn", {**_new_card(shop), **EURO})
    return {"transaction_id": earned["transaction_id"], "staff": shop.staff}


@way("already-voided", "transaction_id", "remaining_cents")
def _(stage: Stage) -> httpx.Response:
    shop = stage.shop()
    asked = _earned(shop)
    shop.move("points/void", asked)
    return shop.ask("points/void", asked)


@way("void-exceeds-remaining", "transaction_id", "remaining_cents")
def _(stage: Stage) -> httpx.Response:
    shop = stage.shop()
    return shop.ask("points/void", {**_earned(shop), "amount_cents": 1001})


@way("void-not-allowed", "transaction_id")
def _(stage: Stage) -> httpx.Response:
    shop = stage.shop()
    return shop.ask("stamp/void", _earned(shop))


# -- one of each, and versions


@way("program-already-exists")
def _(stage: Stage) -> httpx.Response:
    return stage.platform.post(stage.shop().owner, f"{VENDOR}/program", {"loyalty_type": "stamps"})


@way("already-exists", "field")
def _(stage: Stage) -> httpx.Response:
    shop = stage.shop()
    body = {"merchant_id": shop.merchant["id"], "code": "01", "name": "Again"}
    return stage.platform.post(stage.platform.admin, f"{ADMIN}/stores", body)


@way("customer-conflict")
def _(stage: Stage) -> httpx.Response:
    shop = stage.shop()
    email, phone = f"one-{shop.slug}@punchcard.example", "+352621334455"
    shop.enrol(email=email)
    shop.enrol(phone=phone)
    return shop.ask("cards", {"first_name": "A", "last_name": "B", "email": email, "phone": phone})


@way("change-not-allowed", "field")
def _(stage: Stage) -> httpx.Response:
    path, admin = f"{ADMIN}/merchants/{stage.shop().merchant['id']}", stage.platform.admin
    etag = stage.http("GET", path, admin).headers["etag"]
    return stage.http("PATCH", path, admin, json={"currency": "USD"}, headers={"if-match": etag})


@way("precondition-required")
def _(stage: Stage) -> httpx.Response:
    shop = stage.shop()
    return stage.http("PATCH", f"{VENDOR}/rewards/{shop.reward['id']}", shop.owner, json={"name": "Cup"})


@way("precondition-failed")
def _(stage: Stage) -> httpx.Response:
    shop, headers = stage.shop(), {"if-match": '"99"'}
    path = f"{VENDOR}/rewards/{shop.reward['id']}"
    return stage.http("PATCH", path, shop.owner, json={"name": "Cup"}, headers=headers)


# -- when something is wrong with the platform


@way("internal-error")
def _(stage: Stage) -> httpx.Response:
    away, back = "ALTER TABLE rewards RENAME TO away", "ALTER TABLE away RENAME TO rewards"
    with stage.held("programs", away, back):
        return stage.http("GET", f"{VENDOR}/rewards", stage.shop().owner)


@way("upstream-unavailable")
def _(stage: Stage) -> httpx.Response:
    with stage.held("programs", "LOCK TABLE rewards IN ACCESS EXCLUSIVE MODE"):
        return stage.http("GET", f"{VENDOR}/rewards", stage.shop().owner)

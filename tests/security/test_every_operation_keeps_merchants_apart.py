"""Every operation of the document that names a thing is asked for another merchant's: there is no such thing.

The walk reads the document, so a new route is covered by being there. A new name of a parameter or member
fails it until `THINGS` or `NOTHING` says what it names.
"""

from __future__ import annotations

import base64
import json
import secrets
import time
from typing import Any, NamedTuple
from uuid import UUID

import httpx
import pytest

from kit.ids import uuid7

ADMIN, VENDOR = "/api/v1/admin/loyalty", "/api/v1/vendor/loyalty"
REQUEST = "0197c1c2-asked-twice"
#: A stream: it has its own test below.
STREAM = "listenToEvents"

#: Names of what belongs to a merchant. A value that does not exist is made by `unreal`.
THINGS = {
    "card_id", "customer_id", "event_id", "merchant_id", "number", "order_reference", "program_id", "qr",
    "reward_id", "staff_code", "staff_id", "store_id", "terminal_id", "thing_id", "actor_id",
    "transaction_id", "user_id",
}  # fmt: skip
#: What may find something without naming it: it is answered by what it finds, which is nothing of theirs.
SEARCHES = {"search", "cursor", "email", "phone"}
#: Approvals, which users don't need and whose wrong tries are counted: they have a test of their own below.
APPROVALS = {"staff", "staff_session"}
#: A merchant's order references are its own: what is theirs is free here.
FREE = {("earnPoints", "order_reference")}
#: What names nothing of a merchant's.
NOTHING = {
    "accept-language", "address", "allow_cross_location_redemption", "allow_self_enrollment",
    "allow_void", "amount_cents", "apple_pass_type_id", "birthday", "card_color", "card_name",
    "card_secondary_color", "city", "code", "contact_email", "cooldown_minutes", "count", "country",
    "currency", "current", "default_locale", "description", "dry_run", "enrollment_confirmation",
    "environment", "first_line", "first_name", "format", "from", "google_class_id", "google_issuer_id",
    "hero_image_url", "idempotency-key", "if-match", "image_url", "include_deleted", "is_active", "kind",
    "last-event-id", "last_name", "latitude", "limit", "locale", "log_ip_addresses", "logo_url",
    "longitude", "loyalty_type", "marketing_consent", "max_daily_stamps", "max_per_card",
    "minimum_purchase_cents", "minimum_redemption_points", "name", "new", "notes", "only_deleted",
    "password", "pin", "pin_lockout_attempts", "pin_lockout_minutes", "points_delta",
    "points_expiration_days", "points_per_euro", "points_required", "privacy_url",
    "purchase_amount_cents", "recover_shortfall", "redeem_until", "require_order_reference",
    "require_staff_pin", "role", "rows", "sale_at", "slug", "sort_order", "staff_pin_policy", "stamps",
    "stamps_delta", "stamps_reward_description", "stamps_reward_value_cents", "stamps_target", "state",
    "status", "stock", "terms_text", "tier_config", "timezone", "to", "type", "valid_from", "valid_until",
    "value_cents", "welcome_bonus_points",
}  # fmt: skip
#: Members that name a card: a move takes exactly one of them.
CARD = ("card_id", "qr", "number")
#: Good values of required members, by name.
GOOD = {
    "name": "Sugar", "points_required": 5, "purchase_amount_cents": 100, "currency": "EUR",
    "notes": "why", "stamps_delta": 1, "points_delta": 1, "pin": "918273", "first_name": "Eva",
    "last_name": "Hoff", "email": "eva@punchcard.example", "code": "88", "slug": "sugar", "country": "LU",
    "password": "long enough words", "contact_email": "eva@punchcard.example", "role": "owner",
    "current": "long enough words", "new": "longer than enough", "staff_code": "07",
}  # fmt: skip


class Operation(NamedTuple):
    """One that needs credentials; `taken` are the names of its members and where each stands."""

    name: str
    method: str
    path: str
    callers: frozenset[str]
    taken: dict[str, str]
    required: frozenset[str]


class Side:
    """One merchant with one of each thing, by the name that names it, and its three kinds of caller."""

    def __init__(self, platform: Any) -> None:
        self.platform = platform
        self.shop = shop = platform.open_shop()
        mark = secrets.token_hex(5)
        self.boss = {"code": f"M{mark[:5]}", "pin": "593048"}
        boss = shop.hire(**self.boss, role="manager")
        member = {
            "first_name": f"Zoe{mark}",
            "last_name": f"Adler{mark}",
            "phone": f"+352621{int(mark, 16) % 10**6:06d}",
        }
        card = shop.enrol(**member)
        order = {"purchase_amount_cents": 5000, "currency": "EUR", "order_reference": f"order-{mark}"}
        shop.move("stamp", {"card_id": card["id"]})
        earned = shop.move("points/earn", {"card_id": card["id"], **order})
        manager = {"email": f"manager-{shop.slug}@punchcard.example", "password": secrets.token_urlsafe(18)}
        user = {**manager, "role": "manager", "merchant_id": shop.merchant["id"]}
        made = platform.create(platform.admin, f"{ADMIN}/users", user)
        self.tokens = {
            "owner": shop.owner,
            "manager": platform.sign_in(**manager)["access_token"],
            "terminal": shop.key,
        }
        self.things = {
            "card_id": card["id"], "qr": card["qr_code"], "number": card["card_number"],
            "store_id": shop.store["id"], "terminal_id": shop.till["id"],
            "merchant_id": shop.merchant["id"], "program_id": shop.program["id"],
            "reward_id": shop.reward["id"], "staff_id": boss["id"], "staff_code": self.boss["code"],
            "user_id": made["id"], "transaction_id": earned["transaction_id"],
            "order_reference": order["order_reference"], "thing_id": shop.reward["id"],
            "actor_id": made["id"], "event_id": earned["transaction_id"], "customer_id": card["id"],
        }  # fmt: skip
        email = platform.made(platform.get(shop.owner, f"{VENDOR}/cards/{card['id']}/customer"))["email"]
        self.searched = {
            "search": card["card_number"], "email": email, "phone": member["phone"],
            "cursor": base64.urlsafe_b64encode(UUID(card["id"]).bytes).decode().rstrip("="),
        }  # fmt: skip
        self.marks = {*self.things.values(), *member.values(), email, shop.slug, manager["email"]}

    def settled(self) -> dict[str, Any]:
        """Its state, once what was done to it before is told everywhere."""
        before, now = None, self.state()
        while now != before:
            time.sleep(1)
            before, now = now, self.state()
        return now

    def state(self) -> dict[str, Any]:
        """All that its owner sees."""
        names = ("program", "settings", "rewards", "pins", "terminals", "cards", "transactions")
        answers = {name: self.platform.get(self.shop.owner, f"{VENDOR}/{name}").json() for name in names}
        for till in answers["terminals"]["items"]:
            till.pop("last_used_at")
        return answers


@pytest.fixture(scope="module")
def theirs(platform: Any) -> Side:
    return Side(platform)


@pytest.fixture(scope="module")
def ours(platform: Any) -> Side:
    return Side(platform)


@pytest.fixture(scope="module")
def operations(platform: Any) -> list[Operation]:
    document = platform.http.get("/openapi.json").json()
    found = [
        _operation(document, method, path, said)
        for path, methods in document["paths"].items()
        for method, said in methods.items()
    ]
    shut = [operation for operation in found if operation.callers and operation.name != STREAM]
    assert len(shut) > 60
    return shut


def _operation(document: dict[str, Any], method: str, path: str, said: dict[str, Any]) -> Operation:
    taken = {part["name"].lower(): part["in"] for part in said.get("parameters", [])}
    required = {part["name"].lower() for part in said.get("parameters", []) if part.get("required")}
    for content in said.get("requestBody", {}).get("content", {}).values():
        schema = _resolved(content["schema"], document)
        taken |= dict.fromkeys(schema.get("properties", {}), "body")
        required |= set(schema.get("required", []))
    callers = {role for need in said["security"] for role in need.get("userToken", [])}
    callers |= {"terminal" for need in said["security"] if "terminalKey" in need}
    return Operation(
        said["operationId"], method.upper(), path, frozenset(callers), taken, frozenset(required)
    )


def _resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    for option in schema.get("anyOf", [schema]):
        if "$ref" in option:
            found: dict[str, Any] = document["components"]["schemas"][option["$ref"].rsplit("/", 1)[1]]
            return found
    return schema


def unreal(name: str, real: str) -> str:
    """What looks like it and does not exist."""
    if name == "number":
        return "0000-0000-0000"
    if name in ("qr", "order_reference", "staff_code"):
        return secrets.token_hex(32)[: len(real)]
    return str(uuid7())


def ask(ours: Side, operation: Operation, caller: str, name: str, value: str) -> httpx.Response:
    """The operation as our caller, all that it takes being ours or good but the one that is named."""
    given = {part: _good(ours, part) for part in operation.required if operation.taken[part] != "header"}
    given |= _companions(ours, operation, caller, name)
    given[name] = value
    places: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "body": {}}
    for part, what in given.items():
        places[operation.taken[part]][part] = what
    headers = {
        "authorization": f"Bearer {ours.tokens[caller]}",
        "idempotency-key": str(uuid7()),
        "if-match": '"1"',
        "x-request-id": REQUEST,
        "accept-language": "fr",
    }
    return ours.platform.http.request(
        operation.method,
        operation.path.format(**places["path"]),
        params=places["query"],
        json=places["body"] if "body" in operation.taken.values() else None,
        headers=headers,
    )


def _good(ours: Side, name: str) -> Any:
    return ours.things.get(name, GOOD.get(name, "activity" if name == "name" else "x"))


def _companions(ours: Side, operation: Operation, caller: str, name: str) -> dict[str, Any]:
    """What the operation needs beside what it requires: a card, a store of users, approval at a till."""
    more: dict[str, Any] = {}
    in_body = {part for part, place in operation.taken.items() if place == "body"}
    if {*CARD} <= in_body and name not in (*CARD, "transaction_id", "order_reference"):
        more["card_id"] = ours.things["card_id"]
    if operation.name == "voidPoints" and name not in ("transaction_id", "order_reference"):
        more["transaction_id"] = ours.things["transaction_id"]
    if caller != "terminal" and "store_id" in in_body:
        more["store_id"] = ours.things["store_id"]
    if caller == "terminal" and "staff" in in_body:
        more["staff"] = ours.boss
    if {"qr", "number", "email"} <= in_body and name not in CARD:
        more["number"] = ours.things["number"]
    if operation.name == "enrol":
        more["email"] = GOOD["email"]
    if operation.path.endswith("/reports/{name}"):
        more["name"] = "activity"
    return more


def looks(answer: httpx.Response, asked: str) -> tuple[Any, ...]:
    """All of an answer that somebody could compare, without what was asked for."""
    passing = ("date", "traceparent", "content-length")
    headers = {
        name: value
        for name, value in answer.headers.items()
        if name not in passing and not name.startswith("ratelimit")
    }
    return answer.status_code, headers, answer.content.replace(asked.encode(), b"-")


def allowed(operation: Operation, caller: str, name: str) -> tuple[int, ...]:
    """404 or 403; but a till has only its own store, and a filter that nothing meets shows nothing."""
    if caller not in operation.callers:
        return (403,)
    if name == "store_id" and caller == "terminal":
        return (403, 404, 422)
    if operation.taken[name] == "query":
        return (200, 403, 404)
    return (403, 404)


def test_what_every_operation_takes_is_known(operations):
    unknown = {
        f"{operation.name} takes `{name}`: say in THINGS that it names what is a merchant's, or in NOTHING"
        for operation in operations
        for name in operation.taken
        if name not in THINGS | SEARCHES | APPROVALS | NOTHING
    }

    assert unknown == set()


def test_what_is_theirs_is_what_does_not_exist(operations, ours, theirs):
    asked, faults, before = 0, [], theirs.settled()

    for operation in operations:
        for name in sorted(operation.taken.keys() & THINGS):
            if (operation.name, name) in FREE:
                continue
            for caller in ours.tokens:
                real = theirs.things[name]
                none = unreal(name, real)
                of_theirs = ask(ours, operation, caller, name, real)
                of_none = ask(ours, operation, caller, name, none)
                asked += 1
                faults += _faults(operation, caller, name, (of_theirs, real), (of_none, none), theirs)

    assert asked > 150
    assert not faults, "\n".join(faults)
    assert theirs.state() == before


def _faults(operation, caller, name, of_theirs, of_none, theirs):
    """Sentences about what tells theirs from nothing."""
    said = (
        f"{operation.name} by our {caller} with their {name}: {of_theirs[0].status_code} {of_theirs[0].text}"
    )
    if of_theirs[0].status_code not in allowed(operation, caller, name):
        yield said
    if looks(*of_theirs) != looks(*of_none):
        yield f"{said}, and of none: {of_none[0].status_code} {of_none[0].text}"
    shown = of_theirs[0].text.replace(of_theirs[1], "-")
    yield from (f"{said} shows {mark}" for mark in theirs.marks if mark in shown)


def test_no_search_and_no_cursor_finds_theirs(operations, ours, theirs):
    asked, faults = 0, []

    for operation in operations:
        for name in (name for name in operation.taken if name in SEARCHES and operation.method == "GET"):
            for caller in ours.tokens:
                value = theirs.searched[name]
                answer = ask(ours, operation, caller, name, value)
                shown = answer.text.replace(value, "-")
                asked += 1
                if answer.status_code >= 500 or any(mark in shown for mark in theirs.marks):
                    faults.append(f"{operation.name} by our {caller}: {answer.status_code} {answer.text}")
    for who in ({"email": theirs.searched["email"]}, {"phone": theirs.searched["phone"]}):
        assert ours.shop.ask("cards/lookup", who).json()["code"] == "card-not-found"

    assert asked > 20
    assert not faults, "\n".join(faults)


def test_no_list_shows_theirs(operations, ours, theirs):
    asked, faults = 0, []

    for operation in operations:
        if operation.method == "GET" and "path" not in operation.taken.values():
            for caller in ours.tokens.keys() & operation.callers:
                answer = ours.platform.get(ours.tokens[caller], operation.path)
                asked += 1
                if answer.status_code != 200 or any(mark in answer.text for mark in theirs.marks):
                    faults.append(f"{operation.name} by our {caller}: {answer.status_code} {answer.text}")

    assert asked > 10
    assert not faults, "\n".join(faults)


def test_their_staff_approves_nothing_here(platform, theirs):
    strict = platform.open_shop(require_staff_pin=True)
    card, session = strict.enrol()["id"], theirs.shop.staff_session()
    head, claims, signature = session.split(".")
    pairs = [
        ({"staff": theirs.boss}, {"staff": {**theirs.boss, "code": "M0none"}}),
        ({"staff_session": session}, {"staff_session": f"{head}.{claims}.{signature[::-1]}"}),
    ]

    for pair in pairs:
        of_theirs, of_none = (
            strict.ask("stamp", {"card_id": card, **approval}, x_request_id=REQUEST) for approval in pair
        )
        assert (of_theirs.status_code, of_theirs.json()["code"]) == (403, "staff-approval-invalid")
        assert looks(of_theirs, "-") == looks(of_none, "-")


def test_their_order_reference_is_free_here(ours, theirs):
    order = {
        "purchase_amount_cents": 100,
        "currency": "EUR",
        "order_reference": theirs.things["order_reference"],
    }

    earned = ours.shop.move("points/earn", {"card_id": ours.things["card_id"], **order})

    assert earned["points_earned"] == 10


def test_the_live_feed_tells_nothing_of_theirs(platform, ours, theirs):
    path = f"{VENDOR}/events"
    for caller in ("owner", "manager", "terminal"):
        of_theirs, of_none = (
            platform.get(ours.tokens[caller], f"{path}?store_id={store}", x_request_id=REQUEST)
            for store in (theirs.things["store_id"], unreal("store_id", ""))
        )
        assert of_theirs.status_code in (403, 404, 422), of_theirs.text
        assert looks(of_theirs, theirs.things["store_id"])[0] == of_none.status_code
        assert of_theirs.json() == of_none.json()

    headers = {"authorization": f"Bearer {ours.shop.owner}"}
    with httpx.stream("GET", f"{platform.stack.gateway_url}{path}", headers=headers, timeout=10) as feed:
        theirs.shop.move("stamp", {"card_id": theirs.things["card_id"]})
        stamped = ours.shop.move("stamp", {"card_id": ours.things["card_id"]})["transaction_id"]
        heard = []
        for line in feed.iter_lines():
            if line.startswith("data: {"):
                heard.append(json.loads(line.removeprefix("data: ")))
                if heard[-1]["id"] == stamped:
                    break

    # What we did a moment before may be told too; theirs came before our stamp, and was not.
    assert {row["merchant_id"] for row in heard} == {ours.shop.merchant["id"]}

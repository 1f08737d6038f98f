"""How soon a change counts: from the answer to who made it until the gateway answers others by it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

import httpx

from punchcard.bench.ground import Ground
from punchcard.bench.load import percentile
from punchcard.bench.person import Person
from punchcard.bench.shop import Shop, open_shop
from punchcard.problems import Found
from punchcard.stack import Stack

#: A change that has not counted by then is lost.
LOST_AFTER_S = 30.0
ASK_EVERY_S = 0.005
CODE = "07"


def measure(ground: Ground) -> dict[str, float]:
    """Rules that change, keys and staff sessions that are revoked, in turns."""
    shop = open_shop(ground.stack, 1, with_pins=True)
    delays: dict[str, list[float]] = {"rule": [], "key": [], "session": []}
    with Person.signed_in(ground.stack, shop.owner) as owner, Person(ground.stack, shop.api_key) as till:
        trials = _Trials(ground.stack, shop, owner, till)
        for number in range(ground.sizes.freshness_trials):
            delays["rule"].append(trials.rule(target=5 + number % 2))
            delays["key"].append(trials.key())
            delays["session"].append(trials.session())
    for what, each in delays.items():
        ground.seen["freshness"].append({"what": what, "trials": len(each), "most_ms": max(each)})
    every = sorted(delay for each in delays.values() for delay in each)
    return {"freshness_p99_ms": percentile(every, 0.99), "freshness_p50_ms": percentile(every, 0.5)}


class _Trials:
    """One shop, whose till asks whether the change counts. Nothing is kept: all its stamps are dry runs."""

    def __init__(self, stack: Stack, shop: Shop, owner: Person, till: Person) -> None:
        self._stack, self._shop, self._owner, self._till = stack, shop, owner, till
        self._pin = _pin()
        staff = {"code": CODE, "name": "Staff", "pin": self._pin, "role": "staff"}
        self._staff_id = owner.does("POST", "/pins", staff)["id"]

    def rule(self, target: int) -> float:
        """The program's target, as an answered stamp shows it."""
        session = self._session()
        etag = self._owner.ask("GET", "/program").headers["etag"]
        self._owner.does("PATCH", "/program", {"stamps_target": target}, etag)
        return _until(
            lambda: self._stamp(session),
            lambda answer: answer.status_code == 200 and answer.json()["stamps_target"] == target,
        )

    def key(self) -> float:
        """A till whose key is revoked."""
        body = {"store_id": str(self._shop.caller.store_id), "name": f"Till {secrets.token_hex(3)}"}
        made = self._owner.does("POST", "/terminals", body)
        with Person(self._stack, made["api_key"]) as till:
            till.does("GET", "/program")
            self._owner.does("DELETE", f"/terminals/{made['id']}")
            return _until(lambda: till.ask("GET", "/program"), lambda answer: answer.status_code == 401)

    def session(self) -> float:
        """A staff session that ends because the PIN is reset."""
        session = self._session()
        first = self._stamp(session)
        if first.status_code != 200:
            raise Found(f"A fresh staff session was refused: {first.text[:300]}")
        self._pin = _pin()
        self._owner.does("POST", f"/pins/{self._staff_id}/reset", {"pin": self._pin})
        return _until(
            lambda: self._stamp(session),
            lambda answer: "staff-approval" in answer.text and not answer.is_success,
        )

    def _session(self) -> str:
        made = self._till.does("POST", "/staff-sessions", {"staff_code": CODE, "pin": self._pin})
        return str(made["staff_session"])

    def _stamp(self, session: str) -> httpx.Response:
        body = {"card_id": self._shop.cards[0], "staff_session": session, "dry_run": True}
        return self._till.ask("POST", "/stamp", body)


def _until(ask: Callable[[], httpx.Response], counts: Callable[[httpx.Response], bool]) -> float:
    """Milliseconds from now to the first answer that the change counts in."""
    began = time.perf_counter()
    while True:
        answer = ask()
        took_s = time.perf_counter() - began
        if counts(answer):
            return took_s * 1000
        if took_s > LOST_AFTER_S:
            raise Found(f"After {took_s:.0f} s a change does not count: {answer.text[:300]}")
        time.sleep(ASK_EVERY_S)


def _pin() -> str:
    """Six digits that neither repeat nor count."""
    return f"{secrets.randbelow(900) + 100}9{secrets.randbelow(5)}7"

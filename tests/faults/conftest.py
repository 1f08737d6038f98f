"""A platform that may be killed, and tills that go on meanwhile: what is not answered is asked again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from uuid import uuid4

import httpx
import pytest

from punchcard.verify import verify

STAMP = "/api/v1/vendor/loyalty/stamp"


class Asked(NamedTuple):
    """One stamp that was asked for: its answers, oldest first; a dropped connection is None."""

    card_id: str
    key: str
    answers: list[httpx.Response | None]


class Tills:
    """Some tills, each with its own card, that stamp without a pause; a context manager."""

    def __init__(self, shop: Any, tills: int = 4, pause_s: float = 0.0) -> None:
        self.shop = shop
        self.cards: list[str] = shop.enrol_many(tills)
        self.asked: list[Asked] = []
        self._pause_s = pause_s
        self._closing = threading.Event()
        self._threads = [threading.Thread(target=self._serve, args=(card,)) for card in self.cards]

    def __enter__(self) -> Tills:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """No new stamp; each waits for the last one's answer."""
        self._closing.set()
        for thread in self._threads:
            thread.join(timeout=60)
        assert not any(thread.is_alive() for thread in self._threads), "a till got no answer within a minute"

    def _serve(self, card: str) -> None:
        with httpx.Client(base_url=self.shop.stack.gateway_url, timeout=10) as http:
            while not self._closing.is_set():
                stamp = Asked(card, str(uuid4()), [])
                self.asked.append(stamp)
                self._until_answered(http, stamp)
                time.sleep(self._pause_s)

    def _until_answered(self, http: httpx.Client, stamp: Asked) -> None:
        """The same key until the outcome is known, as a till does it; at most for a minute."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            stamp.answers.append(self._ask(http, stamp))
            last = stamp.answers[-1]
            if last is not None and not last.json().get("retryable"):
                return
            time.sleep(0.1)

    def _ask(self, http: httpx.Client, stamp: Asked) -> httpx.Response | None:
        headers = {"authorization": f"Bearer {self.shop.key}", "idempotency-key": stamp.key}
        try:
            return http.post(STAMP, json={"card_id": stamp.card_id}, headers=headers)
        except httpx.TransportError:
            return None

    # -- what came of it

    @property
    def answered(self) -> int:
        """Stamps that a till has its answer to."""
        return sum(bool(stamp.answers and stamp.answers[-1]) for stamp in list(self.asked))

    @property
    def troubled(self) -> list[Asked]:
        """Those that had to be asked for more than once."""
        return [stamp for stamp in self.asked if len(stamp.answers) > 1]

    def go_on(self, seconds: float) -> None:
        """Let them work, until each has had more answers too."""
        before = self.answered
        time.sleep(seconds)
        deadline = time.monotonic() + 30
        while self.answered < before + 2 * len(self.cards):
            assert time.monotonic() < deadline, "the tills don't go on"
            time.sleep(0.1)

    def check_ledger(self) -> None:
        """Every stamp was answered well in the end, and is there exactly once."""
        outcomes = [stamp.answers[-1] for stamp in self.asked]
        bad = [
            None if last is None else last.text
            for last in outcomes
            if last is None or last.status_code != 200
        ]
        assert bad == []
        for card in self.cards:
            answered = [stamp.answers[-1].json() for stamp in self.asked if stamp.card_id == card]
            rows = self.shop.transactions(card)
            assert sorted(row[0] for row in rows[1:]) == sorted(body["transaction_id"] for body in answered)
            assert [row[1] for row in rows] == list(range(1, len(rows) + 1))
            assert sum(row[2] for row in rows) == len(answered)
        for stamp in self.troubled:
            good = {answer.content for answer in stamp.answers if answer and answer.status_code == 200}
            assert len(good) == 1, "whoever asks again is answered alike"

    def wait_for_passes(self, within_s: float = 60) -> float:
        """Until the wallet holds what the ledger holds, of every card; the seconds it took."""
        platform, began = self.shop.platform, time.monotonic()
        while (held := platform.pass_sequences(self.cards)) != platform.ledger_sequences(self.cards):
            assert time.monotonic() - began < within_s, (held, platform.ledger_sequences(self.cards))
            time.sleep(0.1)
        return time.monotonic() - began


@pytest.fixture(scope="session")
def platform(durable_stack: Any, platform_of: Callable[[Any], Any]) -> Iterator[Any]:
    """A platform that may be killed."""
    made = platform_of(durable_stack)
    yield made
    made.http.close()


@pytest.fixture(scope="session")
def shop(platform: Any) -> Any:
    return platform.open_shop()


@pytest.fixture
def tills(shop: Any) -> Callable[..., Tills]:
    """`with tills(4) as load:` stamps until the block ends."""
    return lambda count=4, pause_s=0.0: Tills(shop, count, pause_s)


@pytest.fixture
def whole(platform: Any) -> Callable[[], bool]:
    """Whether `punchcard verify` finds nothing."""

    def check() -> bool:
        verdict = verify(platform.stack.urls("ledger").superuser)
        assert verdict.faults == []
        return verdict.transactions > 0

    return check

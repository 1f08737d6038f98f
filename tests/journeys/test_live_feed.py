"""The live feed on real processes: in order, soon, by store and merchant, and whole over kills and cuts."""

from __future__ import annotations

import contextlib
import json
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import psycopg
import pytest

VENDOR = "/api/v1/vendor/loyalty"
EVENTS = f"{VENDOR}/events"


class Event(NamedTuple):
    id: int
    kind: str
    data: dict[str, Any]
    at: float


class Listening:
    """Hears the feed in a thread, and connects again with the id that came last."""

    def __init__(self, url: str, token: str, query: str = "", last_event_id: str | None = None) -> None:
        self._url = f"{url}{EVENTS}{query}"
        self._token = token
        self.last_event_id = last_event_id
        self.events: list[Event] = []
        self.connected = threading.Event()
        self.cuts: list[float] = []
        self.refused: list[int] = []
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Listening:
        self._thread.start()
        assert self.connected.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._thread.join(timeout=20)

    def _run(self) -> None:
        while not self._closing.is_set():
            with contextlib.suppress(httpx.TransportError):
                self._listen()
            self.cuts.append(time.monotonic())
            self._closing.wait(0.1)

    def _listen(self) -> None:
        headers = {"authorization": f"Bearer {self._token}"}
        if self.last_event_id is not None:
            headers["last-event-id"] = self.last_event_id
        timeout = httpx.Timeout(5, read=1)
        with httpx.stream("GET", self._url, headers=headers, timeout=timeout) as answer:
            if answer.status_code != 200:
                self.refused.append(answer.status_code)
                return
            fields: dict[str, str] = {}
            for line in answer.iter_lines():
                if line:
                    name, _, value = line.partition(": ")
                    fields[name] = value
                    continue
                self._take(fields)
                fields = {}
                if self._closing.is_set():
                    return

    def _take(self, fields: dict[str, str]) -> None:
        self.last_event_id = fields.get("id", self.last_event_id)
        self.connected.set()
        if "data" in fields:
            data = json.loads(fields["data"])
            self.events.append(Event(int(fields["id"]), fields["event"], data, time.monotonic()))

    @property
    def ids(self) -> list[int]:
        return [event.id for event in self.events]

    def rows(self, card_id: str) -> list[tuple[Any, ...]]:
        """What was heard of a card, as `Shop.transactions` shows it."""
        names = ("id", "sequence", "stamps_delta", "points_delta")
        return [tuple(e.data[name] for name in names) for e in self.events if e.data["card_id"] == card_id]


@pytest.fixture(scope="module")
def shop(platform: Any) -> Any:
    return platform.open_shop()


@pytest.fixture
def listen(stack: Any) -> Callable[..., Listening]:
    return lambda token, query="", last=None: Listening(stack.gateway_url, token, query, last)


@pytest.fixture
def stamping(shop: Any) -> Iterator[Callable[[], list[str]]]:
    """Two tills that stamp until told to stop; a stamp whose outcome is not known is asked for again."""
    cards = shop.enrol_many(2)
    closing = threading.Event()

    def stamp(card: str) -> None:
        number = 0
        while not closing.is_set():
            number += 1
            key = f"feed-{card}-{number}"
            while not _is_answered(shop, card, key):
                time.sleep(0.05)
            time.sleep(0.02)

    threads = [threading.Thread(target=stamp, args=(card,), daemon=True) for card in cards]
    for thread in threads:
        thread.start()

    def stop() -> list[str]:
        closing.set()
        for thread in threads:
            thread.join(timeout=30)
        return cards

    yield stop
    stop()


def _is_answered(shop: Any, card: str, key: str) -> bool:
    try:
        return shop.ask("stamp", {"card_id": card}, key).status_code == 200
    except httpx.TransportError:
        return False


def test_stamps_arrive_in_order_and_soon(shop, listen, until):
    card = shop.enrol()["id"]
    with listen(shop.key) as till:
        answered = []
        for _ in range(30):
            shop.move("stamp", {"card_id": card})
            answered.append(time.monotonic())
        until(lambda: len(till.rows(card)) >= 30, within_s=5)

    stamps = [event for event in till.events if event.data["card_id"] == card][-30:]
    took_ms = sorted((event.at - at) * 1000 for event, at in zip(stamps, answered, strict=True))
    assert till.rows(card)[-30:] == shop.transactions(card)[-30:]
    assert till.ids == sorted(set(till.ids))
    assert statistics.median(took_ms) < 2000, took_ms


def test_each_store_hears_its_own_the_owner_all_and_nobody_another_merchants(shop, platform, listen, until):
    second = shop.open_store("02")
    other_till = shop.open_till(second["id"])["api_key"]
    stranger = platform.open_shop()
    foreign = stranger.enrol()["id"]
    card = shop.enrol()["id"]
    with listen(shop.key) as here, listen(other_till) as there, listen(shop.owner) as owner:
        shop.move("stamp", {"card_id": card})
        stranger.move("stamp", {"card_id": foreign})
        made = platform.post(other_till, f"{VENDOR}/stamp", {"card_id": card})
        assert made.status_code == 200
        until(lambda: len(owner.rows(card)) >= 2 and there.rows(card), within_s=5)
        time.sleep(0.5)

    first, last = shop.transactions(card)[-2:]
    assert owner.rows(card)[-2:] == [first, last]
    assert here.rows(card)[-1] == first
    assert there.rows(card) == [last]
    heard = [event for listener in (here, there, owner) for event in listener.events]
    assert {event.data["merchant_id"] for event in heard} == {shop.merchant["id"]}
    assert {event.data["store_id"] for event in there.events} == {second["id"]}


def test_nothing_is_missed_and_nothing_comes_twice_when_the_gateway_is_killed(
    stack, shop, listen, stamping, until
):
    with listen(shop.owner) as owner:
        began = owner.last_event_id
        for _ in range(3):
            time.sleep(0.7)
            stack.service("gateway").kill9()
            stack.service("gateway").wait_ready()
        time.sleep(0.7)
        cards = stamping()
        until(lambda: all(owner.rows(c)[-1:] == shop.transactions(c)[-1:] for c in cards), within_s=30)

    assert began is not None
    assert len(owner.cuts) > 3
    assert owner.ids == list(range(int(began) + 1, int(began) + 1 + len(owner.ids)))
    assert {event.kind for event in owner.events} == {"transaction"}
    for card in cards:
        heard = owner.rows(card)
        assert heard == shop.transactions(card)[-len(heard) :]
        assert len(heard) > 20


def test_a_deleted_terminals_stream_ends_within_two_seconds(shop, platform, listen, until):
    till = shop.open_till(shop.store["id"])
    with listen(till["api_key"]) as listener:
        headers = {"authorization": f"Bearer {shop.owner}"}
        gone = platform.http.delete(f"{VENDOR}/terminals/{till['id']}", headers=headers)
        began = time.monotonic()
        assert gone.status_code == 204, gone.text
        until(lambda: 401 in listener.refused, within_s=5)

    assert min(cut for cut in listener.cuts if cut > began) - began < 2


def test_a_reader_that_takes_nothing_is_cut_off_and_the_gateway_stays_small(stack, shop, platform, until):
    _fill_window(stack, shop.merchant["id"], rows=4000, size=4000)
    before = _memory_kb(stack)
    address = (httpx.URL(stack.gateway_url).host, httpx.URL(stack.gateway_url).port)
    with socket.socket() as lazy:
        lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        lazy.connect(address)
        request = f"GET {EVENTS} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {shop.owner}\r\n"
        lazy.sendall(f"{request}last-event-id: 0\r\n\r\n".encode())
        time.sleep(3)
        grown_kb = _memory_kb(stack) - before

        until(lambda: not _is_connected(stack, lazy.getsockname()[1]), within_s=20)

    assert grown_kb < 20_000


def _fill_window(stack: Any, merchant_id: str, rows: int, size: int) -> None:
    """As if the merchant had sold so much today; from number 1 on."""
    with psycopg.connect(stack.urls("gateway").superuser) as connection:
        connection.execute("DELETE FROM feed_window WHERE merchant_id = %s", (merchant_id,))
        last = connection.execute(
            "UPDATE feed_place SET place = place + %s RETURNING place", (rows,)
        ).fetchone()
        assert last is not None
        connection.execute(
            "INSERT INTO feed_window (merchant_id, number, place, data)"
            " SELECT %s, g, %s + g, convert_to(to_json(repeat('x', %s))::text, 'UTF8')"
            " FROM generate_series(1, %s) g",
            (merchant_id, last[0] - rows, size, rows),
        )
        connection.execute("UPDATE feed_numbers SET number = %s WHERE merchant_id = %s", (rows, merchant_id))


def _memory_kb(stack: Any) -> int:
    lines = Path(f"/proc/{stack.service('gateway').pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def _is_connected(stack: Any, port: int) -> bool:
    """Whether the gateway's side of the connection from this port is still there."""
    gateway = f":{httpx.URL(stack.gateway_url).port:04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]
    return any(row[1].endswith(gateway) and row[2].endswith(f":{port:04X}") for row in rows)

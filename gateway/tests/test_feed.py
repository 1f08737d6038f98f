"""The live feed: who hears what, in which order, from where on, and when it ends."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from contracts.ledger import Account, Transaction, TransactionRecorded
from contracts.programs import StoreChanged
from gateway.edge.feed import doorway
from gateway.edge.feed import hub as hubs
from gateway.edge.feed import stream as streams
from kit.ids import now, uuid7

VENDOR = "/api/v1/vendor/loyalty"
EVENTS = f"{VENDOR}/events"


class Event(NamedTuple):
    """A block of the stream."""

    id: str | None
    kind: str | None
    data: Any
    comment: str | None


class Listener:
    """A client of the application in this process that reads while the answer goes on."""

    def __init__(self, app: Any, headers: dict[str, str], query: str = "", method: str = "GET") -> None:
        self._app = app
        self._scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
            "path": EVENTS, "raw_path": EVENTS.encode(), "root_path": "", "query_string": query.encode(),
            "scheme": "http", "client": ("127.0.0.1", 5), "server": ("service", 80), "abort": self._abort,
            "headers": [(n.encode(), v.encode()) for n, v in {"host": "service", **headers}.items()],
        }  # fmt: skip
        self._left = asyncio.Event()
        self._asked = False
        self._grown = asyncio.Event()
        self.takes = asyncio.Event()
        self.takes.set()
        self.text = ""
        self.status = 0
        self.headers: dict[str, str] = {}
        self.aborted = False
        self.task = asyncio.create_task(self._app(self._scope, self._receive, self._send))

    def _abort(self) -> None:
        self.aborted = True

    async def _receive(self) -> Any:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        await self.takes.wait()
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.text += message["body"].decode()
        self._grown.set()

    @property
    def blocks(self) -> list[Event]:
        return [_block(text) for text in self.text.split("\n\n")[:-1]]

    @property
    def events(self) -> list[Event]:
        return [block for block in self.blocks if block.kind]

    @property
    def ids(self) -> list[int]:
        return [int(event.id or 0) for event in self.events]

    @property
    def sequences(self) -> list[int]:
        return [event.data["sequence"] for event in self.events]

    async def until(self, what: Callable[[Listener], Any], within_s: float = 5) -> None:
        async with asyncio.timeout(within_s):
            while not what(self):
                self._grown.clear()
                await self._grown.wait()

    async def until_over(self, within_s: float = 5) -> None:
        await asyncio.wait_for(self.task, within_s)

    async def leave(self) -> None:
        self._left.set()
        self.takes.set()
        await self.until_over()


def _block(text: str) -> Event:
    fields: dict[str, str] = {}
    for line in text.split("\n"):
        name, _, value = line.partition(": ")
        fields[name] = value
    data = json.loads(fields["data"]) if "data" in fields else None
    return Event(fields.get("id"), fields.get("event"), data, fields.get(""))


class Feed:
    """A house whose feed runs, and transactions that its ledger tells."""

    def __init__(self, house: Any) -> None:
        self.house = house
        self._sequences = itertools.count(1)
        self.hub = _hub_of(house)
        self.open: list[Listener] = []

    def transaction(self, store_id: UUID | None = None, **other: Any) -> Transaction:
        values = {
            "id": uuid7(), "card_id": uuid4(), "sequence": next(self._sequences), "type": "stamp_earned",
            "merchant_id": self.house.merchant.id, "store_id": store_id or self.house.store.id,
            "stamps_delta": 1, "stamps_balance_after": 1, "points_balance_after": 0, "program_version": 1,
            "transaction_at": now(), "created_at": now(), "hash": "00" * 32, **other,
        }  # fmt: skip
        return Transaction(**values)

    async def tell(self, *transactions: Transaction) -> None:
        for transaction in transactions:
            await self.house.hear(TransactionRecorded(transaction=transaction, account=_ACCOUNT))

    async def stamps(self, count: int, **other: Any) -> list[int]:
        """That many more; their sequences."""
        told = [self.transaction(**other) for _ in range(count)]
        await self.tell(*told)
        return [one.sequence for one in told]

    async def listen(self, headers: dict[str, str], query: str = "", **more: str) -> Listener:
        sent = {**headers, **{name.replace("_", "-"): value for name, value in more.items()}}
        listener = Listener(self.house.service.app, sent, query)
        self.open.append(listener)
        await listener.until(lambda it: it.text)
        return listener

    async def till(self, query: str = "", **more: str) -> Listener:
        return await self.listen({"authorization": f"Bearer {self.house.api_key()}"}, query, **more)

    async def owner(self, query: str = "", **more: str) -> Listener:
        token = self.house.token(self.house.owner)
        return await self.listen({"authorization": f"Bearer {token}"}, query, **more)


_ACCOUNT = Account(
    program_id=uuid4(), is_active=True, stamp_count=1, total_stamps_earned=1, stamps_redeemed=0,
    points_balance=0, total_points_earned=0, points_redeemed=0,
)  # fmt: skip


def _hub_of(house: Any) -> hubs.Hub:
    (run,) = [run for name, run in house.service._background if name == "live feed"]
    return run.__self__


@asynccontextmanager
async def running(house: Any) -> AsyncIterator[Feed]:
    """The feed's own background work, as the service keeps it going."""
    names = ("live feed", "live feed's listeners")
    tasks = [asyncio.create_task(run()) for name, run in house.service._background if name in names]
    feed = Feed(house)
    async with house.service.work() as tx:
        await hubs.window.listen(tx.conn, [house.merchant.id])
    try:
        yield feed
        for listener in feed.open:
            await listener.leave()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
async def feed(house: Any) -> AsyncIterator[Feed]:
    async with running(house) as made:
        yield made


# -- what is told


async def test_a_till_hears_its_stores_transactions_in_their_order(feed):
    till = await feed.till()
    assert (till.status, till.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    assert till.headers["cache-control"] == "no-store"
    assert "x-request-id" in till.headers

    told = await feed.stamps(5)
    await till.until(lambda it: len(it.events) == 5)

    assert till.sequences == told
    assert till.ids == [1, 2, 3, 4, 5]
    assert {event.kind for event in till.events} == {"transaction"}


async def test_what_is_told_is_the_transaction_and_nothing_about_persons(feed):
    till = await feed.till()
    one = feed.transaction(type="points_earned", purchase_amount_cents=1250, currency="EUR", points_delta=12)

    await feed.tell(one)
    await till.until(lambda it: it.events)

    assert till.events[0].data == one.model_dump(mode="json")
    assert not {"staff_name", "notes", "ip_address", "user_agent"} & till.events[0].data.keys()


async def test_each_hears_what_is_theirs(feed):
    other_store = StoreChanged(id=uuid4(), version=1, merchant_id=feed.house.merchant.id, code="b", name="B")
    feed.house.programs.tell(other_store)
    till, owner = await feed.till(), await feed.owner()
    here = await feed.owner(f"store_id={feed.house.store.id}")
    there = await feed.owner(f"store_id={other_store.id}")

    (first,) = await feed.stamps(1)
    (second,) = await feed.stamps(1, store_id=other_store.id)
    await feed.stamps(3, merchant_id=uuid4())
    expired = feed.transaction(type="points_expired").model_copy(update={"store_id": None})
    await feed.tell(expired)
    (last,) = await feed.stamps(1)
    for listener in (till, owner, here):
        await listener.until(lambda it: last in it.sequences)
    await there.until(lambda it: it.events)

    assert till.sequences == here.sequences == [first, last]
    assert there.sequences == [second]
    assert owner.sequences == [first, second, expired.sequence, last]
    assert owner.ids == [1, 2, 3, 4]


async def test_what_comes_twice_from_the_broker_is_told_once(feed):
    till = await feed.till()
    fact = TransactionRecorded(transaction=feed.transaction(), account=_ACCOUNT)
    applier = feed.house.service.listener.applier
    record = await _record_of(feed, fact)

    await applier.take([record])
    await applier.take([record])
    (last,) = await feed.stamps(1)
    await till.until(lambda it: last in it.sequences)

    assert till.sequences == [fact.transaction.sequence, last]


async def _record_of(feed: Feed, fact: TransactionRecorded) -> Any:
    taken: list[Any] = []
    listener = feed.house.service.listener
    original = listener.take

    async def keep(records: Any) -> None:
        taken.extend(records)

    listener.take = keep
    await feed.house.hear(fact)
    listener.take = original
    return taken[0]


async def test_of_a_merchant_to_whom_nobody_listens_nothing_is_kept(feed, database):
    silent = uuid4()
    till = await feed.till()
    with psycopg.connect(database("gateway").app_url) as connection:
        heard_before = connection.execute("SELECT count(*) FROM inbox").fetchone()

        await feed.stamps(2, merchant_id=silent)
        assert connection.execute("SELECT count(*) FROM inbox").fetchone() == heard_before
        (fresh,) = await feed.stamps(1)
        await till.until(lambda it: it.events)

        assert till.sequences == [fresh]
        query = "SELECT count(*) FROM feed_window WHERE merchant_id = %s"
        assert connection.execute(query, (silent,)).fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM inbox").fetchone() == (heard_before[0] + 1,)


async def test_once_nobody_listened_for_a_day_nothing_is_kept_and_old_numbers_start_anew(feed, database):
    first = await feed.till()
    await first.leave()
    await feed.stamps(2)
    with psycopg.connect(database("gateway").app_url) as connection:
        mine = (feed.house.merchant.id,)
        connection.execute(
            "UPDATE feed_listeners SET listened_at = now() - interval '25 hours 1 minute'"
            " WHERE merchant_id = %s", mine,
        )  # fmt: skip
    async with feed.house.service.work() as tx:
        await hubs.window.forget(tx.conn)
    await feed.stamps(1)  # nobody will ever hear of it

    again = [await feed.till(last_event_id=given) for given in ("0", "2", "3")]
    (fresh,) = await feed.stamps(1)
    for listener in again:
        await listener.until(lambda it: it.events[-1:] and it.events[-1].kind == "transaction")

    assert [listener.events[0].kind for listener in again[:2]] == ["reset", "reset"]
    assert [listener.events[-1].data["sequence"] for listener in again] == [fresh] * 3


async def test_a_merchant_is_forgotten_in_steps_and_who_comes_back_in_between_misses_nothing(
    feed, database, monkeypatch
):
    monkeypatch.setattr(hubs.window, "FORGOTTEN_AT_ONCE", 2)
    mine = (feed.house.merchant.id,)
    url = database("gateway").app_url
    first = await feed.till()
    told = await feed.stamps(5)
    await first.until(lambda it: len(it.events) == 5)
    await first.leave()

    def nobody_listens() -> None:
        with psycopg.connect(url) as connection:
            long_ago = (
                "UPDATE feed_listeners SET listened_at = now() - interval '26 hours' WHERE merchant_id = %s"
            )
            connection.execute(long_ago, mine)

    async def forget() -> bool:
        async with feed.house.service.work() as tx:
            return await hubs.window.forget(tx.conn)

    nobody_listens()
    assert await forget()
    back, too_late = await feed.till(last_event_id="2"), await feed.till(last_event_id="1")
    await back.until(lambda it: len(it.events) == 3)
    nobody_listens()
    steps = [await forget(), await forget()]

    assert back.sequences == told[2:]
    assert [event.kind for event in too_late.events] == ["reset"]
    assert steps == [True, False]
    with psycopg.connect(url) as connection:
        for table in ("feed_window", "feed_listeners"):
            found = connection.execute(f"SELECT count(*) FROM {table} WHERE merchant_id = %s", mine)
            assert found.fetchone() == (0,), table


async def test_who_listens_keeps_what_is_heard_for_the_day_after(feed, monkeypatch, database):
    monkeypatch.setattr(doorway, "LOOK_EVERY_S", 0.02)
    monkeypatch.setattr(doorway, "SAY_EVERY_S", 0.02)
    async with running(feed.house) as again:
        await again.till()
        with psycopg.connect(database("gateway").app_url, autocommit=True) as connection:
            mine = (feed.house.merchant.id,)
            connection.execute("UPDATE feed_listeners SET listened_at = now() - interval '24 hours'")
            await asyncio.sleep(0.5)
            query = (
                "SELECT listened_at > now() - interval '1 hour' FROM feed_listeners WHERE merchant_id = %s"
            )
            assert connection.execute(query, mine).fetchone() == (True,)


# -- going on


async def test_who_comes_back_goes_on_behind_what_came_last(feed):
    first = await feed.till()
    told = await feed.stamps(3)
    await first.until(lambda it: len(it.events) == 3)
    await first.leave()
    missed = await feed.stamps(4)

    again = await feed.till(last_event_id=first.events[1].id)
    await again.until(lambda it: len(it.events) == 5)
    more = await feed.stamps(2)
    await again.until(lambda it: len(it.events) == 7)

    assert again.sequences == [told[2], *missed, *more]
    assert again.ids == [3, 4, 5, 6, 7, 8, 9]


async def test_who_was_told_nothing_yet_has_a_place_to_come_back_to(feed):
    await feed.stamps(2)
    first = await feed.till()
    await first.leave()
    missed = await feed.stamps(2)

    again = await feed.till(last_event_id=first.blocks[0].id)
    await again.until(lambda it: len(it.events) == 2)

    assert first.events == []
    assert again.sequences == missed


async def test_without_an_id_the_stream_begins_now(feed):
    await feed.stamps(3)
    till = await feed.till()

    (fresh,) = await feed.stamps(1)
    await till.until(lambda it: it.events)

    assert till.sequences == [fresh]


@pytest.mark.parametrize("given", ["3", "99", "-1", "abc", "1" * 30, "0x1", "1.0"])
async def test_an_id_that_was_never_given_starts_anew_and_says_so(feed, given):
    await feed.stamps(2)

    till = await feed.till(last_event_id=given)
    (fresh,) = await feed.stamps(1)
    await till.until(lambda it: len(it.events) == 2)

    assert till.events[0] == Event("2", "reset", {}, None)
    assert till.events[1].data["sequence"] == fresh


async def test_the_window_goes_back_a_day_and_is_kept_an_hour_longer(feed, database):
    await feed.stamps(3)
    _age(feed, database, 1, timedelta(hours=25, minutes=1))
    _age(feed, database, 2, timedelta(hours=24, minutes=1))
    _age(feed, database, 3, timedelta(hours=23, minutes=59))

    resumed, too_far = await feed.till(last_event_id="2"), await feed.till(last_event_id="1")
    await resumed.until(lambda it: it.events)
    async with feed.house.service.work() as tx:
        assert not await hubs.window.forget(tx.conn)

    assert resumed.ids == [3]
    assert [event.kind for event in too_far.events] == ["reset"]
    with psycopg.connect(database("gateway").app_url) as connection:
        query = "SELECT number FROM feed_window WHERE merchant_id = %s ORDER BY number"
        rows = connection.execute(query, (feed.house.merchant.id,)).fetchall()
    assert rows == [(2,), (3,)]


async def test_an_empty_window_still_knows_who_missed_nothing(feed, database):
    await feed.stamps(2)
    for number in (1, 2):
        _age(feed, database, number, timedelta(hours=26))
    async with feed.house.service.work() as tx:
        await hubs.window.forget(tx.conn)

    current, behind = await feed.till(last_event_id="2"), await feed.till(last_event_id="1")

    assert current.events == []
    assert [event.kind for event in behind.events] == ["reset"]


def _age(feed: Feed, database: Any, number: int, age: timedelta) -> None:
    place = (age, feed.house.merchant.id, number)
    with psycopg.connect(database("gateway").app_url) as connection:
        connection.execute(
            "UPDATE feed_window SET kept_at = now() - %s WHERE merchant_id = %s AND number = %s", place
        )


async def test_what_the_ledger_told_more_than_a_day_ago_is_not_told_again(feed):
    till = await feed.till()

    await feed.stamps(1, created_at=now() - timedelta(hours=24, minutes=1))
    (fresh,) = await feed.stamps(1)
    await till.until(lambda it: it.events)

    assert till.sequences == [fresh]


async def test_long_absences_are_read_in_pages_while_new_ones_come(feed, monkeypatch):
    monkeypatch.setattr(streams, "ROWS_A_PAGE", 3)
    told = await feed.stamps(10)
    listeners = await asyncio.gather(*(feed.till(last_event_id="0") for _ in range(5)))

    told += await feed.stamps(10)
    for listener in listeners:
        await listener.until(lambda it: len(it.events) >= 20)

    assert [listener.sequences for listener in listeners] == [told] * 5


async def test_readers_that_come_while_the_window_is_looked_at_miss_nothing(feed, monkeypatch):
    """The rows of a look are read for those who were there when it began."""
    monkeypatch.setattr(hubs, "ROWS_A_LOOK", 2)
    done = asyncio.Event()

    async def sell() -> list[int]:
        told = [one for _ in range(40) for one in await feed.stamps(1)]
        done.set()
        return told

    selling = asyncio.create_task(sell())
    listeners = []
    while not done.is_set():
        listeners.append(await feed.till(last_event_id="0"))
        listeners.append(await feed.owner())
        await asyncio.sleep(0.003)
        while len(listeners) > 8:
            await listeners.pop(0).leave()
    told = await selling

    for listener in listeners:
        await listener.until(lambda it: it.sequences[-1:] == told[-1:] or it.blocks[0].id == "40")
        assert listener.sequences == told[len(told) - len(listener.sequences) :]
        assert listener.ids == list(range(int(listener.blocks[0].id) + 1, 41))


# -- replicas


async def test_a_replica_tells_what_another_one_heard(make_house):
    one, two = make_house(), make_house()
    two.merchant, two.store, two.terminal = one.merchant, one.store, one.terminal
    two.auth_pins.tell(one.terminal)
    async with running(one) as hears, running(two) as tells:
        till = await hears.till()

        told = await tells.stamps(3)
        await till.until(lambda it: len(it.events) == 3)

        assert till.sequences == told


async def test_replicas_that_hear_at_the_same_time_number_without_a_gap(make_house):
    one, two = make_house(), make_house()
    two.merchant, two.store, two.terminal = one.merchant, one.store, one.terminal
    async with running(one) as first, running(two) as second:
        till = await first.owner()

        await asyncio.gather(*(feed.stamps(1) for feed in (first, second) * 20))
        await till.until(lambda it: len(it.events) == 40)

        assert till.ids == list(range(1, 41))


# -- slow readers


async def test_a_reader_that_takes_nothing_is_cut_off_and_misses_nothing(make_house, monkeypatch):
    monkeypatch.setattr(hubs, "ROWS_WAITING", 5)
    house = make_house(feed_write_timeout_s=0.3)
    async with running(house) as feed:
        slow, quick = await feed.till(), await feed.till()
        slow.takes.clear()

        told = await feed.stamps(12)
        await slow.until_over()
        await quick.until(lambda it: len(it.events) == 12)
        slow.takes.set()
        again = await feed.till(last_event_id=slow.blocks[-1].id or "")
        await again.until(lambda it: len(slow.events) + len(it.events) >= 12)

    assert slow.aborted
    assert not quick.aborted
    assert slow.sequences + again.sequences == quick.sequences == told


async def test_a_reader_that_lags_is_told_from_the_window_and_holds_little_memory(feed, monkeypatch):
    monkeypatch.setattr(hubs, "ROWS_WAITING", 5)
    slow = await feed.till()
    slow.takes.clear()

    told = await feed.stamps(30)
    await asyncio.sleep(0.3)
    slow.takes.set()
    await slow.until(lambda it: len(it.events) == 30)

    assert slow.sequences == told


# -- when it ends


async def test_a_comment_comes_when_nothing_is_told_and_says_how_far_the_reader_is(make_house):
    async with running(make_house(feed_heartbeat_s=0.05)) as feed:
        till = await feed.till()
        await till.until(lambda it: any(block.comment == "heartbeat" for block in it.blocks))
        await feed.stamps(2, store_id=uuid4())

        await till.until(lambda it: it.blocks[-1].id == "2")

        assert till.events == []


async def test_a_revoked_key_ends_the_stream(feed):
    till, owner = await feed.till(), await feed.owner()

    await feed.house.hear(feed.house.terminal.model_copy(update={"version": 2, "keys": ()}))
    await till.until_over(within_s=2)

    assert not owner.task.done()


async def test_an_ended_session_and_a_deleted_merchant_end_the_stream(feed):
    owner, till = await feed.owner(), await feed.till()

    gone = feed.house.owner.model_copy(update={"version": 2, "sessions_revoked_at": now()})
    await feed.house.hear(gone)
    await owner.until_over(within_s=2)
    await feed.house.hear(feed.house.merchant.model_copy(update={"version": 2, "deleted_at": now()}))
    await till.until_over(within_s=2)


async def test_a_token_that_ends_ends_the_stream(feed):
    token = feed.house.token(feed.house.owner, exp=now().timestamp() + 1)
    owner = await feed.listen({"authorization": f"Bearer {token}"})

    await owner.until_over(within_s=5)


async def test_when_we_are_told_to_end_streams_end_at_once_and_none_begins(feed):
    till = await feed.till()

    feed.house.service.leaving = True
    await till.until_over(within_s=2)

    late = await feed.till()
    assert (late.status, json.loads(late.text)["code"]) == (503, "upstream-unavailable")


async def test_who_opens_too_many_loses_the_oldest(feed):
    listeners = [await feed.till() for _ in range(11)]

    await listeners[0].until_over()

    assert not any(listener.task.done() for listener in listeners[1:])


async def test_as_many_as_there_is_room_for(make_house):
    async with running(make_house(feed_streams=1)) as feed:
        first = await feed.till()
        second = await feed.owner()
        await first.leave()
        third = await feed.owner()

        assert [listener.status for listener in (first, second, third)] == [200, 503, 200]
        assert "retry-after" in second.headers


async def test_a_database_that_goes_away_ends_those_who_are_behind_and_leaves_nothing_open(feed, monkeypatch):
    async def away(*_: Any) -> Any:
        raise ConnectionError("away")

    monkeypatch.setattr(streams.window, "rows_after", away)
    till = await feed.till()

    await till.until_over()
    assert till.text.startswith("retry: ")


# -- who may


async def test_only_those_of_a_merchant_may_listen(feed):
    nobody = await feed.listen({})
    admin = await feed.listen({"authorization": f"Bearer {feed.house.token(feed.house.admin)}"})

    assert (nobody.status, json.loads(nobody.text)["code"]) == (401, "unauthenticated")
    assert (admin.status, json.loads(admin.text)["code"]) == (403, "forbidden")


async def test_a_store_is_one_of_the_merchants_and_a_tills_its_own(feed):
    foreign = StoreChanged(id=uuid4(), version=1, merchant_id=uuid4(), code="x", name="X")
    gone = StoreChanged(
        id=uuid4(), version=1, merchant_id=feed.house.merchant.id, code="y", name="Y", deleted_at=now()
    )
    for store in (foreign, gone):
        feed.house.programs.tell(store)

    for store_id in (foreign.id, gone.id, uuid4()):
        refused = await feed.owner(f"store_id={store_id}")
        assert (refused.status, json.loads(refused.text)["code"]) == (404, "store-not-found")
    wrong = await feed.owner("store_id=x")
    assert (wrong.status, json.loads(wrong.text)["errors"][0]["code"]) == (422, "bad-format")
    elsewhere = await feed.till(f"store_id={foreign.id}")
    assert (elsewhere.status, json.loads(elsewhere.text)["errors"][0]["code"]) == (422, "not-allowed")
    assert (await feed.till(f"store_id={feed.house.store.id}")).status == 200


async def test_a_head_is_answered_and_ends(house):
    async with house.as_till() as till:
        answer: httpx.Response = await till.head(EVENTS)

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"

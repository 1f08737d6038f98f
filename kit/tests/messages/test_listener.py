"""The listener on a real PostgreSQL: once, in order, parked, and behind what is parked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from contracts.problem import UpstreamUnavailable
from kit.listener import Listener, applying
from kit.work import Tx, Work, envelope


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(applying, "FIRST_PAUSE_S", 0.01)


@pytest.fixture
def listener(work: Work, noted: Any, handler: Any) -> Listener:
    listening = Listener(work, "127.0.0.1:1", "notes")
    listening.hear(handler, noted)
    return listening


@pytest.fixture
def parked(work: Work) -> Callable[..., Any]:
    """State by offset of what was parked."""

    async def read() -> dict[int, str]:
        async with work.read() as conn:
            rows = await conn.execute(
                text("SELECT record_offset, state FROM parked_events ORDER BY record_offset")
            )
            return {row.record_offset: row.state for row in rows}

    return read


async def decide(work: Work, offset: int, state: str) -> None:
    """What `parked retry` and `parked discard` do."""
    async with work() as tx:
        await tx.conn.execute(
            text("UPDATE parked_events SET state = :state WHERE record_offset = :offset"),
            {"state": state, "offset": offset},
        )


async def work_off(listener: Listener) -> None:
    """Until nothing is due any more."""
    while await listener.applier.retry_one():
        pass


async def outbox(work: Work) -> list[tuple[str, str]]:
    async with work.read() as conn:
        rows = await conn.execute(text("SELECT topic, key FROM outbox ORDER BY id"))
        return [(row.topic, row.key) for row in rows]


# -- once, and in order


async def test_events_are_applied_in_order(listener: Listener, noted: Any, as_record: Any, notes: Any):
    await listener.take([as_record(noted(about="a", number=n)) for n in range(1, 6)])

    assert await notes() == [1, 2, 3, 4, 5]


async def test_an_event_that_comes_twice_is_applied_once(
    listener: Listener, noted: Any, as_record: Any, notes: Any
):
    record = as_record(noted(about="a", number=1))

    await listener.take([record, record])
    await listener.take([record])

    assert await notes() == [1]


async def test_two_members_that_take_the_same_records_at_once_apply_them_once(
    work: Work, listener: Listener, noted: Any, as_record: Any, notes: Any, handler: Any
):
    other = Listener(work, "127.0.0.1:1", "notes")
    other.hear(handler, noted)
    records = [as_record(noted(about=f"{n % 7}", number=n)) for n in range(1, 200)]

    await asyncio.gather(listener.take(records), other.take(records[::-1]), listener.take(records[50:]))

    assert sorted(await notes()) == list(range(1, 200))


async def test_an_event_is_only_known_when_what_it_did_is_kept(
    work: Work, noted: Any, as_record: Any, notes: Any, handler: Any
):
    async def fail_after_writing(tx: Tx, events: Any) -> None:
        await handler(tx, events)
        raise asyncio.CancelledError

    dying = Listener(work, "127.0.0.1:1", "notes")
    dying.hear(fail_after_writing, noted)
    record = as_record(noted(about="a", number=1))
    with pytest.raises(asyncio.CancelledError):
        await dying.take([record])
    assert await notes() == []

    again = Listener(work, "127.0.0.1:1", "notes")
    again.hear(handler, noted)
    await again.take([record])

    assert await notes() == [1]


async def test_types_that_nobody_hears_are_passed_over(
    listener: Listener, noted: Any, as_record: Any, notes: Any, parked: Any
):
    body = json.loads(envelope("notes", noted(about="a", number=1)))
    unknown = json.dumps({**body, "type": "notes.rewritten.v1", "data": {"other": 1}}).encode()

    await listener.take(
        [as_record(noted(about="a", number=1), value=unknown), as_record(noted(about="a", number=2))]
    )

    assert await notes() == [2]
    assert await parked() == {}


async def test_events_that_mention_nothing_of_interest_are_passed_over_and_leave_no_trace(
    work: Work, noted: Any, as_record: Any, notes: Any, handler: Any
):
    listening = Listener(work, "127.0.0.1:1", "notes")
    listening.hear(handler, noted, mentions=("b", "c"))

    await listening.take([as_record(noted(about=about, number=n)) for n, about in enumerate("abcba", 1)])
    await listening.take([as_record(noted(about="a", number=9))])

    assert await notes() == [2, 3, 4]
    async with work.read() as conn:
        assert (await conn.execute(text("SELECT count(*) FROM inbox"))).scalar_one() == 3


async def test_what_cannot_be_read_is_parked_whatever_it_mentions(
    work: Work, noted: Any, as_record: Any, handler: Any, parked: Any
):
    listening = Listener(work, "127.0.0.1:1", "notes")
    listening.hear(handler, noted, mentions=("b",))

    await listening.take([as_record(noted(about="a", number=1), value=b"{")])

    assert list((await parked()).values()) == ["parked"]


async def test_members_that_a_reader_does_not_know_are_passed_over(
    listener: Listener, noted: Any, as_record: Any, notes: Any
):
    body = json.loads(envelope("notes", noted(about="a", number=1)))
    body["data"]["added_later"] = {"x": 1}

    await listener.take(
        [as_record(noted(about="a", number=1), value=json.dumps({**body, "newer": 1}).encode())]
    )

    assert await notes() == [1]


async def test_each_topic_of_a_poll_is_a_transaction_of_its_own(
    work: Work, noted: Any, as_record: Any, notes: Any, handler: Any
):
    second = type("Second", (noted,), {"topic": noted.topic + "-second"})
    transactions = []

    async def remember(tx: Tx, events: Any) -> None:
        transactions.append((tx, [event.fact.number for event in events]))
        await handler(tx, events)

    listener = Listener(work, "127.0.0.1:1", "notes")
    listener.hear(remember, noted)
    listener.hear(remember, second)
    kinds = [noted, second, noted, second]
    await listener.take([as_record(kind(about="a", number=n)) for n, kind in enumerate(kinds, start=1)])

    assert [numbers for _, numbers in transactions] == [[1, 3], [2, 4]]
    assert transactions[0][0] is not transactions[1][0]


# -- faults that pass


@pytest.mark.parametrize(
    "fault",
    [
        ConnectionResetError("gone"),
        TimeoutError(),
        UpstreamUnavailable("cards cannot be reached"),
        OperationalError("SELECT", {}, Exception("server closed the connection")),
    ],
    ids=lambda fault: type(fault).__name__,
)
async def test_a_fault_that_passes_is_tried_again_in_place(
    work: Work, noted: Any, as_record: Any, notes: Any, parked: Any, handler: Any, fault: Exception
):
    faults = [fault] * 3

    async def fail_at_first(tx: Tx, events: Any) -> None:
        await handler(tx, events)
        if faults:
            raise faults.pop()

    listener = Listener(work, "127.0.0.1:1", "notes")
    listener.hear(fail_at_first, noted)

    await listener.take([as_record(noted(about="a", number=n)) for n in (1, 2, 3)])

    assert faults == []
    assert await notes() == [1, 2, 3]
    assert await parked() == {}


async def test_a_connection_that_the_server_ends_is_a_fault_that_passes(
    work: Work, noted: Any, as_record: Any, notes: Any, parked: Any, handler: Any
):
    ended = []

    async def lose_the_connection_once(tx: Tx, events: Any) -> None:
        await handler(tx, events)
        if not ended:
            ended.append(True)
            await tx.conn.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    listener = Listener(work, "127.0.0.1:1", "notes")
    listener.hear(lose_the_connection_once, noted)

    await listener.take([as_record(noted(about="a", number=1))])

    assert await notes() == [1]
    assert await parked() == {}


# -- what cannot be applied


def whole(noted: Any, **changes: Any) -> bytes:
    body = json.loads(envelope("notes", noted(about="bad", number=1)))
    return json.dumps({**body, **changes}).encode()


UNREADABLE: dict[str, Callable[[Any], bytes]] = {
    "no JSON": lambda noted: b"\xff\xfe{",
    "empty": lambda noted: b"",
    "a list": lambda noted: b"[1, 2]",
    "a number": lambda noted: b"17",
    "deep": lambda noted: b"[" * 100_000,
    "no type": lambda noted: b'{"id": "x"}',
    "a type that is none": lambda noted: whole(noted, type={"a": 1}),
    "an id that is none": lambda noted: whole(noted, id=17),
    "an id that is a list": lambda noted: whole(noted, id=[1]),
    "no data": lambda noted: whole(noted, data=None),
    "a member is missing": lambda noted: whole(noted, data={"about": "bad"}),
    "a wrong type": lambda noted: whole(noted, data={"about": "bad", "number": "many"}),
    "a NUL in the reason": lambda noted: whole(noted, id="\x00\x00"),
    "half a surrogate pair": lambda noted: whole(noted, data={"about": "\ud800", "number": 1}),
}


@pytest.mark.parametrize("kind", UNREADABLE)
async def test_what_cannot_be_read_is_parked_and_holds_up_no_other_key(
    work: Work, listener: Listener, noted: Any, as_record: Any, notes: Any, parked: Any, kind: str
):
    good, bad = noted(about="good", number=1), noted(about="bad", number=1)

    await listener.take(
        [
            as_record(good),
            as_record(bad, value=UNREADABLE[kind](noted)),
            as_record(noted(about="good", number=2)),
        ]
    )

    assert await notes() == [1, 2]
    assert await parked() == {1: "parked"}
    assert await outbox(work) == [(f"{noted.topic}-dlq", "bad")]


@pytest.mark.parametrize(
    "key", [b"\x00bad\x00", b"\xff\xfe", b"k" * 10_000, b""], ids=["NUL", "bytes", "long", "none"]
)
async def test_a_key_that_no_database_takes_is_parked_all_the_same(
    listener: Listener, noted: Any, as_record: Any, notes: Any, parked: Any, key: bytes
):
    good = noted(about="good", number=1)

    await listener.take([as_record(good, key=key, value=b"unreadable"), as_record(good)])

    assert await notes() == [1]
    assert await parked() == {0: "parked"}


async def test_a_dead_letter_too_large_for_the_broker_is_kept_in_the_database_alone(
    work: Work, listener: Listener, noted: Any, as_record: Any, parked: Any
):
    await listener.take([as_record(noted(about="bad", number=1), value=b"x" * 900_000)])

    assert await parked() == {0: "parked"}
    assert await outbox(work) == []
    async with work.read() as conn:
        assert (await conn.execute(text("SELECT length(value) FROM parked_events"))).scalar_one() == 900_000


async def test_a_batch_narrows_down_to_the_one_that_fails(
    work: Work, noted: Any, as_record: Any, notes: Any, parked: Any, handler: Any
):
    sizes = []

    async def count(tx: Tx, events: Any) -> None:
        sizes.append(len(events))
        await handler(tx, events)

    listener = Listener(work, "127.0.0.1:1", "notes")
    listener.hear(count, noted)
    facts = [noted(about=f"{n}", number=-1 if n == 3 else n) for n in range(1, 7)]

    await listener.take([as_record(fact) for fact in facts])

    assert await notes() == [1, 2, 4, 5, 6]
    assert await parked() == {2: "parked"}
    assert sizes == [6, 1, 1, 1, 1, 1, 1]


async def test_a_value_that_is_too_large_for_an_index_is_parked_and_not_tried_for_ever(
    work: Work, listener: Listener, noted: Any, as_record: Any, parked: Any
):
    """PostgreSQL calls it an operational error, as it does a lost connection."""
    async with work() as tx:
        await tx.conn.execute(text("CREATE INDEX notes_about ON notes (about)"))
    incompressible = "".join(chr(0x4E00 + (n * 7919) % 20_000) for n in range(9_000))

    async with asyncio.timeout(5):
        await listener.take([as_record(noted(about=incompressible, number=1), key=b"large")])

    assert await parked() == {0: "parked"}


async def test_what_a_failed_handler_said_is_not_told(
    work: Work, noted: Any, as_record: Any, parked: Any, handler: Any
):
    async def say_and_fail(tx: Tx, events: Any) -> None:
        tx.say(noted(about="told", number=9))
        await handler(tx, events)

    listener = Listener(work, "127.0.0.1:1", "notes")
    listener.hear(say_and_fail, noted)
    await listener.take([as_record(noted(about="bad", number=-1))])
    await decide(work, 0, "retry")
    await work_off(listener)

    assert await parked() == {0: "parked"}
    assert await outbox(work) == [(f"{noted.topic}-dlq", "bad")]


# -- behind what is parked


async def test_later_events_of_a_parked_key_queue_behind_it_also_within_one_batch(
    work: Work, listener: Listener, noted: Any, as_record: Any, notes: Any, parked: Any
):
    bad = as_record(noted(about="a", number=1), value=b"unreadable")
    await listener.take([bad, as_record(noted(about="a", number=2)), as_record(noted(about="b", number=3))])
    await listener.take([as_record(noted(about="a", number=4)), as_record(noted(about="b", number=5))])

    assert await notes("b") == [3, 5]
    assert await notes("a") == []
    assert await parked() == {0: "parked", 1: "behind", 3: "behind"}
    assert await outbox(work) == [(f"{noted.topic}-dlq", "a")]


async def test_what_queued_is_applied_in_order_once_the_first_is_discarded(
    work: Work, listener: Listener, noted: Any, as_record: Any, notes: Any, parked: Any
):
    bad = as_record(noted(about="a", number=1), value=b"unreadable")
    await listener.take([bad, *(as_record(noted(about="a", number=n)) for n in (2, 3, 4))])

    await work_off(listener)
    assert await notes() == []
    await decide(work, 0, "discarded")
    await work_off(listener)

    assert await notes() == [2, 3, 4]
    assert await parked() == {0: "discarded", 1: "done", 2: "done", 3: "done"}


async def test_a_retry_applies_the_parked_one_first_and_then_what_queued(
    work: Work, listener: Listener, noted: Any, as_record: Any, notes: Any, parked: Any
):
    async with work() as tx:
        await tx.conn.execute(text("ALTER TABLE notes ADD CONSTRAINT few CHECK (number <> 1)"))
    await listener.take([as_record(noted(about="a", number=n)) for n in (1, 2)])
    assert await parked() == {0: "parked", 1: "behind"}

    async with work() as tx:
        await tx.conn.execute(text("ALTER TABLE notes DROP CONSTRAINT few"))
    await decide(work, 0, "retry")
    await work_off(listener)

    assert await notes() == [1, 2]
    assert await parked() == {0: "done", 1: "done"}


async def test_a_retry_that_fails_again_is_parked_again_and_what_queued_waits(
    work: Work, listener: Listener, noted: Any, as_record: Any, notes: Any, parked: Any
):
    await listener.take([as_record(noted(about="a", number=-1)), as_record(noted(about="a", number=2))])
    await decide(work, 0, "retry")

    await work_off(listener)

    assert await notes() == []
    assert await parked() == {0: "parked", 1: "behind"}
    async with work.read() as conn:
        tries = await conn.execute(text("SELECT tries FROM parked_events WHERE record_offset = 0"))
        assert tries.scalar_one() == 1


async def test_a_record_that_comes_again_after_it_was_parked_is_parked_once(
    work: Work, listener: Listener, noted: Any, as_record: Any, notes: Any, parked: Any
):
    records = [
        as_record(noted(about="a", number=1), value=b"unreadable"),
        as_record(noted(about="a", number=2)),
    ]

    await listener.take(records)
    await listener.take(records)
    await decide(work, 0, "discarded")
    await listener.take(records)
    await work_off(listener)

    assert await notes() == [2]
    assert await parked() == {0: "discarded", 1: "done"}
    assert await outbox(work) == [(f"{noted.topic}-dlq", "a")]

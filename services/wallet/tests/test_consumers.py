"""What the wallet hears, through the listener, on a real database."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import text

from contracts.programs import ProgramChanged, RewardChanged
from kit.ids import now, uuid7
from kit.listener import Listener
from kit.projection import Projection
from kit.work import Work, envelope
from wallet import commands, consumers, store
from wallet.delivery import DeliveryLoop
from wallet.domain import Delivered


@pytest.fixture
def projection(work: Work) -> Projection:
    async def fetch(kind: str, id_: Any) -> None:
        return None

    return Projection(work, kinds=consumers.LOOKS, fetch=fetch, groups={RewardChanged: "program_id"})


@pytest.fixture
def listener(work: Work, projection: Projection) -> Listener:
    listening = Listener(work, "127.0.0.1:1", "wallet")
    consumers.hear_all(listening, projection)
    return listening


async def balances(work: Work, *cards: Any) -> list[tuple[int, int]]:
    """Sequence and stamps of each card's pass; (-1, -1) for one without."""
    async with work.read() as conn:
        held = [await store.find(conn, card.id) for card in cards]
    return [(one.sequence_wanted, one.stamp_count) if one else (-1, -1) for one in held]


async def parked(work: Work) -> list[tuple[str, str]]:
    async with work.read() as conn:
        rows = await conn.execute(text("SELECT key, state FROM parked_events ORDER BY record_offset"))
        return [(row.key, row.state) for row in rows]


def a_program(**changes: Any) -> ProgramChanged:
    whole = {"id": uuid7(), "version": 1, "merchant_id": uuid7(), "created_at": now()}
    return ProgramChanged(**{**whole, **changes})


async def test_a_stamp_that_is_heard_is_what_the_pass_is_to_show(
    work: Work, listener: Listener, a_card: Any, a_transaction: Any, as_record: Any
):
    card = a_card()

    await listener.take([as_record(card), *(as_record(a_transaction(card, n)) for n in (1, 2, 3))])

    assert await balances(work, card) == [(3, 3)]


async def test_the_same_event_twice_changes_nothing(
    work: Work, listener: Listener, a_card: Any, a_transaction: Any, as_record: Any
):
    card = a_card()
    records = [as_record(card), as_record(a_transaction(card, 1))]
    await listener.take(records)
    async with work.read() as conn:
        before = await store.find(conn, card.id)

    await listener.take(records)
    await listener.take(records + records)

    async with work.read() as conn:
        assert await store.find(conn, card.id) == before


async def test_events_out_of_order_never_take_a_pass_back(
    work: Work, listener: Listener, a_card: Any, a_transaction: Any, as_record: Any
):
    card = a_card()
    first, second, third = (as_record(a_transaction(card, n)) for n in (1, 2, 3))

    for record in (second, third, first):
        await listener.take([record])

    assert await balances(work, card) == [(3, 3)]


async def test_it_does_not_matter_whether_the_card_or_its_stamps_are_heard_first(
    work: Work, listener: Listener, a_card: Any, a_transaction: Any, as_record: Any
):
    early, late = a_card(), a_card()

    await listener.take([as_record(early), as_record(a_transaction(early, 1))])
    await listener.take([as_record(a_transaction(late, 1)), as_record(late)])

    assert await balances(work, early, late) == [(1, 1), (1, 1)]
    async with work.read() as conn:
        numbers = await conn.execute(text("SELECT DISTINCT card_number FROM passes"))
        assert numbers.scalars().all() == ["482100771930"]


async def test_an_event_that_cannot_be_read_is_parked_and_holds_up_its_own_card_only(
    work: Work, listener: Listener, a_card: Any, a_transaction: Any, as_record: Any
):
    broken, good = a_card(), a_card()
    unreadable = as_record(a_transaction(broken, 1), value=b"\x00\xff not an event")

    await listener.take(
        [
            as_record(broken),
            as_record(good),
            unreadable,
            as_record(a_transaction(broken, 2)),
            as_record(a_transaction(good, 1)),
        ]
    )
    await listener.take([as_record(a_transaction(good, 2)), as_record(a_transaction(broken, 3))])

    assert await balances(work, broken, good) == [(0, 0), (2, 2)]
    key = str(broken.id)
    assert await parked(work) == [(key, "parked"), (key, "behind"), (key, "behind")]


async def test_a_batch_with_an_event_that_breaks_an_invariant_loses_that_one_only(
    work: Work, listener: Listener, a_card: Any, a_transaction: Any, as_record: Any
):
    cards = [a_card() for _ in range(20)]
    facts = [a_transaction(card, 1) for card in cards]
    facts[7] = a_transaction(cards[7], 1, stamp_count=-1)

    await listener.take([as_record(fact) for fact in facts])

    assert await balances(work, *cards) == [(-1, -1) if n == 7 else (1, 1) for n in range(20)]
    assert await parked(work) == [(str(cards[7].id), "parked")]


async def test_what_queued_behind_a_discarded_event_is_applied(
    work: Work, listener: Listener, a_card: Any, a_transaction: Any, as_record: Any
):
    card = a_card()
    await listener.take([as_record(a_transaction(card, 1), value=b"?"), as_record(a_transaction(card, 2))])
    assert await balances(work, card) == [(-1, -1)]

    async with work() as tx:
        await tx.conn.execute(text("UPDATE parked_events SET state = 'discarded' WHERE state = 'parked'"))
    while await listener.applier.retry_one():
        pass

    assert await balances(work, card) == [(2, 2)]


async def test_an_event_of_a_later_writer_with_members_more_is_understood(
    work: Work, listener: Listener, a_card: Any, a_transaction: Any, as_record: Any
):
    card = a_card()
    fact = a_transaction(card, 1)
    body = json.loads(envelope("ledger", fact))
    body["data"]["account"]["added_later"] = 1

    await listener.take([as_record(fact, value=json.dumps(body).encode())])

    assert await balances(work, card) == [(1, 1)]


async def test_programs_are_kept_and_their_handed_out_passes_are_drawn_anew(
    work: Work, listener: Listener, projection: Projection, provider: Any, a_card: Any, as_record: Any
):
    program = a_program()
    card = a_card(program_id=program.id, merchant_id=program.merchant_id)
    loop = DeliveryLoop(work, provider)
    await listener.take([as_record(program), as_record(card)])
    async with work() as tx:
        await commands.hand_out(tx, card.id, "apple")
    (claimed,) = await loop.claim(10)
    await loop.record([(claimed, Delivered())])

    await listener.take([as_record(program.model_copy(update={"version": 2, "card_color": "#000000"}))])

    kept = projection.get(ProgramChanged, program.id)
    assert kept is not None
    assert kept.card_color == "#000000"
    async with work.read() as conn:
        assert (await store.deliveries_of(conn, card.id))["apple"].status == "behind"


async def test_a_program_heard_again_or_late_never_goes_back(
    work: Work, listener: Listener, projection: Projection, as_record: Any
):
    program = a_program(version=5, card_name="new")

    await listener.take([as_record(program)])
    await listener.take([as_record(program.model_copy(update={"version": 4, "card_name": "old"}))])

    kept = projection.get(ProgramChanged, program.id)
    assert kept is not None
    assert (kept.version, kept.card_name) == (5, "new")

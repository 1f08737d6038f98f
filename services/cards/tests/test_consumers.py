"""What is heard: the ledger's decisions on a card's status, and the terms of merchants."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text

from contracts.event import Fact
from contracts.ledger import Account, Transaction, TransactionRecorded
from kit.ids import now, uuid7
from kit.work import envelope

Shop = Any
Rows = Callable[..., Any]


def recorded(card_id: Any, sequence: int, kind: str, *, is_active: bool = True) -> TransactionRecorded:
    return TransactionRecorded(
        transaction=Transaction(
            id=uuid7(),
            card_id=card_id,
            sequence=sequence,
            merchant_id=uuid7(),
            type=kind,
            stamps_balance_after=0,
            points_balance_after=0,
            program_version=1,
            transaction_at=now(),
            created_at=now(),
            hash="00",
        ),
        account=Account(
            program_id=uuid7(),
            is_active=is_active,
            stamp_count=0,
            total_stamps_earned=0,
            stamps_redeemed=0,
            points_balance=0,
            total_points_earned=0,
            points_redeemed=0,
        ),
    )


class Broker:
    """Hands records to the service's listener as a poll returns them."""

    def __init__(self, service: Any) -> None:
        self._listener = service.listener
        self._offset = 0

    def record(self, fact: Fact) -> Any:
        self._offset += 1
        return SimpleNamespace(
            topic=fact.topic,
            partition=0,
            offset=self._offset,
            key=fact.key().encode(),
            value=envelope("elsewhere", fact),
        )

    async def deliver(self, *facts: Fact) -> None:
        await self._listener.take([self.record(fact) for fact in facts])


@pytest.fixture
def broker(service: Any) -> Broker:
    return Broker(service)


@pytest.fixture
async def card_id(shop: Shop, enrol: Rows) -> str:
    answer = await enrol(shop.till(), email="ana@example.com")
    return str(answer.json()["card"]["id"])


@pytest.fixture
def status(shop: Shop, card_id: str) -> Rows:
    async def read() -> str:
        answer = await shop.till().get(f"/api/v1/vendor/loyalty/cards/{card_id}")
        found: str = answer.json()["status"]
        return found

    return read


async def test_a_deactivated_card_is_shown_inactive_and_active_again_when_reactivated(
    broker: Broker, card_id: str, status: Rows
):
    assert await status() == "active"

    await broker.deliver(recorded(card_id, 2, "card_deactivated", is_active=False))
    assert await status() == "inactive"

    await broker.deliver(recorded(card_id, 3, "card_reactivated"))
    assert await status() == "active"


async def test_an_older_decision_that_comes_late_changes_nothing(broker: Broker, card_id: str, status: Rows):
    await broker.deliver(recorded(card_id, 5, "card_reactivated"))

    await broker.deliver(recorded(card_id, 4, "card_deactivated", is_active=False))

    assert await status() == "active"


async def test_of_one_batch_the_newest_decision_counts(broker: Broker, card_id: str, status: Rows):
    await broker.deliver(
        recorded(card_id, 2, "card_deactivated", is_active=False),
        recorded(card_id, 3, "card_reactivated"),
        recorded(card_id, 4, "card_deactivated", is_active=False),
        recorded(card_id, 5, "stamp_voided", is_active=False),
    )

    assert await status() == "inactive"


async def test_the_same_event_twice_is_applied_once(broker: Broker, card_id: str, status: Rows, rows: Rows):
    record = broker.record(recorded(card_id, 2, "card_deactivated", is_active=False))
    event_id = json.loads(record.value)["id"]

    await broker._listener.take([record, record])
    await broker._listener.take([record])

    assert await status() == "inactive"
    assert len(await rows("SELECT FROM inbox WHERE event_id = CAST(:id AS uuid)", id=event_id)) == 1


async def test_stamps_write_nothing_to_the_card(broker: Broker, card_id: str, rows: Rows):
    before = await rows("SELECT xmin, cards.* FROM cards WHERE id = CAST(:id AS uuid)", id=card_id)

    await broker.deliver(*(recorded(card_id, n, "stamp_earned") for n in range(2, 30)))

    assert await rows("SELECT xmin, cards.* FROM cards WHERE id = CAST(:id AS uuid)", id=card_id) == before


async def test_a_decision_on_a_card_that_is_not_here_is_passed_over(broker: Broker, rows: Rows):
    await broker.deliver(recorded(uuid7(), 2, "card_deactivated", is_active=False))

    assert await rows("SELECT FROM parked_events") == []


async def test_an_unreadable_event_is_parked_and_other_cards_go_on(
    broker: Broker, card_id: str, status: Rows, rows: Rows
):
    broken = broker.record(recorded(uuid7(), 2, "card_deactivated", is_active=False))
    broken.value = b'{"type": "ledger.transaction-recorded.v1", "data": {}'
    good = broker.record(recorded(card_id, 2, "card_deactivated", is_active=False))

    await broker._listener.take([broken, good])

    assert await status() == "inactive"
    parked = await rows("SELECT state FROM parked_events WHERE key = :key", key=broken.key.decode())
    assert [row.state for row in parked] == ["parked"]


# -- terms


async def test_a_program_that_was_heard_switched_off_refuses_enrolment(
    broker: Broker, shop: Shop, enrol: Rows
):
    await shop.terms()
    await broker.deliver(shop.announce(shop.program, is_active=False))

    answer = await enrol(shop.till(), email="ana@example.com")

    assert (answer.status_code, answer.json()["code"]) == (409, "program-inactive")


async def test_an_older_state_of_a_program_never_comes_back(broker: Broker, shop: Shop):
    newest = shop.announce(shop.announce(shop.program, is_active=False), is_active=True)
    await broker.deliver(newest)

    await broker.deliver(newest.model_copy(update={"version": 2, "is_active": False}))

    assert (await shop.terms()).program.version == 3


async def test_what_was_heard_is_known_to_another_replica(broker: Broker, shop: Shop, programs: Any):
    for state in list(programs.states.values()):
        await broker.deliver(state)
    programs.down = True
    book = shop.service.http.state.terms
    book.projection._states.clear()
    book.projection._grouped.clear()

    await book.projection.catch_up()

    terms = await shop.terms(0)
    assert terms.program.id == shop.program.id
    assert {store.name for store in terms.stores} == {"Belair", "Grund"}


async def test_the_service_is_ready_only_when_the_terms_are_read(service: Any):
    check = service._ready_when["projection"]
    assert not check()

    await service.http.state.terms.projection.catch_up()

    assert check()


async def test_a_deleted_store_is_no_place_of_the_merchant(broker: Broker, shop: Shop):
    await shop.terms(0)
    await shop.terms(1)

    await broker.deliver(shop.announce(shop.stores[0], deleted_at=now() - timedelta(minutes=1)))

    assert [store.name for store in (await shop.terms()).stores] == ["Grund"]


async def test_the_inbox_row_is_written_with_the_effect(broker: Broker, card_id: str, service: Any):
    fact = recorded(card_id, 2, "card_deactivated", is_active=False)
    record = broker.record(fact)
    async with service.engine.begin() as conn:
        before = (await conn.execute(text("SELECT count(*) FROM inbox"))).scalar_one()

    await broker._listener.take([record])

    async with service.engine.begin() as conn:
        after = (await conn.execute(text("SELECT count(*) FROM inbox"))).scalar_one()
    assert after == before + 1

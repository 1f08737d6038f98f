"""What the wallet's tests share: a database, cards and transactions as heard, an obedient provider."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID

import pytest
from aiokafka import ConsumerRecord

from contracts.cards import CardChanged
from contracts.event import Fact
from contracts.ledger import Account, Transaction, TransactionRecorded
from kit.ids import now, uuid7
from kit.work import Work, envelope, open_engine
from wallet.domain import Delivered, Outcome, Pass


@pytest.fixture
async def work(database: Any) -> AsyncIterator[Work]:
    """Transactions on a database of this test's own, as the role that the service runs with."""
    engine = open_engine(database.fresh("wallet").app_url, 8)
    yield Work(engine, "wallet")
    await engine.dispose()


@pytest.fixture
def a_card() -> Callable[..., CardChanged]:
    def make(card_id: UUID | None = None, **changes: Any) -> CardChanged:
        whole = {
            "id": card_id or uuid7(),
            "version": 1,
            "merchant_id": uuid7(),
            "program_id": uuid7(),
            "program_version": 1,
            "customer_id": uuid7(),
            "card_number": "482100771930",
            "qr_code": "pXQ",
            "via": "till",
            "locale": "en",
            "created_at": now(),
        }
        return CardChanged(**{**whole, **changes})

    return make


@pytest.fixture
def a_transaction() -> Callable[..., TransactionRecorded]:
    """The n-th stamp of a card."""

    def make(card: CardChanged, sequence: int, **account: Any) -> TransactionRecorded:
        balances = {
            "program_id": card.program_id,
            "is_active": True,
            "stamp_count": max(0, sequence),
            "total_stamps_earned": max(0, sequence),
            "stamps_redeemed": 0,
            "points_balance": 0,
            "total_points_earned": 0,
            "points_redeemed": 0,
        }
        whole = Account(**{**balances, **account})
        row = Transaction(
            id=uuid7(),
            card_id=card.id,
            sequence=sequence,
            merchant_id=card.merchant_id,
            type="stamp_earned",
            stamps_delta=1,
            stamps_balance_after=whole.stamp_count,
            points_balance_after=whole.points_balance,
            program_version=1,
            transaction_at=now(),
            created_at=now(),
            hash=f"{sequence:064x}",
        )
        return TransactionRecorded(transaction=row, account=whole)

    return make


@pytest.fixture
def as_record() -> Callable[..., ConsumerRecord[bytes, bytes]]:
    """A fact as the broker hands it over; each call is the next offset."""
    offsets = iter(range(1_000_000))

    def make(
        fact: Fact, value: bytes | None = None, offset: int | None = None
    ) -> ConsumerRecord[bytes, bytes]:
        service = fact.type.split(".")[0]
        return ConsumerRecord(
            topic=fact.topic,
            partition=0,
            offset=next(offsets) if offset is None else offset,
            timestamp=0,
            timestamp_type=0,
            key=fact.key().encode(),
            value=envelope(service, fact) if value is None else value,
            checksum=None,
            serialized_key_size=0,
            serialized_value_size=0,
            headers=(),
        )

    return make


class Obedient:
    """A provider that does what the test tells it to, and remembers what it was given."""

    platform = "apple"

    def __init__(self) -> None:
        self.given: list[Pass] = []
        self.outcomes: list[Outcome | Exception] = []
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()
        self.began = asyncio.Event()

    async def deliver(self, held: Pass) -> Outcome:
        self.given.append(held)
        self.began.set()
        await self.may_go_on.wait()
        outcome = self.outcomes.pop(0) if self.outcomes else Delivered(devices=1)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


@pytest.fixture
def provider() -> Obedient:
    return Obedient()

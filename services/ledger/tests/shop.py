"""For tests of statistics: a busy day at two stores, and statistics that are given what was told of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aiokafka import ConsumerRecord, TopicPartition

from contracts.cards import CardChanged
from kit.identity import Caller
from kit.ids import now, uuid7
from kit.work import envelope
from ledger.statistics.calendar import Calendars
from ledger.statistics.projecting import Projector, hear

LEDGER, CARDS = TopicPartition("ledger-events", 0), TopicPartition("cards-events", 0)


class Counting:
    """Gives statistics what the ledger has told, as a broker would."""

    def __init__(self, world: Any, conn: Any) -> None:
        self.world, self.conn = world, conn
        self.projector = Projector(1, Calendars())
        self.cards: list[CardChanged] = []
        self.owner = Caller("owner", world.merchant_id, user_id=uuid7())

    def told(self) -> list[bytes]:
        query = "SELECT value FROM outbox WHERE topic = 'ledger-events' ORDER BY id"
        return [bytes(row[0]) for row in self.world.rows(query)]

    async def count(
        self, events: Sequence[bytes] | None = None, cards: Sequence[CardChanged] | None = None
    ) -> None:
        """All that was told, unless some of it is named."""
        events = self.told() if events is None else events
        cards = self.cards if cards is None else cards
        polled = {
            LEDGER: [record(LEDGER, n, value) for n, value in enumerate(events)],
            CARDS: [record(CARDS, n, envelope("cards", card)) for n, card in enumerate(cards)],
        }
        assert await self.projector.apply(self.conn, await hear(polled), now())

    async def get(self, path: str, caller: Caller | None = None) -> Any:
        async with self.world.http(caller or self.owner) as http:
            return await http.get(path)

    async def a_busy_day(self) -> None:
        """Every kind of row, at two stores, by a till and by a user."""
        world = self.world
        await world.program(welcome_bonus_points=25, stamps_reward_value_cents=350)
        mug = await world.reward(value_cents=900)
        stores = (world.store_id, world.other_store_id, None, world.store_id)
        self.cards = [await world.card(enrolled_at_store_id=store) for store in stores]
        for card in self.cards:
            for _ in range(4):
                assert (await world.stamp(card)).status_code == 200
            assert (await world.earn(card, 3000)).status_code == 200
        other = Caller("terminal", world.merchant_id, world.other_store_id, uuid7())
        first = self.cards[0]
        await self._move(other, "/stamp", first)
        stamps = await self._move(other, "/stamp/redeem", first)
        points = await self._move(other, "/points/redeem", first, reward_id=str(mug.id))
        await self._move(self.owner, "/points/adjust", first, points_delta=-40, notes="an error")
        await self._move(self.owner, "/stamp/adjust", first, stamps_delta=2, notes="an error")
        await self._move(world.caller, "/stamp/void", first, stamps=2)
        await self._move(world.caller, "/stamp/void", None, transaction_id=stamps)
        await self._move(world.caller, "/points/void", None, transaction_id=points)
        await self._move(world.caller, "/stamp/redeem", self.cards[1])
        await self._move(world.caller, "/points/redeem", self.cards[1], reward_id=str(mug.id))
        assert (await world.earn(self.cards[1], 999, order_reference="R-1")).status_code == 200
        await self._move(world.caller, "/points/void", None, order_reference="R-1", amount_cents=500)
        gone = self.cards[3].model_copy(update={"version": 2, "deleted_at": now()})
        async with world.service.work() as tx:
            await world.accounts.hear(tx, [gone])
        self.cards.append(gone)

    async def _move(self, caller: Caller, path: str, card: CardChanged | None, **body: Any) -> str:
        named = {} if card is None else {"card_id": str(card.id)}
        store = {"store_id": str(self.world.store_id)} if caller is self.owner else {}
        async with self.world.http(caller) as http:
            answer = await http.post(
                f"/api/v1/vendor/loyalty{path}",
                json={**named, **body, **store},
                headers={"idempotency-key": str(uuid7())},
            )
        assert answer.status_code == 200, answer.text
        return str(answer.json()["transaction_id"])


def record(place: TopicPartition, offset: int, value: bytes) -> Any:
    return ConsumerRecord(
        topic=place.topic, partition=place.partition, offset=offset, timestamp=0, timestamp_type=0, key=b"",
        value=value, checksum=None, serialized_key_size=0, serialized_value_size=0, headers=(),
    )  # fmt: skip

"""The hourly sync: what drifted from the ledger is found and made right, by one replica at a time, gently."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from sqlalchemy import text

from contracts.problem import UpstreamUnavailable
from kit.ids import instant_text, now
from kit.telemetry import registry
from kit.work import Work
from wallet import commands, recent, store, sync
from wallet.delivery import DeliveryLoop
from wallet.domain import Delivered, Pass
from wallet.sync import LedgerSync

AN_HOUR_AGO = timedelta(hours=1)


class Ledger:
    """Stands in for the ledger's internal routes: accounts by card, as its events tell them."""

    def __init__(self) -> None:
        self.accounts: dict[UUID, dict[str, Any]] = {}
        self.pages = 0
        self.fails_at: int | None = None
        #: Called between the reading of a page of passes and its answer.
        self.meanwhile: Callable[[], Awaitable[None]] | None = None

    def keep(self, fact: Any, age: timedelta = AN_HOUR_AGO) -> None:
        row, account = fact.transaction, fact.account.model_dump(mode="json")
        before = self.accounts.get(row.card_id, {}).get("recent", [])
        self.accounts[row.card_id] = {
            **account, "card_id": str(row.card_id), "merchant_id": str(row.merchant_id),
            "sequence": row.sequence, "hash": row.hash, "created_at": instant_text(now() - age),
            "recent": [row.model_dump(mode="json"), *before],
        }  # fmt: skip

    async def get(self, path: str) -> Any:
        self.pages += 1
        if self.pages == self.fails_at:
            raise UpstreamUnavailable("ledger cannot be reached")
        if self.meanwhile is not None:
            await self.meanwhile()
        asked = parse_qs(urlsplit(path).query)
        after, limit = UUID(asked["after"][0]), int(asked["limit"][0])
        found = [self.accounts[card] for card in sorted(self.accounts) if card > after]
        items = [self._with_last(one, int(asked["recent"][0])) for one in found[:limit]]
        return {"items": [{name: one[name] for name in one if name != "created_at"} for one in items]}

    async def post(self, path: str, body: Any) -> Any:
        found = (self.accounts.get(card) for card in body["card_ids"])
        return {"items": [self._with_last(one, body["recent"]) for one in found if one is not None]}

    def _with_last(self, account: dict[str, Any], rows: int) -> dict[str, Any]:
        return {**account, "recent": account["recent"][:rows]}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync, "REST_S", 0.0)
    monkeypatch.setattr(sync, "REST_TIMES", 0.0)
    monkeypatch.setattr(sync, "PAGE_ROWS", 3)


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def known_to_cards() -> dict[UUID, Any]:
    return {}


@pytest.fixture
def syncing(work: Work, ledger: Ledger, known_to_cards: dict[UUID, Any]) -> LedgerSync:
    async def fetch_card(card_id: UUID) -> Any:
        return known_to_cards.get(card_id)

    return LedgerSync(work, ledger, fetch_card)  # type: ignore[arg-type]


@pytest.fixture
def shown(work: Work, ledger: Ledger, a_card: Any, a_transaction: Any, provider: Any) -> Any:
    """Makes cards with five stamps whose passes are in an Apple Wallet and show them."""

    async def make(count: int = 1) -> list[Any]:
        cards = [a_card() for _ in range(count)]
        facts = [a_transaction(card, 5) for card in cards]
        async with work() as tx:
            await commands.note_cards(tx, cards)
            await commands.note_transactions(tx, facts)
            for card, fact in zip(cards, facts, strict=True):
                await commands.hand_out(tx, card.id, "apple")
                ledger.keep(fact)
        loop = DeliveryLoop(work, provider)
        while claimed := await loop.claim(50):
            await loop.record([(one, Delivered()) for one in claimed])
        return cards

    return make


async def held(work: Work, card: Any) -> Pass | None:
    async with work.read() as conn:
        return await store.find(conn, card.id)


async def status(work: Work, card: Any) -> str:
    async with work.read() as conn:
        return (await store.deliveries_of(conn, card.id))["apple"].status


async def by_hand(work: Work, statement: str, card: Any) -> None:
    async with work() as tx:
        await tx.conn.execute(text(f"{statement} WHERE card_id = :id"), {"id": card.id})


def healed(kind: str) -> float:
    return registry.get_sample_value("passes_healed_total", {"kind": kind}) or 0.0


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("UPDATE passes SET stamp_count = 9", "different"),
        ("UPDATE passes SET points_balance = 100000", "different"),
        ("UPDATE passes SET is_active = false", "different"),
        ("UPDATE passes SET last_hash = 'ab'", "different"),
        ("UPDATE passes SET sequence_wanted = 99", "ahead"),
        ("UPDATE passes SET sequence_wanted = 4, stamp_count = 4", "late"),
    ],
)
async def test_a_pass_made_wrong_by_hand_is_made_right_and_delivered_again(
    work: Work, syncing: LedgerSync, shown: Any, statement: str, kind: str
):
    card, other = await shown(2)
    before, others_before = await held(work, card), await held(work, other)
    counted = healed(kind)
    await by_hand(work, statement, card)

    assert await syncing.when_due(0) == 1

    after = await held(work, card)
    assert before is not None
    assert after is not None
    assert (after.sequence_wanted, after.stamp_count, after.points_balance) == (5, 5, 0)
    assert (after.is_active, after.last_hash) == (True, before.last_hash)
    assert after.revision == before.revision + 1
    assert await status(work, card) == "behind"
    assert (await held(work, other), await status(work, other)) == (others_before, "current")
    assert healed(kind) == counted + 1
    assert await syncing.when_due(0) == 0, "once it is right it stays so"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE passes SET recent = '{}'",
        "UPDATE passes SET recent = array_append(recent, '1 1700000000 stamp_earned 9 0')",
        "UPDATE passes SET recent = ARRAY[replace(recent[1], ' 1 0', ' 2 0')]",
        "UPDATE passes SET recent = '{nobody wrote this}'",
    ],
    ids=["missing", "one too many", "another number", "unreadable"],
)
async def test_last_transactions_that_were_made_wrong_by_hand_are_made_right_and_delivered_again(
    work: Work, syncing: LedgerSync, shown: Any, statement: str
):
    card, other = await shown(2)
    before, others_before = await held(work, card), await held(work, other)
    assert before is not None
    await by_hand(work, statement, card)

    assert await syncing.when_due(0) == 1

    after = await held(work, card)
    assert after is not None
    assert list(after.recent) == list(before.recent)
    assert await status(work, card) == "behind"
    assert (await held(work, other), await status(work, other)) == (others_before, "current")
    assert await syncing.when_due(0) == 0


async def test_a_transaction_that_was_never_heard_of_is_told_by_the_pass_after_the_sync(
    work: Work, syncing: LedgerSync, ledger: Ledger, shown: Any, a_transaction: Any
):
    (card,) = await shown(1)
    lost, heard = a_transaction(card, 6), a_transaction(card, 7)
    ledger.keep(lost)
    ledger.keep(heard)
    async with work() as tx:
        await commands.note_transactions(tx, [heard])

    assert await syncing.when_due(0) == 1

    after = await held(work, card)
    assert after is not None
    assert [one.sequence for one in recent.read(after.recent)] == [7, 6, 5]


async def test_a_transaction_that_was_heard_twice_is_no_drift(
    work: Work, syncing: LedgerSync, ledger: Ledger, shown: Any, a_transaction: Any
):
    (card,) = await shown(1)
    again, new = a_transaction(card, 5), a_transaction(card, 6)
    ledger.keep(new)
    async with work() as tx:
        await commands.note_transactions(tx, [again, new])

    assert await syncing.when_due(0) == 0


async def test_a_delivery_that_says_it_shows_the_newest_state_and_does_not_is_behind_again(
    work: Work, syncing: LedgerSync, shown: Any, provider: Any
):
    older, wrong, good = await shown(3)
    await by_hand(work, "UPDATE deliveries SET revision_shown = 1", older)
    await by_hand(work, "UPDATE deliveries SET sequence_shown = 3", wrong)

    assert await syncing.when_due(0) == 2

    assert [await status(work, card) for card in (older, wrong, good)] == ["behind", "behind", "current"]
    loop = DeliveryLoop(work, provider)
    assert {one.held.card_id for one in await loop.claim(10)} == {older.id, wrong.id}


async def test_a_card_that_was_never_heard_of_gets_its_pass(
    work: Work, syncing: LedgerSync, ledger: Ledger, a_card: Any, a_transaction: Any, known_to_cards: Any
):
    card = a_card(locale="fr")
    known_to_cards[card.id] = card.model_dump(mode="json")
    ledger.keep(a_transaction(card, 7))

    assert await syncing.when_due(0) == 1

    made = await held(work, card)
    assert made is not None
    assert (made.sequence_wanted, made.stamp_count, made.locale) == (7, 7, "fr")
    assert [one.sequence for one in recent.read(made.recent)] == [7]


async def test_what_the_ledger_did_a_moment_ago_is_on_its_way_and_no_drift(
    work: Work, syncing: LedgerSync, ledger: Ledger, shown: Any, a_card: Any, a_transaction: Any
):
    (card,) = await shown(1)
    new = a_card()
    ledger.keep(a_transaction(card, 6), age=timedelta(seconds=5))
    ledger.keep(a_transaction(new, 1), age=timedelta(seconds=5))

    assert await syncing.when_due(0) == 0

    assert await status(work, card) == "current"
    assert await held(work, new) is None


async def test_a_stamp_that_is_heard_while_the_sync_reads_is_never_taken_back(
    work: Work, syncing: LedgerSync, ledger: Ledger, shown: Any, a_transaction: Any
):
    (card,) = await shown(1)
    await by_hand(work, "UPDATE passes SET stamp_count = 9", card)

    async def stamp() -> None:
        async with work() as tx:
            await commands.note_transactions(tx, [a_transaction(card, 6)])

    ledger.meanwhile = stamp
    await syncing.when_due(0)

    after = await held(work, card)
    assert after is not None
    assert (after.sequence_wanted, after.stamp_count) == (6, 6)


async def test_it_goes_through_all_pages_whoever_has_more_rows(
    work: Work, syncing: LedgerSync, ledger: Ledger, shown: Any, a_card: Any, a_transaction: Any
):
    passes = await shown(8)
    only_in_ledger = [a_card() for _ in range(10)]
    for card in only_in_ledger:
        ledger.keep(a_transaction(card, 2))
    only_here = [a_card() for _ in range(7)]
    async with work() as tx:
        await commands.note_cards(tx, only_here)
    for card in passes:
        await by_hand(work, "UPDATE passes SET stamp_count = 1", card)

    assert await syncing.when_due(0) == 18
    assert await syncing.when_due(0) == 0


async def test_it_is_made_once_an_hour_by_one_of_several_replicas(
    work: Work, ledger: Ledger, syncing: LedgerSync, shown: Any
):
    await shown(7)
    replicas = [LedgerSync(work, ledger, syncing._fetch_card) for _ in range(4)]  # type: ignore[arg-type]

    assert await syncing.when_due() is None, "the first one is due an hour after the first start"
    await by_hand_started(work, "61 minutes")
    made = await asyncio.gather(*(replica.when_due() for replica in replicas))
    again = await asyncio.gather(*(replica.when_due() for replica in replicas))

    assert sorted(map(str, made)) == ["0", "None", "None", "None"]
    assert again == [None] * 4


async def by_hand_started(work: Work, ago: str) -> None:
    async with work() as tx:
        await tx.conn.execute(text(f"UPDATE ledger_sync SET started_at = now() - interval '{ago}'"))


async def test_who_takes_over_goes_on_behind_the_last_page(
    work: Work, ledger: Ledger, syncing: LedgerSync, shown: Any
):
    cards = await shown(9)
    ledger.fails_at = 3
    with pytest.raises(UpstreamUnavailable):
        await syncing.when_due(0)
    other = LedgerSync(work, ledger, syncing._fetch_card)  # type: ignore[arg-type]
    assert await other.when_due(0) is None, "the claim holds for a while"
    for card in cards:
        await by_hand(work, "UPDATE passes SET stamp_count = 1", card)

    async with work() as tx:
        await tx.conn.execute(text("UPDATE ledger_sync SET claimed_until = now()"))
    assert await other.when_due(0) == 3, "two pages were compared before"

    async with work.read() as conn:
        last = await store.last_sync(conn)
    assert (last.compared, last.healed) == (9, 3)
    assert last.finished_at is not None


async def test_one_that_was_taken_over_meanwhile_stops(
    work: Work, ledger: Ledger, syncing: LedgerSync, shown: Any
):
    await shown(9)

    async def take_over() -> None:
        async with work() as tx:
            await tx.conn.execute(text("UPDATE ledger_sync SET claim = gen_random_uuid()"))

    ledger.meanwhile = take_over

    assert await syncing.when_due(0) is None
    assert ledger.pages == 1


async def test_it_rests_between_pages(syncing: LedgerSync, shown: Any, monkeypatch: pytest.MonkeyPatch):
    await shown(9)
    rests: list[float] = []
    monkeypatch.setattr(sync, "REST_S", 0.25)

    async def rest(seconds: float) -> None:
        rests.append(seconds)

    monkeypatch.setattr(sync.asyncio, "sleep", rest)
    await syncing.when_due(0)

    assert len([seconds for seconds in rests if seconds == 0.25]) == 3

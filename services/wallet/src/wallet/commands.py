"""What may be asked of passes: take what was heard, and hand a pass out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from contracts.cards import CardChanged
from contracts.ledger import TransactionRecorded
from contracts.problem import CardNotFound
from contracts.programs import ProgramChanged
from kit.together import Together
from kit.work import Tx, Work
from wallet import store
from wallet.domain import Pass, Platform
from wallet.store import pictures

#: Replicas have a new look in memory by then.
LOOKS_KNOWN_AFTER_S = 1.0

#: Asks the cards service for one card's whole state; None when there is no such card.
FetchCard = Callable[[UUID], Awaitable[Mapping[str, Any] | None]]


async def note_cards(tx: Tx, cards: Sequence[CardChanged]) -> None:
    """A card's pass is made, or follows it; a deleted card's pass is to be made void."""
    changed = await store.keep_cards(tx.conn, cards)
    await store.mark_behind(tx.conn, changed)


async def note_transactions(tx: Tx, facts: Sequence[TransactionRecorded]) -> None:
    """Passes are to show what the ledger holds now; one of a card not heard of begins with its balances."""
    changed = await store.keep_balances(tx.conn, facts)
    await store.mark_behind(tx.conn, changed)


async def note_changed_looks(
    tx: Tx, programs: set[UUID], merchants: set[UUID], changed: Sequence[ProgramChanged] = ()
) -> None:
    """Passes of these programs and merchants are to be drawn anew, pictures of `changed` to be fetched."""
    # Pictures before passes: who has fetched one takes them in this order too.
    await pictures.want(tx.conn, changed)
    redrawn = await store.redraw(tx.conn, programs, merchants)
    await store.mark_behind(tx.conn, redrawn, wait_s=LOOKS_KNOWN_AFTER_S)


async def hand_out(tx: Tx, card_id: UUID, platform: Platform) -> None:
    """A wallet took this card's pass: from now on it is delivered there."""
    await store.hand_out(tx.conn, card_id, platform)


class Passes:
    """Finds passes; one of a card that was not heard of yet is asked for once."""

    def __init__(self, work: Work, fetch: FetchCard) -> None:
        self._work = work
        self._fetch = fetch
        self._held = Together(self._found)

    async def find(self, card_id: UUID) -> Pass:
        """The card's pass. CardNotFound; UpstreamUnavailable when nobody can say."""
        held = await self._held(card_id)
        return held if held is not None else await self._asked(card_id)

    async def _found(self, card_ids: Sequence[UUID]) -> list[Pass | None]:
        async with self._work.read() as conn:
            held = await store.find_many(conn, card_ids)
        return [held.get(card_id) for card_id in card_ids]

    async def find_whole(self, card_id: UUID) -> Pass:
        """As `find`; one that only the ledger told of so far gets its card's number and language."""
        held = await self.find(card_id)
        return held if held.card_number is not None else await self._asked(card_id)

    async def _asked(self, card_id: UUID) -> Pass:
        state = await self._fetch(card_id)
        if state is None:
            raise CardNotFound
        async with self._work() as tx:
            await note_cards(tx, [CardChanged.model_validate(state)])
            held = await store.find(tx.conn, card_id)
        assert held is not None, "the pass was written a moment ago"
        return held

    async def find_for(self, merchant_id: UUID, card_id: UUID) -> Pass:
        """As `find`; another merchant's card is answered as if it did not exist."""
        held = await self.find(card_id)
        if held.merchant_id != merchant_id:
            raise CardNotFound
        return held

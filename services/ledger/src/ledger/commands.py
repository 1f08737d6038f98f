"""What may be asked of the ledger: a move on a card, and the opening of an account."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping, Sequence
from uuid import UUID

from contracts.cards import CardChanged
from contracts.problem import (
    CardNotFound,
    IdempotencyKeyInUse,
    IdempotencyKeyReused,
    ProgramNotFound,
    Refusal,
    RewardNotFound,
    UpstreamUnavailable,
)
from kit.http import Peer
from kit.ids import now
from kit.telemetry import Trace, trace
from kit.work import Tx, Work
from ledger import store
from ledger.batches import Batches, Done, Operation, Outcome, Unheard, write_row
from ledger.chain import BEGINNING
from ledger.domain import Account, Asker, Rules, opening
from ledger.rulebook import Rulebook
from ledger.store.accounts import Connection

TWIN_WAITS_S = 1.0
MISS_REMEMBERED_S = 1.0
MISSES_KEPT = 10_000
#: What a QR code of ours can look like; anything else names no card, and is part of no address.
_QR_CODE = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Moves:
    """Moves balances: each idempotency key once, cards and programs not heard of asked for once."""

    def __init__(self, batches: Batches, rulebook: Rulebook, accounts: Accounts) -> None:
        self._batches = batches
        self._rulebook = rulebook
        self._accounts = accounts
        self._running: dict[bytes, tuple[bytes, asyncio.Task[Done]]] = {}

    async def move(self, operation: Operation) -> Done:
        """The answer to this operation. A refusal is raised, but for one that is kept under the key."""
        key = operation.key_hash
        if key is None:
            return await self._decided(operation)
        if twin := self._running.get(key):
            return await self._as_twin(operation, *twin)
        # A task of its own: a caller that goes away changes nothing, and twins wait for the same one.
        task = asyncio.create_task(self._decided(operation))
        self._running[key] = (operation.request_hash or b"", task)
        task.add_done_callback(lambda _: self._running.pop(key, None))
        return await asyncio.shield(task)

    async def twin_of(self, key_hash: bytes) -> None:
        """Wait for a running request with this key. IdempotencyKeyInUse when it takes over a second."""
        if twin := self._running.get(key_hash):
            await _wait(twin[1])

    async def _as_twin(self, operation: Operation, request_hash: bytes, task: asyncio.Task[Done]) -> Done:
        await _wait(task)
        if request_hash == operation.request_hash:
            return task.result()._replace(replayed=True)
        if task.exception() is None:
            raise IdempotencyKeyReused
        return await self.move(operation)  # nothing was kept of the other one: the key is free

    async def _decided(self, operation: Operation) -> Done:
        outcome = await self._batches.ask(operation)
        for _ in range(3):
            if not isinstance(outcome, Unheard):
                break
            await self._hear(outcome, operation)
            operation.outcome = asyncio.get_running_loop().create_future()
            outcome = await self._batches.ask(operation)
        return _told(outcome)

    async def _hear(self, unheard: Unheard, operation: Operation) -> None:
        """Ask the owner of what the ledger has not heard of; refuse when there is no such thing."""
        if unheard.reward_id is not None:
            await self._rulebook.learn_reward(unheard.reward_id)
            if not self._rulebook.has_reward(unheard.reward_id):
                raise RewardNotFound
        elif unheard.program_id is not None:
            if await self._rulebook.learn(unheard.program_id) is None:
                raise ProgramNotFound
        elif operation.card is None or not await self._accounts.fetch(operation.card):
            raise CardNotFound


async def _wait(task: asyncio.Task[Done]) -> None:
    done, _ = await asyncio.wait([task], timeout=TWIN_WAITS_S)
    if not done:
        raise IdempotencyKeyInUse


def _told(outcome: Outcome) -> Done:
    if isinstance(outcome, Refusal):
        raise outcome
    if isinstance(outcome, Unheard):
        raise UpstreamUnavailable("what was asked for is not there yet; try again")
    return outcome


class Accounts:
    """Opens an account for each card, when its event arrives or when a till is quicker."""

    def __init__(self, work: Work, rulebook: Rulebook, cards: Peer) -> None:
        self._work = work
        self._rulebook = rulebook
        self._cards = cards
        self._missed: dict[UUID | str | int, float] = {}

    async def fetch(self, card: UUID | str | int) -> bool:
        """Ask cards for a card not heard of, and open its account. A miss is remembered for a second."""
        if time.monotonic() - self._missed.get(card, -MISS_REMEMBERED_S) < MISS_REMEMBERED_S:
            return False
        place = _place(card)
        found = await self._cards.get(place) if place else None
        state = CardChanged.model_validate(found) if found is not None else None
        if state is None or card not in (state.id, state.qr_code, int(state.card_number)):
            if len(self._missed) >= MISSES_KEPT:
                self._missed.clear()
            self._missed[card] = time.monotonic()
            return False
        await self._rulebook.learn(state.program_id)
        async with self._work() as tx:
            await self.hear(tx, [state])
        return True

    async def fetch_all(self, numbers: Sequence[int]) -> None:
        """Ask cards for these card numbers at once, and open the accounts of those that there are."""
        asked = {"numbers": [f"{number:012d}" for number in numbers]}
        found = await self._cards.post("/internal/cards/by-numbers", asked) if numbers else None
        states = [CardChanged.model_validate(one) for one in found or ()]
        for program_id in {state.program_id for state in states}:
            await self._rulebook.learn(program_id)
        if states:
            async with self._work() as tx:
                await self.hear(tx, states)

    async def hear(
        self, tx: Tx, cards: Sequence[CardChanged], causes: Mapping[UUID, Trace] | None = None
    ) -> None:
        """Open the accounts that are not there yet; take what newer states say of the others.

        `causes`: by the card, the event that told of it first; without, it is the request at hand.
        """
        conn = await store.raw(tx.conn)
        ordered = sorted(cards, key=lambda card: (card.id, card.version))
        first = {card.id: card for card in reversed(ordered)}
        newest = {card.id: card for card in ordered}
        opened = await self._open(conn, list(first.values()), causes or {})
        heard = [card for card in newest.values() if card.id not in opened or card is not first[card.id]]
        if heard:
            await store.mark_cards(
                conn, [store.Newer(card.id, card.version, _is_gone(card)) for card in heard]
            )
        for card in newest.values():
            if card.erased_at is not None:
                await store.forget_context(conn, card.id)

    async def _open(
        self, conn: Connection, cards: Sequence[CardChanged], causes: Mapping[UUID, Trace]
    ) -> set[UUID]:
        """Open those of these accounts that are not there yet, each with its first rows."""
        rules = {card.id: await self._rules_of(card) for card in cards}
        openings = [_opening(card) for card in cards]
        opened = await store.open_accounts(conn, openings)
        at, accounts, written = now(), [], []
        for card, (account, _, _) in zip(cards, openings, strict=True):
            if card.id in opened:
                bonus = card.first_of_customer and not account.is_gone and card.via != "public"
                by = causes.get(card.id) or trace.get()
                written += [
                    write_row(account, entry, rules[card.id], _enroller(card), at, by)
                    for entry in opening(rules[card.id], bonus=bonus)
                ]
                accounts.append(account)
        if accounts:
            await store.save(conn, accounts, written)
        return opened

    async def _rules_of(self, card: CardChanged) -> Rules:
        rules = self._rulebook.get(card.program_id) or await self._rulebook.learn(card.program_id)
        if rules is None:
            raise LookupError(f"program {card.program_id} of card {card.id} is not known to programs")
        return rules


def _opening(card: CardChanged) -> store.Opening:
    account = Account(
        card.id,
        card.merchant_id,
        card.program_id,
        card.card_number,
        scope_store_id=card.scope_store_id,
        is_gone=_is_gone(card),
        welcome_bonus_due=card.first_of_customer and not _is_gone(card) and card.via == "public",
        last_hash=BEGINNING,
    )
    return store.Opening(account, card.qr_code, card.version)


def _enroller(card: CardChanged) -> Asker:
    """Who handed the card out, and where: the first rows of its account are theirs."""
    by = (card.enrolled_by_terminal_id, card.enrolled_by_user_id)
    return Asker(card.merchant_id, card.enrolled_at_store_id, *by)


def _is_gone(card: CardChanged) -> bool:
    return card.deleted_at is not None or card.erased_at is not None


def _place(card: UUID | str | int) -> str | None:
    """Where cards tells of it; None for what cannot be a card's name."""
    if isinstance(card, UUID):
        return f"/internal/states/card/{card}"
    if isinstance(card, int):
        return f"/internal/cards/by-number/{card:012d}"
    return f"/internal/cards/by-qr/{card}" if _QR_CODE.fullmatch(card) else None

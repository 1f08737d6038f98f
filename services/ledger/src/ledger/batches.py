"""The ledger decides in batches: what queued while the last commit ran is the next batch; one transaction, one commit.

A lane takes what waits, locks the accounts in id order, reads the clock, decides each operation in turn with the rules of
`domain.py` on the accounts in memory, writes everything with one statement, commits, and answers each caller. One bad
operation never spoils the others: a batch that fails as a whole is taken again one by one.
"""

from __future__ import annotations

import asyncio
import hmac
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import psycopg
from prometheus_client import Counter, Histogram

from contracts.problem import (
    CardNotFound,
    IdempotencyKeyExpired,
    IdempotencyKeyReused,
    Refusal,
    UpstreamUnavailable,
)
from kit.errors import render
from kit.ids import instant_text, now, uuid7
from kit.telemetry import Trace, log, registry
from ledger import store
from ledger.answers import answer
from ledger.chain import Row, row_hash
from ledger.domain import (
    Account,
    Asker,
    Command,
    EarnPoints,
    Entry,
    RedeemPoints,
    Rules,
    decide,
    record,
)
from ledger.facts import transaction_recorded
from ledger.pack import register
from ledger.rulebook import Rulebook
from ledger.store.accounts import Connection
from ledger.wire import Call, Wire

operations = Counter("ledger_operations_total", "Operations decided", ["outcome"], registry=registry)
batch_size = Histogram(
    "ledger_batch_operations",
    "Operations a batch",
    registry=registry,
    buckets=(1, 2, 5, 10, 20, 50, 100, 200),
)


_OPTIONS = (
    "-c lock_timeout=1500ms -c statement_timeout=5s -c timezone=UTC -c plan_cache_mode=force_generic_plan"
)
_counters: dict[str, Counter] = {}


def _count(outcome: str) -> None:
    counter = _counters.get(outcome)
    if counter is None:
        counter = _counters[outcome] = operations.labels(outcome.lower())
    counter.inc()


class Done(NamedTuple):
    """An answer: of this request, or of the first one with its key."""

    status: int
    body: bytes
    replayed: bool = False


class Unheard(NamedTuple):
    """The ledger has not heard of what the operation needs: the card (nothing named), or a program or reward."""

    program_id: UUID | None = None
    reward_id: UUID | None = None


Outcome = Done | Refusal | Unheard


@dataclass(slots=True)
class Operation:
    """One thing asked of one card. `render` makes the problem of a refusal that is kept under the key."""

    card: UUID | str | int  # id, QR code or number
    command: Command
    asker: Asker
    trace: Trace
    instance: str
    key_hash: bytes | None = None
    request_hash: bytes | None = None
    dry_run: bool = False
    notes: str | None = None
    ip_address: str | None = None
    user_agent: str | None = None
    staff_name: str | None = None
    outcome: asyncio.Future[Outcome] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Lane:
    """One connection, one batch at a time."""

    def __init__(self, database_url: str, rulebook: Rulebook, base_url: str, batch: int, queue: int) -> None:
        self._database_url = database_url
        self._rulebook = rulebook
        self._base_url = base_url
        self._batch = batch
        self._bound = queue
        self._queue: deque[Operation] = deque()
        self._wakes = asyncio.Event()
        self._wire: Wire | None = None
        self._texts: dict[str, int] = {}
        self._leaving = False

    def put(self, operation: Operation) -> None:
        """Queue it. UpstreamUnavailable when too much waits already."""
        if self._leaving or len(self._queue) >= self._bound:
            raise UpstreamUnavailable("the ledger has too much to do; try again")
        self._queue.append(operation)
        self._wakes.set()

    def leave(self) -> None:
        """Take nothing more, finish what waits, end."""
        self._leaving = True
        self._wakes.set()

    async def run(self) -> None:
        """Work until told to leave."""
        try:
            while not (self._leaving and not self._queue):
                await self._wakes.wait()
                self._wakes.clear()
                while self._queue:
                    taken = [self._queue.popleft() for _ in range(min(self._batch, len(self._queue)))]
                    await self._take(taken)
        finally:
            self._disconnect()

    async def _take(self, taken: Sequence[Operation]) -> None:
        batch_size.observe(len(taken))
        try:
            outcomes = await self._attempt(taken)
        except Exception as error:
            if len(taken) == 1:
                outcomes = [_failed(error)]
            else:
                log.warning("a batch failed and is taken one by one: %s: %s", type(error).__name__, error)
                for operation in taken:
                    await self._take([operation])
                return
        for operation, outcome in zip(taken, outcomes, strict=True):
            if not operation.outcome.done():
                operation.outcome.set_result(outcome)

    async def _attempt(self, taken: Sequence[Operation]) -> list[Outcome]:
        """Decide them in one transaction; once more on a new connection when this one turns out to be lost."""
        try:
            return await self._decide(await self._connected(), taken)
        except psycopg.OperationalError:
            self._disconnect()
            return await self._decide(await self._connected(), taken)
        except BaseException:
            self._disconnect()
            raise

    async def _connected(self) -> Wire:
        if self._wire is None:
            self._wire = await Wire.open(self._database_url, _OPTIONS, store.STATEMENTS)
            register(self._wire.connection)
        return self._wire

    def _disconnect(self) -> None:
        wire, self._wire = self._wire, None
        if wire is not None:
            wire.close()

    async def _decide(self, wire: Wire, taken: Sequence[Operation]) -> list[Outcome]:
        names = store.Names(
            [o.card for o in taken if isinstance(o.card, UUID)],
            [o.card for o in taken if isinstance(o.card, str)],
            [o.card for o in taken if isinstance(o.card, int)],
        )
        found, known = await store.load(wire, names, [o.key_hash for o in taken if o.key_hash])
        batch = Batch(self._rulebook, self._base_url, found, known)
        if known:
            batch.answers = await store.answers(wire.connection, known.values())
        await batch.load_more(wire.connection, taken)
        at = now()  # read after the locks are held
        outcomes = [batch.decide(operation, at) for operation in taken]
        await self._save(wire, batch)
        for outcome in outcomes:
            kind = "replayed" if isinstance(outcome, Done) and outcome.replayed else type(outcome).__name__
            _count(kind if isinstance(outcome, (Done, Unheard)) else "refused")
        return outcomes

    async def _save(self, wire: Wire, batch: Batch) -> None:
        if not batch.written and not batch.refused:
            await wire.run(Call("rollback"))
            return
        conn = wire.connection
        texts = {text for w in batch.written for text in (w.user_agent, w.staff_name) if text}
        for text in sorted(texts - self._texts.keys()):
            self._texts[text] = await store.text_id(conn, text)
        if batch.ordered:
            await store.save_orders(conn, batch.ordered)
        if batch.rewarded:
            await store.save_rewards(conn, batch.rewarded)
        if batch.refused:
            await store.save_refusals(conn, batch.refused)
        rows = [w.numbered(self._texts) for w in batch.written]
        saves = [store.saving(list(batch.moved.values()), rows)] if rows else []
        await wire.run(*saves, Call("commit"))
        if len(self._texts) > 10_000:
            self._texts.clear()


class Unnumbered(NamedTuple):
    """A written transaction whose texts have no numbers yet."""

    written: store.Written
    user_agent: str | None
    staff_name: str | None

    def numbered(self, numbers: dict[str, int]) -> store.Written:
        agent = numbers[self.user_agent] if self.user_agent else None
        staff = numbers[self.staff_name] if self.staff_name else None
        return self.written._replace(user_agent_id=agent, staff_name_id=staff)


class Batch:
    """The accounts of one batch in memory, and what is to be written of it."""

    def __init__(
        self,
        rulebook: Rulebook,
        base_url: str,
        found: Sequence[store.Found],
        known: dict[bytes, store.Known],
    ) -> None:
        self._rulebook = rulebook
        self._base_url = base_url
        self._accounts: dict[UUID | str | int, Account] = {}
        for account, qr_code in found:
            for name in (account.card_id, qr_code, int(account.card_number)):
                self._accounts[name] = account
        self._known = known
        self._orders: dict[tuple[UUID, str], UUID] = {}
        self._taken: dict[UUID, int] = {}
        self._taken_by_card: dict[tuple[UUID, UUID], int] = {}
        self.answers: dict[UUID, bytes] = {}
        self.moved: dict[UUID, Account] = {}
        self.written: list[Unnumbered] = []
        self.ordered: list[tuple[UUID, str, UUID]] = []
        self.rewarded: list[tuple[UUID, UUID]] = []
        self.refused: list[tuple[datetime, int, bytes, bytes, bytes]] = []

    async def load_more(self, conn: Connection, taken: Sequence[Operation]) -> None:
        """Order references and rewards taken, where an operation needs them."""
        orders = [
            (o.asker.merchant_id, o.command.order_reference)
            for o in taken
            if isinstance(o.command, EarnPoints) and o.command.order_reference
        ]
        if orders:
            self._orders = await store.order_takers(conn, orders)
        wanted = [
            (account.card_id, o.command.reward_id)
            for o in taken
            if isinstance(o.command, RedeemPoints)
            and (account := self._accounts.get(o.card)) is not None
            and self._rulebook.has_reward(o.command.reward_id)
        ]
        if wanted:
            self._taken, self._taken_by_card = await store.lock_rewards(conn, wanted)

    def decide(self, operation: Operation, at: datetime) -> Outcome:
        """Replay, refuse, or decide and take down what is to be written."""
        if operation.key_hash and (known := self._known.get(operation.key_hash)):
            return self._replay(operation, known)
        account = self._accounts.get(operation.card)
        if account is None:
            return Unheard()
        if account.merchant_id != operation.asker.merchant_id:
            return CardNotFound()
        rules = self._rulebook.get(account.program_id)
        if rules is None:
            return Unheard(program_id=account.program_id)
        if isinstance(operation.command, RedeemPoints) and not self._rulebook.has_reward(
            operation.command.reward_id
        ):
            return Unheard(reward_id=operation.command.reward_id)
        command = self._completed(operation, account)
        decided = decide(account, rules, command, operation.asker, at)
        if isinstance(decided, Refusal):
            return self._refuse(operation, decided, at)
        if operation.dry_run:
            return self._try_on(replace(account), rules, command, decided, at)
        return self._record(operation, account, rules, command, decided, at)

    def _completed(self, operation: Operation, account: Account) -> Command:
        """The command with what this batch knows of its order reference or reward."""
        command = operation.command
        if isinstance(command, EarnPoints) and command.order_reference:
            taker = self._orders.get((account.merchant_id, command.order_reference))
            return replace(command, order_taken_by=taker)
        if isinstance(command, RedeemPoints):
            by_card = self._taken_by_card.get((account.card_id, command.reward_id), 0)
            return replace(command, taken=self._taken.get(command.reward_id, 0), taken_by_card=by_card)
        return command

    def _replay(self, operation: Operation, known: store.Known) -> Outcome:
        if not hmac.compare_digest(known.request_hash, operation.request_hash or b""):
            return IdempotencyKeyReused()
        if known.transaction_id is None:
            return Done(known.status or 409, known.body or b"", replayed=True)
        body = self.answers.get(known.transaction_id)
        if body is None:
            return IdempotencyKeyExpired(transaction_id=str(known.transaction_id))
        return Done(200, body, replayed=True)

    def _refuse(self, operation: Operation, refusal: Refusal, at: datetime) -> Outcome:
        """A 409 is kept under its key; every other refusal is only told."""
        if refusal.status != 409 or operation.dry_run or operation.key_hash is None:
            return refusal
        body = problem_body(refusal, self._base_url, operation)
        self.refused.append((at, 409, operation.key_hash, operation.request_hash or b"", body))
        return Done(409, body)

    def _try_on(
        self, account: Account, rules: Rules, command: Command, entries: Sequence[Entry], at: datetime
    ) -> Outcome:
        for entry in entries:
            record(account, entry, rules, at)
        return Done(200, answer(account, rules, command, entries[-1], None, at))

    def _record(
        self,
        operation: Operation,
        account: Account,
        rules: Rules,
        command: Command,
        entries: Sequence[Entry],
        at: datetime,
    ) -> Outcome:
        for entry in entries[:-1]:
            self._write(operation, write_row(account, entry, rules, operation.asker, at, operation.trace))
        last = entries[-1]
        keys = (operation.key_hash, operation.request_hash)
        written = write_row(account, last, rules, operation.asker, at, operation.trace, keys)
        body = answer(account, rules, command, last, written.row.id, at)
        ip_address = operation.ip_address if rules.log_ip_addresses else None
        self._write(operation, written._replace(answer=body, ip_address=ip_address, notes=operation.notes))
        self.moved[account.card_id] = account
        if last.order_reference:
            self._orders[account.merchant_id, last.order_reference] = written.row.id
            self.ordered.append((account.merchant_id, last.order_reference, written.row.id))
        if last.reward_id:
            pair = (account.card_id, last.reward_id)
            self._taken[last.reward_id] = self._taken.get(last.reward_id, 0) + 1
            self._taken_by_card[pair] = self._taken_by_card.get(pair, 0) + 1
            self.rewarded.append(pair)
        return Done(200, body)

    def _write(self, operation: Operation, written: store.Written) -> None:
        staff_name = operation.staff_name if written.row.staff_id else None
        self.written.append(Unnumbered(written, operation.user_agent, staff_name))


def write_row(
    account: Account,
    entry: Entry,
    rules: Rules,
    asker: Asker | None,
    at: datetime,
    by: Trace,
    keys: tuple[bytes | None, bytes | None] = (None, None),
) -> store.Written:
    """Move the account by this entry and chain its row to the one before. `asker` is None for the ledger itself."""
    record(account, entry, rules, at)
    key_hash, request_hash = keys
    row = Row(
        card_id=account.card_id,
        created_at=instant_text(at),
        id=uuid7(),
        merchant_id=account.merchant_id,
        points_balance_after=account.points_balance,
        points_delta=entry.points_delta,
        program_version=rules.version,
        sequence=account.sequence,
        stamps_balance_after=account.stamp_count,
        stamps_delta=entry.stamps_delta,
        type=entry.type,
        currency=entry.currency,
        idempotency_key_hash=key_hash.hex() if key_hash else None,
        order_reference=entry.order_reference,
        owed_repaid=entry.owed_repaid,
        purchase_amount_cents=entry.purchase_amount_cents,
        request_hash=request_hash.hex() if request_hash else None,
        reward_description=entry.reward_description,
        reward_id=entry.reward_id,
        reward_value_cents=entry.reward_value_cents,
        staff_id=entry.staff_id,
        store_id=asker.store_id if asker else None,
        terminal_id=asker.terminal_id if asker else None,
        user_id=asker.user_id if asker else None,
    )
    account.last_hash = row_hash(account.last_hash, row)
    event = transaction_recorded(row, account.last_hash, account, by)
    return store.Written(
        row, at, account.last_hash, key_hash, request_hash, event, None, None, None, None, None
    )


def problem_body(refusal: Refusal, base_url: str, operation: Operation) -> bytes:
    """The problem as it is answered, and kept under the key."""
    return render(refusal, base=base_url, instance=operation.instance, request_id=operation.trace.request_id)


def _failed(error: Exception) -> Refusal:
    """What a caller is told when the database could not be asked: nothing is known to have happened, try again."""
    if isinstance(error, (psycopg.OperationalError, psycopg.errors.LockNotAvailable, TimeoutError, OSError)):
        log.warning("an operation could not be decided: %s: %s", type(error).__name__, error)
        return UpstreamUnavailable("the ledger's database does not answer; try again with the same key")
    log.error("an operation failed", exc_info=error)
    return Refusal()


class Batches:
    """The lanes. A card always takes the same lane when it is named the same way."""

    def __init__(self, lanes: Sequence[Lane]) -> None:
        self._lanes = lanes

    async def ask(self, operation: Operation) -> Outcome:
        """Queue the operation and wait for its outcome. A caller that goes away changes nothing."""
        self._lanes[hash(operation.card) % len(self._lanes)].put(operation)
        return await asyncio.shield(operation.outcome)

    async def run(self) -> None:
        """Work until told to leave."""
        await asyncio.gather(*(lane.run() for lane in self._lanes))

    async def leave(self) -> None:
        """Finish what waits."""
        for lane in self._lanes:
            lane.leave()

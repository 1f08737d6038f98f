"""One batch in memory: its accounts, what is known of its keys, and what is to be written of it."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from uuid import UUID

from contracts.problem import (
    CardNotFound,
    IdempotencyKeyExpired,
    IdempotencyKeyReused,
    Refusal,
    RewardNotFound,
    TransactionNotFound,
)
from kit.errors import render
from ledger import store
from ledger.answers import answer
from ledger.batches import late
from ledger.batches.finding import FoundVoid, find_void
from ledger.batches.operation import Done, Operation, Outcome, Unheard
from ledger.batches.rows import Unnumbered, write_row
from ledger.correction_answers import correction_answer
from ledger.domain import (
    Account,
    AdjustPoints,
    AdjustStamps,
    Command,
    EarnPoints,
    Entry,
    Expire,
    RedeemPoints,
    Rules,
    Stamp,
    SwitchCard,
    VoidPoints,
    VoidStamps,
    decide,
    record,
)
from ledger.rulebook import Rulebook
from ledger.store.accounts import Connection

_VOIDS = (VoidStamps, VoidPoints)
_CORRECTIONS = (AdjustStamps, AdjustPoints, VoidStamps, VoidPoints, SwitchCard, Expire)


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
        self._accounts: dict[UUID | str | int | None, Account] = {}
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
        self._void = FoundVoid()
        self._stamps: dict[UUID, list[datetime]] = {}
        self.freed: list[tuple[UUID, str, UUID]] = []
        self.given_back: list[tuple[UUID, UUID]] = []
        self.corrected = False
        self.refused: list[tuple[datetime, int, bytes, bytes, bytes]] = []

    async def load_more(self, conn: Connection, taken: Sequence[Operation]) -> None:
        """Order references and rewards taken, where an operation needs them, and what a void takes back."""
        if taken[0].alone:
            self._void = await find_void(conn, taken[0], self._accounts.get(taken[0].card))
            return
        self._stamps = await late.read_log(conn, taken, self._accounts.get, self._rulebook)
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
        if operation.sale_at and (refusal := late.out_of_window(operation.sale_at, at)):
            return refusal
        account = self._void.account or self._accounts.get(operation.card)
        if account is None:
            return TransactionNotFound() if operation.card is None else Unheard()
        if account.merchant_id != operation.asker.merchant_id:
            return CardNotFound()
        rules = self._rulebook.get(account.program_id)
        if rules is None:
            return Unheard(program_id=account.program_id)
        if operation.refusal is not None:
            return operation.refusal
        command = self._completed(operation, account)
        decided = decide(account, rules, command, operation.asker, at)
        if isinstance(decided, RewardNotFound) and (unheard := self._unheard_reward(command)):
            return unheard
        if isinstance(decided, Refusal):
            return self._refuse(operation, decided, at)
        if isinstance(command, _CORRECTIONS):
            return self._correct(operation, account, rules, command, decided, at)
        if operation.dry_run:
            return self._try_on(replace(account), rules, command, decided, at, operation.sale_at)
        return self._record(operation, account, rules, command, decided, at)

    def _unheard_reward(self, command: Command) -> Unheard | None:
        """A reward that may have been made a moment ago."""
        if isinstance(command, RedeemPoints) and not self._rulebook.has_reward(command.reward_id):
            return Unheard(reward_id=command.reward_id)
        return None

    def _completed(self, operation: Operation, account: Account) -> Command:
        """The command with what this batch knows of its order reference or reward."""
        command = operation.command
        if self._stamps and isinstance(command, Stamp) and account.card_id in self._stamps:
            return replace(command, log=tuple(self._stamps[account.card_id]))
        if isinstance(command, _VOIDS):
            return self._void.command or command
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
        body = _problem(refusal, self._base_url, operation)
        self.refused.append((at, 409, operation.key_hash, operation.request_hash or b"", body))
        return Done(409, body)

    def _try_on(
        self,
        account: Account,
        rules: Rules,
        command: Command,
        entries: Sequence[Entry],
        at: datetime,
        sale_at: datetime | None,
    ) -> Outcome:
        for entry in entries:
            record(account, entry, rules, sale_at or at)
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
        sale_at, asker, by = operation.sale_at, operation.asker, operation.trace
        for entry in entries[:-1]:
            self._write(operation, write_row(account, entry, rules, asker, at, by, sale_at=sale_at))
        last = entries[-1]
        keys = (operation.key_hash, operation.request_hash)
        written = write_row(account, last, rules, asker, at, by, keys, sale_at=sale_at)
        body = answer(account, rules, command, last, written.row.id, at)
        address = address_of(operation.ip_address) if rules.log_ip_addresses else None
        self._write(operation, written._replace(answer=body, ip_address=address, notes=operation.notes))
        self.moved[account.card_id] = account
        self.corrected = self.corrected or sale_at is not None
        if account.card_id in self._stamps and last.type == "stamp_earned":
            self._stamps[account.card_id].append(sale_at or at)
        if last.order_reference:
            self._orders[account.merchant_id, last.order_reference] = written.row.id
            self.ordered.append((account.merchant_id, last.order_reference, written.row.id))
        if last.reward_id:
            pair = (account.card_id, last.reward_id)
            self._taken[last.reward_id] = self._taken.get(last.reward_id, 0) + 1
            self._taken_by_card[pair] = self._taken_by_card.get(pair, 0) + 1
            self.rewarded.append(pair)
        return Done(200, body)

    def _correct(
        self,
        operation: Operation,
        account: Account,
        rules: Rules,
        command: Command,
        entries: Sequence[Entry],
        at: datetime,
    ) -> Outcome:
        """All rows of a correction are what was asked for: they share its key, and its notes."""
        if operation.dry_run:
            tried = replace(account)
            for entry in entries:
                record(tried, entry, rules, at)
            return Done(200, correction_answer(tried, rules, command, entries, None, at))
        keys = (operation.key_hash, operation.request_hash)
        written = [
            write_row(account, entry, rules, operation.asker, at, operation.trace, keys, part)
            for part, entry in enumerate(entries)
        ]
        body = correction_answer(account, rules, command, entries, [w.row.id for w in written], at)
        address = address_of(operation.ip_address) if rules.log_ip_addresses else None
        for row in written:
            answered = None if row.key_part else body or None
            self._write(operation, row._replace(answer=answered, ip_address=address, notes=operation.notes))
        if written:
            self.moved[account.card_id] = account
            self.corrected = self.corrected or not isinstance(command, (AdjustStamps, AdjustPoints))
        elif operation.key_hash is not None:  # no row holds the key: it is kept as that of a refusal is
            self.refused.append((at, 200, operation.key_hash, operation.request_hash or b"", body))
        self._give_back(account, entries)
        return Done(200, body)

    def _give_back(self, account: Account, entries: Sequence[Entry]) -> None:
        """A voided redemption's reward may be taken again, and the order of a purchase voided whole earn."""
        for reversal in (entry.reversal for entry in entries if entry.reversal):
            target = reversal.target
            if target.reward_id is not None:
                self.given_back.append((account.card_id, target.reward_id))
            voided = target.amount_voided_cents + (reversal.amount_cents or 0)
            if target.order_reference is not None and voided == target.purchase_amount_cents:
                self.freed.append((account.merchant_id, target.order_reference, target.id))

    def _write(self, operation: Operation, written: store.Written) -> None:
        staff_name = operation.staff_name if written.row.staff_id else None
        self.written.append(Unnumbered(written, operation.user_agent, staff_name))


@lru_cache(maxsize=4096)
def address_of(text: str | None) -> str | None:
    """An address as PostgreSQL can keep it; None for a unix socket's, or one with a scope."""
    try:
        address = ip_address(text or "")
    except ValueError:
        return None
    return None if isinstance(address, IPv6Address) and address.scope_id else text


def _problem(refusal: Refusal, base_url: str, operation: Operation) -> bytes:
    """The problem as it is answered, and kept under the key."""
    return render(
        refusal,
        base=base_url,
        instance=operation.instance,
        request_id=operation.trace.request_id,
        accept_language=operation.trace.accept_language,
    )

"""One chunk of rows: accounts locked, each row decided in file order, all that are good written at once."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from contracts import problem
from contracts.problem import Refusal
from kit.idempotency import hash_of_key
from kit.ids import now
from kit.importing import LineError, Taken, of_refusal
from kit.telemetry import trace
from ledger import store
from ledger.batches import write_row
from ledger.domain import Account, Asker, Decision, Entry, Rules
from ledger.domain.importing import imported, opening_balance
from ledger.importing.rows import BalanceRow, HistoryRow, Read, number_in
from ledger.rulebook import Rulebook
from ledger.store import importing as sql
from ledger.store.accounts import Connection

_SAME_ALREADY = "this reference was used for another row"


class Named(NamedTuple):
    """A row under the key that its reference is, and what tells it from another row with that reference."""

    read: Read
    key_hash: bytes
    content_hash: bytes


class Chunk:
    """What one request brings. Open a transaction, `take`, and commit: nothing is kept before."""

    def __init__(
        self,
        rulebook: Rulebook,
        merchant_id: UUID,
        user_id: UUID | None,
        stores: Mapping[str, UUID],
        secret: bytes,
    ) -> None:
        self._rulebook = rulebook
        self._merchant_id = merchant_id
        self._user_id = user_id
        self._stores = stores
        self._secret = secret
        self._accounts: dict[str, Account] = {}
        self._orders: dict[tuple[UUID, str], UUID] = {}
        self._written: list[store.Written] = []
        self._references: list[str] = []
        self._moved: dict[UUID, Account] = {}
        self._ordered: list[tuple[UUID, str, UUID]] = []

    async def take(self, conn: Connection, rows: Sequence[Read], *, keep: bool) -> Taken:
        """Take the good rows. Without `keep` the answer is the same, and nothing is written.

        Overtaken or UniqueViolation when another chunk was first with a reference: take it anew.
        """
        named = [self._named(read) for read in rows]
        numbers = sorted({found for read in rows if (found := number_in(read.row.card)) is not None})
        self._accounts = await sql.lock_numbers(conn, numbers)
        used = await sql.known_keys(conn, [one.key_hash for one in named])
        known = {key: used[key].request_hash for key in used}
        own = await self._rows_of_ours(conn, rows)
        self._orders = await self._order_takers(conn, rows)
        at, errors, repeated, taken = now(), [], 0, 0  # the clock is asked with the locks held
        for one in named:
            before = known.get(one.key_hash)
            if one.read.row.reference in own or (before and hmac.compare_digest(before, one.content_hash)):
                repeated += 1
            elif before is not None:
                errors.append(LineError(one.read.line, "reference", "already-exists", _SAME_ALREADY))
            elif (error := self._take(one, at)) is not None:
                errors.append(error)
            else:
                known[one.key_hash] = one.content_hash
                taken += 1
        if keep and self._written:
            await self._save(conn)
        return Taken(taken, repeated, errors)

    def _named(self, read: Read) -> Named:
        row = read.row
        name = row.name if isinstance(row, BalanceRow) else row.reference
        kind = "balances" if isinstance(row, BalanceRow) else "history"
        key_hash = hash_of_key(f"ledger/imports/{kind}/{self._merchant_id}", name)
        # The currency can only be the merchant's, named or not.
        content = hmac.digest(self._secret, row.model_dump_json(exclude={"currency"}).encode(), "sha256")[:16]
        return Named(read, key_hash, content)

    async def _rows_of_ours(self, conn: Connection, rows: Sequence[Read]) -> set[str | None]:
        """References that are ids of this merchant's rows: an export of them is known."""
        ids = [found for read in rows if (found := _id_in(read.row.reference)) is not None]
        return {str(found) for found in await sql.own_rows(conn, self._merchant_id, ids)} if ids else set()

    async def _order_takers(self, conn: Connection, rows: Sequence[Read]) -> dict[tuple[UUID, str], UUID]:
        orders = [
            (self._merchant_id, read.row.order_reference)
            for read in rows
            if isinstance(read.row, HistoryRow) and read.row.order_reference
        ]
        return await store.order_takers(conn, orders) if orders else {}

    def _take(self, one: Named, at: datetime) -> LineError | None:
        line, row = one.read
        account = self._accounts.get(row.card)
        if account is None or account.merchant_id != self._merchant_id or account.is_gone:
            return of_refusal(line, "card", problem.CardNotFound())
        rules = self._rulebook.get(account.program_id)
        if rules is None or rules.is_gone:
            return of_refusal(line, "card", problem.ProgramNotFound())
        if isinstance(row, BalanceRow):
            return self._record(one, account, rules, opening_balance(row.stamps, row.points), at, None)
        return self._take_past(one, row, account, rules, at)

    def _take_past(
        self, one: Named, row: HistoryRow, account: Account, rules: Rules, at: datetime
    ) -> LineError | None:
        line = one.read.line
        if row.store_code is not None and row.store_code not in self._stores:
            return of_refusal(line, "store_code", problem.StoreNotFound())
        if row.currency not in (None, rules.currency):
            return of_refusal(line, "currency", problem.CurrencyMismatch())
        order = (self._merchant_id, row.order_reference or "")
        if order in self._orders:
            return of_refusal(line, "order_reference", problem.OrderAlreadyRewarded())
        entry = Entry(
            row.type,
            stamps_delta=row.stamps,
            points_delta=row.points,
            purchase_amount_cents=row.purchase_amount_cents,
            currency=rules.currency if row.purchase_amount_cents else None,
            order_reference=row.order_reference,
        )
        error = self._record(one, account, rules, (entry,), at, row)
        if error is None and row.order_reference:
            transaction_id = self._written[-1].row.id
            self._orders[order] = transaction_id
            self._ordered.append((*order, transaction_id))
        return error

    def _record(
        self,
        one: Named,
        account: Account,
        rules: Rules,
        entries: Decision,
        at: datetime,
        past: HistoryRow | None,
    ) -> LineError | None:
        for entry in entries:
            if refusal := imported(account, entry):
                return of_refusal(one.read.line, _field_of(refusal, entry), refusal)
        store_id = self._stores.get(past.store_code) if past and past.store_code else None
        asker = Asker(self._merchant_id, store_id, user_id=self._user_id)
        keys = (one.key_hash, one.content_hash)
        for part, entry in enumerate(entries):
            then = past.at if past else None
            row = write_row(account, entry, rules, asker, at, trace.get(), keys, part, then)
            self._written.append(row)
            self._references.append(one.read.row.reference or "")
        self._moved[account.card_id] = account
        return None

    async def _save(self, conn: Connection) -> None:
        if self._ordered:
            await store.save_orders(conn, self._ordered)
        references = [reference or None for reference in self._references]
        await sql.save_imported(conn, list(self._moved.values()), self._written, references)


def _field_of(refusal: Refusal, entry: Entry) -> str:
    return "stamps" if entry.stamps_delta else "points"


def _id_in(reference: str | None) -> UUID | None:
    try:
        return UUID(reference) if reference and len(reference) == 36 else None
    except ValueError:
        return None

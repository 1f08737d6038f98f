"""Reads: card views, what was taken of rewards, and what an idempotency key was used for."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from contracts.problem import (
    CardNotFound,
    IdempotencyKeyExpired,
    IdempotencyKeyReused,
    ProgramNotFound,
    StoreNotAllowed,
)
from kit.ids import now
from kit.work import Work
from ledger import store
from ledger.answers import view
from ledger.batches import Done
from ledger.commands import Accounts
from ledger.domain import Account
from ledger.rulebook import Rulebook


class Queries:
    """Reads from the ledger's database; nothing is locked and nothing is kept."""

    def __init__(self, work: Work, rulebook: Rulebook, accounts: Accounts) -> None:
        self._work = work
        self._rulebook = rulebook
        self._accounts = accounts

    async def views(
        self, merchant_id: UUID, card_ids: Sequence[UUID], store_id: UUID | None
    ) -> dict[str, dict[str, Any]]:
        """The ledger's part of these cards, as seen from a store. Cards of another merchant are left out.

        A card that the ledger has not heard of is asked for once.
        """
        found = {account.card_id: account for account in await self._accounts_of(card_ids)}
        unheard = [card_id for card_id in card_ids if card_id not in found]
        if [card_id for card_id in unheard if await self._accounts.fetch(card_id)]:
            found |= {account.card_id: account for account in await self._accounts_of(unheard)}
        at = now()
        views = {}
        for account in found.values():
            rules = await self._rulebook.learn(account.program_id)
            if rules is not None and account.merchant_id == merchant_id:
                views[str(account.card_id)] = view(account, rules, store_id, at)
        return views

    async def account(self, merchant_id: UUID, card_id: UUID, store_id: UUID | None) -> Account:
        """The account of a card that may be shown at this store; None is a user, who is at every one.

        CardNotFound, ProgramNotFound, StoreNotAllowed. A card not heard of is asked for once.
        """
        found = await self._accounts_of([card_id])
        if not found and await self._accounts.fetch(card_id):
            found = await self._accounts_of([card_id])
        if not found or found[0].is_gone or found[0].merchant_id != merchant_id:
            raise CardNotFound
        account = found[0]
        rules = await self._rulebook.learn(account.program_id)
        if rules is None or rules.is_gone:
            raise ProgramNotFound
        if (
            store_id is not None
            and not rules.cross_location
            and account.scope_store_id not in (None, store_id)
        ):
            raise StoreNotAllowed
        return account

    async def taken(self, reward_ids: Sequence[UUID]) -> dict[UUID, int]:
        """How often each was taken, less what was voided; a reward that never was is left out."""
        async with self._work.read() as conn:
            return await store.rewards_taken(await store.raw(conn), reward_ids)

    async def _accounts_of(self, card_ids: Sequence[UUID]) -> list[Account]:
        async with self._work.read() as conn:
            return await store.read_accounts(await store.raw(conn), card_ids)

    async def known(self, key_hash: bytes, request_hash: bytes) -> Done | None:
        """The answer kept under this key, or None when it was not used.

        IdempotencyKeyReused when it was used for another request.
        """
        async with self._work.read() as conn:
            connection = await store.raw(conn)
            known = await store.known(connection, key_hash)
            if known is None:
                return None
            if not hmac.compare_digest(known.request_hash, request_hash):
                raise IdempotencyKeyReused
            if known.transaction_id is None:
                return Done(known.status or 409, known.body or b"", replayed=True)
            body = (await store.answers(connection, [known])).get(known.transaction_id)
        if body is None:
            raise IdempotencyKeyExpired(transaction_id=str(known.transaction_id))
        return Done(200, body, replayed=True)

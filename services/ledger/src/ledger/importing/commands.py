"""A chunk of a file's rows is taken: what the ledger has not heard of is asked for first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import psycopg
from fastapi import Request, Response

from contracts.problem import MerchantNotFound
from contracts.programs import MerchantChanged, StoreChanged
from kit.app import Service
from kit.http import Peer
from kit.identity import Caller
from kit.importing import Import, Taken, once
from kit.projection import Projection
from kit.work import Tx
from ledger import store
from ledger.commands import Accounts
from ledger.importing.answers import ImportAnswer, ImportBody
from ledger.importing.chunk import Chunk
from ledger.importing.rows import Read, number_in, read
from ledger.rulebook import Rulebook
from ledger.store import importing as sql

#: Another chunk was first with one of these references: now it can be seen.
OVERTAKEN = (store.Overtaken, psycopg.errors.UniqueViolation)


class Desk:
    """Asks for what the ledger has not heard of, then takes the chunk."""

    def __init__(
        self,
        service: Service,
        rulebook: Rulebook,
        accounts: Accounts,
        states: Projection,
        peers: Mapping[str, Peer],
    ) -> None:
        self._service = service
        self._secret = service.settings.idempotency_secret.get_secret_value().encode()
        self._rulebook = rulebook
        self._accounts = accounts
        self._states = states
        self._programs, self._cards = peers["programs"], peers["cards"]
        #: How many rows have been brought here: statistics let them go first.
        self.asked = 0

    async def take(self, kind: str, request: Request, body: ImportBody, caller: Caller, key: str) -> Response:
        self.asked += len(body.rows)
        good, bad = read(kind, body.rows, body.first_line)
        stores = await self._stores(body.merchant_id, good)
        good = await self._hear(body.merchant_id, good)
        chunk = (self._rulebook, body.merchant_id, caller.user_id, stores, self._secret)

        async def taking(tx: Tx) -> Taken:
            return await Chunk(*chunk).take(await store.raw(tx.conn), good, keep=not body.dry_run)

        brought = Import(kind, body.merchant_id, body, bad, taking, ImportAnswer)
        return await once(self._service, request, key, brought, OVERTAKEN)

    async def _stores(self, merchant_id: UUID, rows: Sequence[Read]) -> Mapping[str, UUID]:
        """The merchant's stores by code, deleted ones behind living ones. MerchantNotFound."""
        merchant = await self._states.load(MerchantChanged, merchant_id)
        if merchant is None or merchant.deleted_at is not None:
            raise MerchantNotFound
        wanted = {code for read in rows if (code := getattr(read.row, "store_code", None))}
        if not wanted <= self._coded(merchant_id).keys():
            found = await self._programs.get(f"/internal/merchants/{merchant_id}/states") or []
            stores = [StoreChanged.model_validate(s["data"]) for s in found if s["kind"] == "store"]
            async with self._service.work() as tx:
                await self._states.keep(tx, stores)
        return self._coded(merchant_id)

    def _coded(self, merchant_id: UUID) -> dict[str, UUID]:
        stores = self._states.of(StoreChanged, merchant_id)
        return {one.code: one.id for one in sorted(stores, key=lambda one: one.deleted_at is None)}

    async def _hear(self, merchant_id: UUID, rows: Sequence[Read]) -> list[Read]:
        """The rows with their cards' numbers; accounts are opened whose events are still on the way."""
        names = {read.row.card for read in rows}
        numbers = {name: number for name in names if (number := number_in(name)) is not None}
        missing = set(await self._missing(merchant_id, numbers.values()))
        referred = await self._numbers(
            merchant_id, [name for name in names if name not in numbers or numbers[name] in missing]
        )
        numbers |= referred
        await self._accounts.fetch_all(await self._missing(merchant_id, numbers.values()))
        async with self._service.work.read() as conn:
            programs = await sql.programs_of_numbers(await store.raw(conn), sorted(set(numbers.values())))
        for program_id in programs:
            if self._rulebook.get(program_id) is None:
                await self._rulebook.learn(program_id)
        return [read.of(numbers) for read in rows]

    async def _missing(self, merchant_id: UUID, numbers: Iterable[int]) -> list[int]:
        async with self._service.work.read() as conn:
            return await sql.missing_numbers(await store.raw(conn), merchant_id, sorted(set(numbers)))

    async def _numbers(self, merchant_id: UUID, names: Sequence[str]) -> dict[str, int]:
        """What cards knows by these references, asked with each chunk: they may name other cards by then."""
        if not names:
            return {}
        found = await self._cards.post(
            f"/internal/merchants/{merchant_id}/card-numbers", {"references": sorted(names)}
        )
        return {name: int(number) for name, number in (found or {}).items()}

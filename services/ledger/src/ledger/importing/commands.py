"""A chunk of a file's rows is taken: what the ledger has not heard of is asked for first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import psycopg
from fastapi import Request, Response

from contracts.problem import MerchantNotFound, UpstreamUnavailable
from contracts.programs import MerchantChanged, StoreChanged
from kit import audit
from kit.app import Service
from kit.http import Peer
from kit.idempotency import Made
from kit.identity import Caller
from kit.importing import LineError
from kit.projection import Projection
from kit.work import Tx
from ledger import store
from ledger.commands import Accounts
from ledger.importing.answers import ImportAnswer, ImportBody, RefusedLine
from ledger.importing.chunk import Chunk, Taken
from ledger.importing.rows import Read, number_in, read
from ledger.rulebook import Rulebook
from ledger.store import importing as sql

MOST_TRIES = 3


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

    async def take(self, kind: str, request: Request, body: ImportBody, caller: Caller, key: str) -> Response:
        good, bad = read(kind, body.rows, body.first_line)
        stores = await self._stores(body.merchant_id, good)
        good = await self._hear(body.merchant_id, good)
        chunk = (self._rulebook, body.merchant_id, caller.user_id, stores, self._secret)

        async def effect(tx: Tx) -> Made:
            taken = await Chunk(*chunk).take(await store.raw(tx.conn), good, keep=not body.dry_run)
            if taken.taken and not body.dry_run:
                await audit.record(tx, _change(kind, body.merchant_id, taken))
            return Made(200, _answer(taken, bad, dry_run=body.dry_run))

        for tries in range(1, MOST_TRIES + 1):
            try:
                if body.dry_run:
                    return await self._tried(effect)
                return await self._service.idempotency.once(request, key, "platform", body, effect)
            except (store.Overtaken, psycopg.errors.UniqueViolation):
                # Another chunk was first with one of these references: now it can be seen.
                if tries == MOST_TRIES:
                    raise UpstreamUnavailable from None
        raise AssertionError("the last try answers or raises")

    async def _tried(self, effect: Any) -> Response:
        async with self._service.work.engine.connect() as conn:
            made = await effect(Tx(conn, self._service.work.service))
            await conn.rollback()
        return Response(made.body.model_dump_json(), 200, media_type="application/json")

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


def _change(kind: str, merchant_id: UUID, taken: Taken) -> audit.Change:
    after = {"taken": taken.taken, "known": taken.known, "refused": len(taken.errors)}
    return audit.Change("imported", kind, merchant_id, merchant_id=merchant_id, after=after)


def _answer(taken: Taken, bad: Sequence[LineError], *, dry_run: bool) -> ImportAnswer:
    errors = sorted([*taken.errors, *bad])
    return ImportAnswer(
        taken=taken.taken,
        known=taken.known,
        errors=[RefusedLine(**error._asdict()) for error in errors],
        dry_run=dry_run,
    )

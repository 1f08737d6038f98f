"""What a merchant's program, settings and stores say: a projection, its owner asked when it is not enough."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import quote
from uuid import UUID

from cards.domain import Program, Store, Terms
from contracts.event import State
from contracts.problem import MerchantNotFound, ProgramNotFound
from contracts.programs import MerchantChanged, ProgramChanged, SettingsChanged, StoreChanged
from kit.http import Peer
from kit.projection import Projection
from kit.work import Work

#: A slug or store code that nobody knows is asked for again after this long.
MISS_REMEMBERED_S = 1.0
MISSES_KEPT = 10_000

KINDS = (MerchantChanged, StoreChanged, SettingsChanged, ProgramChanged)


class Shown(NamedTuple):
    """What a customer is shown beside the card; `stores` holds deleted ones too, for their names."""

    terms: Terms
    merchant: MerchantChanged
    program: ProgramChanged
    stores: Sequence[StoreChanged]


class TermsBook:
    """The terms of every merchant."""

    def __init__(self, work: Work, programs: Peer) -> None:
        groups: dict[type[State], str] = {StoreChanged: "merchant_id", ProgramChanged: "merchant_id"}
        self.projection = Projection(work, KINDS, programs.state, groups)
        self._work = work
        self._programs = programs
        self._by_slug: dict[str, UUID] = {}
        self._missed: dict[str, float] = {}
        self._asking: dict[str, asyncio.Task[None]] = {}
        self.projection.watchers.append(self._note_slug)

    async def of(self, merchant_id: UUID, store_id: UUID | None = None, *, to_join: bool = False) -> Terms:
        """The merchant's terms. `store_id` is a store that is asked for once when nothing was heard of it.

        With `to_join`, the owner is also asked when the program looks switched off: it may just have been
        switched on.
        """
        merchant = await self.projection.load(MerchantChanged, merchant_id)
        if merchant is None or merchant.deleted_at:
            raise MerchantNotFound
        settings = await self.projection.load(SettingsChanged, merchant_id)
        if store_id is not None:
            await self.projection.load(StoreChanged, store_id)
        program = await self._program(merchant_id, to_join)
        stores = self.projection.of(StoreChanged, merchant_id)
        return Terms(
            merchant_id=merchant_id,
            country=merchant.country,
            default_locale=merchant.default_locale,
            cross_location=settings is None or settings.allow_cross_location_redemption,
            program=Program(program.id, program.version, program.is_active) if program else None,
            stores=[Store(one.id, one.name, one.code) for one in stores if one.deleted_at is None],
            merchant_name=merchant.name,
            self_enrolment=settings is None or settings.allow_self_enrollment,
            confirms_by_email=settings is not None and settings.enrollment_confirmation == "email",
        )

    async def to_join_at(self, merchant_id: UUID, store_code: str | None) -> Terms:
        """The terms for somebody who names a store by its code, which is asked for once if unheard of."""
        terms = await self.of(merchant_id, to_join=True)
        if store_code is None or any(store.code == store_code for store in terms.stores):
            return terms
        await self._ask_once(f"{merchant_id}/{store_code}", f"/internal/merchants/{merchant_id}/states")
        return await self.of(merchant_id, to_join=True)

    async def shown(self, merchant_id: UUID) -> Shown | None:
        """None when the merchant has no live program. MerchantNotFound."""
        terms = await self.of(merchant_id)
        merchant = self.projection.get(MerchantChanged, merchant_id)
        program = self._live(merchant_id)
        if merchant is None or program is None:
            return None
        return Shown(terms, merchant, program, self.projection.of(StoreChanged, merchant_id))

    async def merchant_named(self, slug: str) -> UUID:
        """The live merchant with this slug. ProgramNotFound when there is none."""
        if (known := self._live_merchant(slug)) is None:
            await self._ask_once(slug, f"/internal/merchants/by-slug/{quote(slug, safe='')}/states")
            known = self._live_merchant(slug)
        if known is None:
            raise ProgramNotFound
        return known

    def _live_merchant(self, slug: str) -> UUID | None:
        merchant = self.projection.get(MerchantChanged, self._by_slug.get(slug))
        live = merchant is not None and merchant.deleted_at is None and merchant.slug == slug
        return merchant.id if merchant is not None and live else None

    def _note_slug(self, state: State) -> None:
        if isinstance(state, MerchantChanged) and state.deleted_at is None:
            self._by_slug[state.slug] = state.id

    async def _ask_once(self, name: str, path: str) -> None:
        """Ask the owner about a name, unless that was done a moment ago; who ask at once ask together."""
        task = self._asking.get(name)
        if task is None:
            if time.monotonic() - self._missed.get(name, float("-inf")) < MISS_REMEMBERED_S:
                return
            task = self._asking[name] = asyncio.create_task(self._ask(path))
            task.add_done_callback(lambda _: self._asking.pop(name, None))
        await asyncio.shield(task)
        if len(self._missed) >= MISSES_KEPT:
            self._missed.clear()
        self._missed[name] = time.monotonic()

    async def _program(self, merchant_id: UUID, to_join: bool) -> ProgramChanged | None:
        known = self._live(merchant_id)
        if known is not None and (known.is_active or not to_join):
            return known
        await self._ask(f"/internal/merchants/{merchant_id}/states")
        return self._live(merchant_id)

    def _live(self, merchant_id: UUID) -> ProgramChanged | None:
        """The newest one: its predecessor's deletion may still be on the way."""
        programs = self.projection.of(ProgramChanged, merchant_id)
        live = [program for program in programs if program.deleted_at is None]
        return max(live, key=lambda program: program.created_at, default=None)

    async def _ask(self, path: str) -> None:
        """Read again what is a merchant's: only the owner knows what was made a moment ago."""
        found = await self._programs.get(path) or []
        kinds = {kind.kind: kind for kind in KINDS}
        states = [kinds[one["kind"]].model_validate(one["data"]) for one in found if one["kind"] in kinds]
        async with self._work() as tx:
            await self.projection.keep(tx, states)

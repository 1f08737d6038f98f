"""What a merchant's program, settings and stores say: a projection, its owner asked when it is not enough."""

from __future__ import annotations

from uuid import UUID

from cards.domain import Program, Store, Terms
from contracts.event import State
from contracts.problem import MerchantNotFound
from contracts.programs import MerchantChanged, ProgramChanged, SettingsChanged, StoreChanged
from kit.http import Peer
from kit.projection import Projection
from kit.work import Work

KINDS = (MerchantChanged, StoreChanged, SettingsChanged, ProgramChanged)


class TermsBook:
    """The terms of every merchant."""

    def __init__(self, work: Work, programs: Peer) -> None:
        groups: dict[type[State], str] = {StoreChanged: "merchant_id", ProgramChanged: "merchant_id"}
        self.projection = Projection(work, KINDS, programs.state, groups)
        self._work = work
        self._programs = programs

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
            stores=[Store(store.id, store.name) for store in stores if store.deleted_at is None],
        )

    async def _program(self, merchant_id: UUID, to_join: bool) -> ProgramChanged | None:
        known = self._live(merchant_id)
        if known is not None and (known.is_active or not to_join):
            return known
        await self._ask(merchant_id)
        return self._live(merchant_id)

    def _live(self, merchant_id: UUID) -> ProgramChanged | None:
        """The newest one: its predecessor's deletion may still be on the way."""
        programs = self.projection.of(ProgramChanged, merchant_id)
        live = [program for program in programs if program.deleted_at is None]
        return max(live, key=lambda program: program.created_at, default=None)

    async def _ask(self, merchant_id: UUID) -> None:
        """Read again what is the merchant's: only the owner knows a program that was made a moment ago."""
        found = await self._programs.get(f"/internal/merchants/{merchant_id}/states") or []
        kinds = {kind.kind: kind for kind in KINDS}
        states = [kinds[one["kind"]].model_validate(one["data"]) for one in found if one["kind"] in kinds]
        async with self._work() as tx:
            await self.projection.keep(tx, states)

"""Shows figures: the counters' sums with what the ledger knows of programs, stores and rewards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from contracts.auth_pins import StaffChanged
from contracts.problem import MerchantNotFound, ProgramNotFound, StoreNotFound
from contracts.programs import MerchantChanged, ProgramChanged, RewardChanged, StoreChanged
from kit.projection import Projection
from kit.work import Work
from ledger.statistics.answers import (
    Liability,
    Overview,
    PlatformFigures,
    ProgramFigures,
    ProgramTotals,
    StoreFigures,
)
from ledger.statistics.asking import Snapshot, snapshot
from ledger.statistics.cells import NONE
from ledger.statistics.figures import Worth, added, figures, worth_of

NO_STORE = UUID(bytes=NONE)


class Showing:
    """Figures of programs, merchants and the platform."""

    def __init__(self, work: Work, states: Projection) -> None:
        self._work = work
        self._states = states

    async def of_merchants_program(self, merchant_id: UUID, store_id: UUID | None) -> ProgramFigures:
        """Of the merchant's live program. ProgramNotFound, StoreNotFound."""
        program = self._live_program(merchant_id)
        if program is None:
            raise ProgramNotFound
        return await self._of(program, await self.store(merchant_id, store_id))

    async def of_program(self, program_id: UUID, store_id: UUID | None) -> ProgramFigures:
        """Of any program that is not deleted. ProgramNotFound, StoreNotFound."""
        program = await self._states.load(ProgramChanged, program_id)
        if program is None or program.deleted_at is not None:
            raise ProgramNotFound
        return await self._of(program, await self.store(program.merchant_id, store_id))

    async def of_programs(self, program_ids: Iterable[UUID]) -> dict[UUID, ProgramTotals]:
        """Those of these programs that were heard of, deleted ones too."""
        heard = [self._states.get(ProgramChanged, program_id) for program_id in program_ids]
        programs = [program for program in heard if program is not None]
        async with snapshot(self._work) as counted:
            by_store = await counted.by_store([program.id for program in programs])
        found = {}
        for program in programs:
            mine = [sums for (program_id, _), sums in by_store.items() if program_id == program.id]
            merchant = self._states.get(MerchantChanged, program.merchant_id)
            found[program.id] = ProgramTotals(
                **self._figures(program, mine),
                currency=merchant.currency if merchant else "",
                as_of=counted.as_of,
            )
        return found

    async def overview(self, merchant_id: UUID) -> Overview:
        """MerchantNotFound."""
        await self.merchant(merchant_id)
        program = self._live_program(merchant_id)
        async with snapshot(self._work) as counted:
            shown = await self._shown(counted, program, None) if program else None
            as_of = counted.as_of
        return Overview(
            merchant_id=merchant_id,
            stores_total=len(self._live_stores(merchant_id)),
            staff_total=sum(
                staff.deleted_at is None and staff.is_active and staff.merchant_id == merchant_id
                for staff in self._states.all(StaffChanged)
            ),
            rewards_total=sum(
                reward.is_active and reward.deleted_at is None for reward in self._rewards(program)
            ),
            program=shown,
            as_of=as_of,
        )

    async def platform(self) -> PlatformFigures:
        async with snapshot(self._work) as counted:
            sums, owed = await counted.of_all(), self._owed(await counted.owed())
            as_of = counted.as_of
        live = {
            kind: sum(state.deleted_at is None for state in self._states.all(kind))
            for kind in (MerchantChanged, StoreChanged, ProgramChanged)
        }
        only = next(iter(owed.values())) if len(owed) == 1 else None
        return PlatformFigures(
            **figures(sums, of_stamps=False, liability_cents=only),
            merchants=live[MerchantChanged],
            stores=live[StoreChanged],
            programs=live[ProgramChanged],
            liability=[Liability(currency=name, liability_cents=much) for name, much in sorted(owed.items())],
            as_of=as_of,
        )

    # -- parts that reports need too

    async def merchant(self, merchant_id: UUID) -> MerchantChanged:
        """A live merchant. MerchantNotFound."""
        merchant = await self._states.load(MerchantChanged, merchant_id)
        if merchant is None or merchant.deleted_at is not None:
            raise MerchantNotFound
        return merchant

    def worth(self, program: ProgramChanged) -> Worth:
        return worth_of(program, self._rewards(program))

    # -- one program

    async def _of(self, program: ProgramChanged, store_id: UUID | None) -> ProgramFigures:
        async with snapshot(self._work) as counted:
            return await self._shown(counted, program, store_id)

    async def _shown(
        self, counted: Snapshot, program: ProgramChanged, store_id: UUID | None
    ) -> ProgramFigures:
        merchant = await self._states.load(MerchantChanged, program.merchant_id)
        by_store = {store: sums for (_, store), sums in (await counted.by_store([program.id])).items()}
        if store_id is not None:
            by_store = {store_id: by_store.get(store_id, {})}
        return ProgramFigures(
            **self._figures(program, by_store.values()),
            program_id=program.id,
            merchant_id=program.merchant_id,
            store_id=store_id,
            currency=merchant.currency if merchant else "",
            as_of=counted.as_of,
            stores=self._per_store(program, by_store, store_id),
        )

    def _per_store(
        self, program: ProgramChanged, by_store: Mapping[UUID, Mapping[str, int]], store_id: UUID | None
    ) -> list[StoreFigures]:
        """Live stores, and others at which something was counted."""
        names = {store.id: store.name for store in self._states.of(StoreChanged, program.merchant_id)}
        live = set() if store_id else self._live_stores(program.merchant_id)
        shown = [
            StoreFigures(
                **self._figures(program, [by_store.get(store, {})]),
                store_id=None if store == NO_STORE else store,
                store_name=names.get(store),
            )
            for store in live | {store for store, sums in by_store.items() if any(sums.values()) or store_id}
        ]
        return sorted(shown, key=lambda each: (each.store_id is None, each.store_name or "", each.store_id))

    def _figures(self, program: ProgramChanged, parts: Iterable[Mapping[str, int]]) -> dict[str, Any]:
        sums = added(parts)
        owed = self.worth(program).of(sums["points"], sums["stamps"])
        return figures(sums, of_stamps=program.loyalty_type == "stamps", liability_cents=owed)

    # -- what was heard of programs

    def _live_program(self, merchant_id: UUID) -> ProgramChanged | None:
        programs = self._states.of(ProgramChanged, merchant_id)
        return next((program for program in programs if program.deleted_at is None), None)

    def _live_stores(self, merchant_id: UUID) -> set[UUID]:
        stores = self._states.of(StoreChanged, merchant_id)
        return {store.id for store in stores if store.deleted_at is None}

    def _rewards(self, program: ProgramChanged | None) -> Iterable[RewardChanged]:
        return self._states.of(RewardChanged, program.id) if program else ()

    async def store(self, merchant_id: UUID, store_id: UUID | None) -> UUID | None:
        """A live store of this merchant, when one is named. StoreNotFound."""
        if store_id is None:
            return None
        store = await self._states.load(StoreChanged, store_id)
        if store is None or store.merchant_id != merchant_id or store.deleted_at is not None:
            raise StoreNotFound
        return store_id

    def _owed(self, outstanding: Iterable[Any]) -> dict[str, int]:
        """What live programs owe, by currency."""
        owed: dict[str, int] = defaultdict(int)
        for program_id, points, stamps in outstanding:
            program = self._states.get(ProgramChanged, program_id)
            merchant = self._states.get(MerchantChanged, program.merchant_id) if program else None
            if program is None or merchant is None or program.deleted_at is not None:
                continue
            much = self.worth(program).of(points, stamps)
            if much is not None:
                owed[merchant.currency] += much
        return owed

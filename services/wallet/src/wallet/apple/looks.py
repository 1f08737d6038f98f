"""The looks of programs, put together from what the projection and the fetched pictures hold."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple
from uuid import UUID

from contracts.programs import MerchantChanged, ProgramChanged, RewardChanged, StoreChanged
from kit.ids import now
from kit.projection import Projection
from wallet.apple.look import Look, Pictures, look_of

#: Passes that look different now are delivered a second after the change: by then no older look is left.
KEPT_S = 0.5
KEPT_LIMIT = 2_000

#: The pictures that this program has here.
FindPictures = Callable[[UUID], Awaitable[Pictures]]


class _Kept(NamedTuple):
    look: Look
    until: float


class Looks:
    """One a program, made anew when it may have changed."""

    def __init__(self, projection: Projection, pictures: FindPictures) -> None:
        self._projection = projection
        self._pictures = pictures
        self._kept: dict[UUID, _Kept] = {}

    async def of(self, program_id: UUID) -> Look | None:
        """None when there is no such program. UpstreamUnavailable when nobody can say."""
        kept = self._kept.get(program_id)
        if kept is not None and kept.until > time.monotonic():
            return kept.look
        began = time.monotonic()
        look = await self._made(program_id)
        if look is not None:
            if len(self._kept) >= KEPT_LIMIT:
                self._kept.clear()
            self._kept[program_id] = _Kept(look, began + KEPT_S)
        return look

    async def _made(self, program_id: UUID) -> Look | None:
        states = self._projection
        program = await states.load(ProgramChanged, program_id)
        merchant = None if program is None else await states.load(MerchantChanged, program.merchant_id)
        if program is None or merchant is None:
            return None
        pictures = await self._pictures(program_id)
        stores = states.of(StoreChanged, merchant.id)
        return look_of(merchant, program, stores, states.of(RewardChanged, program_id), pictures, now())

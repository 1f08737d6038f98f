"""A customer's archive: what the ledger and the wallet keep of somebody's cards, or that it cannot be had."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from contracts.problem import UpstreamUnavailable
from kit.http import Peer

#: The gateway waits 2 s: what has not come by then is told as missing instead.
WAIT_S = 1.5
#: Of 1000 rows each; no card has that many, and a fault could not go on for ever.
MOST_PAGES = 100


class Missing(NamedTuple):
    part: str
    reason: str


class Part(NamedTuple):
    """What one service keeps; None, and why, when it cannot be had whole."""

    items: list[dict[str, Any]] | None
    missing: Missing | None = None


class Archive:
    """Asks the ledger and the wallet, at once."""

    def __init__(self, ledger: Peer, wallet: Peer) -> None:
        self._ledger = ledger
        self._wallet = wallet

    async def of(self, card_ids: Sequence[UUID]) -> tuple[Part, Part]:
        """The transactions and the passes of these cards."""
        return await asyncio.gather(
            _part("transactions", card_ids, self._transactions), _part("passes", card_ids, self._passes)
        )

    async def _transactions(self, card_id: UUID) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        after: int | None = 0
        for _ in range(MOST_PAGES):
            page = await self._ledger.get(f"/internal/cards/{card_id}/transactions?after={after}")
            if page is None:
                break
            found += page["items"]
            after = page["next_after"]
            if after is None:
                break
        return found

    async def _passes(self, card_id: UUID) -> list[dict[str, Any]]:
        page = await self._wallet.get(f"/internal/cards/{card_id}/passes")
        return [{"card_id": str(card_id), **one} for one in (page or {"items": []})["items"]]


async def _part(
    name: str, card_ids: Sequence[UUID], ask: Callable[[UUID], Awaitable[list[dict[str, Any]]]]
) -> Part:
    found: list[dict[str, Any]] = []
    try:
        async with asyncio.timeout(WAIT_S):
            for card_id in card_ids:
                found += await ask(card_id)
    except (UpstreamUnavailable, TimeoutError):
        return Part(None, Missing(name, UpstreamUnavailable.code))
    return Part(found)

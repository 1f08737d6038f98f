"""What the ledger knows of one card: its balances, and what happened to it. Asked when its customer looks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlencode

from cards.domain import Card
from contracts.problem import CardNotFound, UpstreamUnavailable, said
from kit.http import Peer

#: The gateway waits 2 s: what has not come by then is told as missing instead.
WAIT_S = 1.5

T = TypeVar("T")


class Ledger:
    """Asks in this service's own name: whose link it is was decided before."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer

    async def view(self, card: Card) -> Mapping[str, Any]:
        """The card's balances and what it may do now. UpstreamUnavailable rather than half a card."""
        asked = {"card_ids": [str(card.id)], "merchant_id": str(card.merchant_id), "store_id": None}
        answer = await _soon(self._peer.post("/internal/card-views", asked))
        view: Mapping[str, Any] | None = (answer or {"views": {}})["views"].get(str(card.id))
        if view is None:
            raise UpstreamUnavailable("the ledger has not opened the account of this card yet")
        return view

    async def history(self, card: Card, cursor: str | None, limit: int) -> Mapping[str, Any]:
        """A page of the card's rows, newest first: `items` and `next_cursor`. CardNotFound."""
        query = {"merchant_id": str(card.merchant_id), "limit": limit}
        if cursor is not None:
            query["cursor"] = cursor
        page: Mapping[str, Any] | None = await _soon(
            self._peer.get(f"/internal/cards/{card.id}/history?{urlencode(query)}")
        )
        if page is None:
            raise CardNotFound
        return page


async def _soon(asking: Awaitable[T]) -> T:
    try:
        async with asyncio.timeout(WAIT_S):
            return await asking
    except TimeoutError:
        raise UpstreamUnavailable(said("{service} did not answer in time", service="ledger")) from None

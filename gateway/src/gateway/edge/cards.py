"""Card views: what cards knows of a card, with what the ledger knows of its account."""

from __future__ import annotations

from typing import Any

import msgspec

from contracts.problem import UpstreamUnavailable
from gateway.clients import Reply
from gateway.edge.ledger import Ledger, answered
from kit.identity import Caller

VIEWS = "/internal/card-views"


class CardViews:
    """Asks the ledger for its part of each card."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def into(self, member: str, reply: Reply, caller: Caller) -> Reply:
        """The answer with each of its cards completed. UpstreamUnavailable rather than half a card."""
        value = reply.json()
        held = value[member] if member else value
        cards: list[dict[str, Any]] = held if isinstance(held, list) else [held]
        if not cards:
            return reply
        views = await self._of([card["id"] for card in cards], caller)
        for card in cards:
            if card["id"] not in views:
                raise UpstreamUnavailable("the ledger has not opened the account of this card yet")
            card.update(views[card["id"]])
        return reply._replace(body=msgspec.json.encode(value))

    async def _of(self, ids: list[str], caller: Caller) -> dict[str, dict[str, Any]]:
        asked = {
            "card_ids": ids,
            "merchant_id": str(caller.merchant),
            "store_id": str(caller.store_id) if caller.store_id else None,
        }
        views: dict[str, dict[str, Any]] = (await self._ledger.ask(VIEWS, asked))["views"]
        return views


def completed(card: Reply, part: Reply) -> Reply:
    """The ledger's answer about one card, with what cards knows of it. UpstreamUnavailable without that."""
    if card.status != 200:
        raise answered("cards", card)
    return part._replace(body=msgspec.json.encode({**card.json(), **part.json()}))

"""Card views: what cards knows of a card, with what the ledger knows of its account."""

from __future__ import annotations

from typing import Any

import msgspec

from contracts.problem import UpstreamUnavailable, said
from gateway.clients import Client, Reply
from kit import telemetry
from kit.identity import Caller, Signer

VIEWS = "/internal/card-views"


class CardViews:
    """Asks the ledger in the gateway's own name: whose cards they are was decided when cards answered."""

    def __init__(self, ledger: Client, signer: Signer) -> None:
        self._ledger = ledger
        self._signer = signer

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
        current = telemetry.trace.get()
        headers = [
            (b"authorization", b"Bearer " + self._signer.internal().encode()),
            (b"content-type", b"application/json"),
            (b"x-request-id", current.request_id.encode()),
            (b"traceparent", current.traceparent.encode()),
        ]
        asked = {
            "card_ids": ids,
            "merchant_id": str(caller.merchant),
            "store_id": str(caller.store_id) if caller.store_id else None,
        }
        reply = await self._ledger.ask(
            "POST", VIEWS, headers, msgspec.json.encode(asked), safe_to_repeat=True
        )
        if reply.status != 200:
            raise _answered("ledger", reply)
        views: dict[str, dict[str, Any]] = reply.json()["views"]
        return views


def completed(card: Reply, part: Reply) -> Reply:
    """The ledger's answer about one card, with what cards knows of it. UpstreamUnavailable without that."""
    if card.status != 200:
        raise _answered("cards", card)
    return part._replace(body=msgspec.json.encode({**card.json(), **part.json()}))


def _answered(service: str, reply: Reply) -> UpstreamUnavailable:
    return UpstreamUnavailable(said("{service} answered {status}", service=service, status=reply.status))

"""The card that a link shows: asked of the cards service, and remembered for a moment."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from contracts.problem import CardNotFound

#: A link that ended shows nothing after that.
REMEMBERED_S = 1.0
REMEMBERED_LIMIT = 10_000
TOKEN_LIMIT = 200

#: Asks the cards service for the state of the card with a link of this SHA-256 (hexadecimal).
AskByLink = Callable[[str], Awaitable[Mapping[str, Any] | None]]


class Links:
    """Finds cards by the token of a live link."""

    def __init__(self, ask: AskByLink) -> None:
        self._ask = ask
        self._known: dict[str, tuple[UUID, float]] = {}

    async def card_of(self, token: str) -> UUID:
        """CardNotFound, whatever the reason; UpstreamUnavailable when nobody can say."""
        if len(token) > TOKEN_LIMIT:
            raise CardNotFound
        hashed = hashlib.sha256(token.encode()).hexdigest()
        known = self._known.get(hashed)
        began = time.monotonic()
        if known is not None and known[1] > began:
            return known[0]
        state = await self._ask(hashed)
        if state is None:
            raise CardNotFound
        if len(self._known) >= REMEMBERED_LIMIT:
            self._known.clear()
        card_id = UUID(str(state["id"]))
        self._known[hashed] = (card_id, began + REMEMBERED_S)
        return card_id

"""The card that a link shows: asked of the cards service, and remembered for a moment."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from uuid import UUID

from contracts.problem import CardNotFound
from kit.together import Together

#: A link that ended shows nothing after that.
REMEMBERED_S = 1.0
REMEMBERED_LIMIT = 10_000
TOKEN_LIMIT = 200
#: Downloads of a moment are asked for as one; a single one never waits.
GAP_S = 0.01

#: Asks for the cards with links of these SHA-256 (hexadecimal); what is not there is left out.
AskByLinks = Callable[[Sequence[str]], Awaitable[Mapping[str, str]]]


class Links:
    """Finds cards by the token of a live link."""

    def __init__(self, ask: AskByLinks) -> None:
        self._ask = ask
        self._card = Together(self._cards, gap_s=GAP_S)
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
        card_id = await self._card(hashed)
        if card_id is None:
            raise CardNotFound
        if len(self._known) >= REMEMBERED_LIMIT:
            self._known.clear()
        self._known[hashed] = (card_id, began + REMEMBERED_S)
        return card_id

    async def _cards(self, hashed: Sequence[str]) -> list[UUID | None]:
        found = await self._ask(hashed)
        return [UUID(found[one]) if one in found else None for one in hashed]

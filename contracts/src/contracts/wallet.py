"""What the wallet service tells: a pass was added to a wallet, or removed from it."""

from __future__ import annotations

from typing import ClassVar, Literal
from uuid import UUID

from contracts.event import Fact, Instant

Platform = Literal["apple", "google"]


class _PassFact(Fact):
    topic: ClassVar[str] = "wallet-events"

    card_id: UUID
    merchant_id: UUID
    platform: Platform
    #: Counts the additions and removals of this card's passes.
    change: int
    at: Instant

    def key(self) -> str:
        return str(self.card_id)

    def order(self) -> int:
        return self.change


class PassAdded(_PassFact):
    type: ClassVar[str] = "wallet.pass-added.v1"


class PassRemoved(_PassFact):
    type: ClassVar[str] = "wallet.pass-removed.v1"

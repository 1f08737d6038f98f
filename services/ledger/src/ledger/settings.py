"""The ledger's own settings."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from kit.settings import ServiceSettings


class LedgerSettings(ServiceSettings):
    service: ClassVar[str] = "ledger"

    #: Lanes decide in parallel, each on a connection of its own; a card always takes the same lane.
    lanes: int = Field(default=1, ge=1, le=16)
    #: The most that one batch takes.
    batch_operations: int = Field(default=200, ge=1, le=2000)
    #: The most that waits in one lane; beyond it callers are asked to come back.
    queue_operations: int = Field(default=2000, ge=1, le=100_000)

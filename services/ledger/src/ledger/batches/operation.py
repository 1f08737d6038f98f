"""One thing asked of one card, and how it came out."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from contracts.problem import Refusal
from kit.telemetry import Trace
from ledger.domain import Asker, Command, EarnPoints, Stamp, VoidPoints, VoidStamps


class Done(NamedTuple):
    """An answer: of this request, or of the first one with its key."""

    status: int
    body: bytes
    replayed: bool = False


class Unheard(NamedTuple):
    """What the ledger has not heard of: the card (nothing named), or a program or reward."""

    program_id: UUID | None = None
    reward_id: UUID | None = None


Outcome = Done | Refusal | Unheard


@dataclass(slots=True)
class Operation:
    """One thing asked of one card."""

    card: UUID | str | int | None  # id, QR code or number; a void may name its transaction only
    command: Command
    asker: Asker
    trace: Trace
    instance: str
    key_hash: bytes | None = None
    request_hash: bytes | None = None
    dry_run: bool = False
    notes: str | None = None
    ip_address: str | None = None
    user_agent: str | None = None
    staff_name: str | None = None
    #: What was found wrong before; a known key is answered all the same.
    refusal: Refusal | None = None
    outcome: asyncio.Future[Outcome] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    @property
    def sale_at(self) -> datetime | None:
        """When a till that was offline sold it; None for now."""
        command = self.command
        return command.sale_at if isinstance(command, (Stamp, EarnPoints)) else None

    @property
    def alone(self) -> bool:
        """A void reads the card's rows, so no row of its batch may still be on its way."""
        return isinstance(self.command, (VoidStamps, VoidPoints))

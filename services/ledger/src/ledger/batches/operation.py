"""One thing asked of one card, and how it came out."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from contracts.problem import Refusal
from kit.telemetry import Trace
from ledger.domain import Asker, Command


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

    card: UUID | str | int  # id, QR code or number
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
    outcome: asyncio.Future[Outcome] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

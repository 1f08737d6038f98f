"""What is heard: cards, the ledger's transactions, and what programs look like."""

from __future__ import annotations

from collections.abc import Sequence

from contracts.cards import CardChanged
from contracts.ledger import TransactionRecorded
from contracts.programs import MerchantChanged, ProgramChanged, RewardChanged, StoreChanged
from kit.listener import Heard, Listener
from kit.projection import Projection
from kit.work import Tx
from wallet import commands

#: What a pass shows beside its card and account.
LOOKS = (MerchantChanged, StoreChanged, ProgramChanged, RewardChanged)


async def hear_cards(tx: Tx, events: Sequence[Heard]) -> None:
    await commands.note_cards(tx, [event.fact for event in events])


async def hear_ledger(tx: Tx, events: Sequence[Heard]) -> None:
    await commands.note_transactions(tx, [event.fact for event in events])


class HearPrograms:
    """Keeps the projection, and marks the passes that look different now."""

    def __init__(self, projection: Projection) -> None:
        self._projection = projection

    async def __call__(self, tx: Tx, events: Sequence[Heard]) -> None:
        await self._projection.hear(tx, events)
        programs, merchants = set(), set()
        for event in events:
            match event.fact:
                case ProgramChanged(id=program_id) | RewardChanged(program_id=program_id):
                    programs.add(program_id)
                case MerchantChanged(id=merchant_id) | StoreChanged(merchant_id=merchant_id):
                    merchants.add(merchant_id)
        changed = [event.fact for event in events if isinstance(event.fact, ProgramChanged)]
        await commands.note_changed_looks(tx, programs, merchants, changed)


def hear_all(listener: Listener, projection: Projection) -> None:
    """One handler a topic."""
    listener.hear(hear_cards, CardChanged)
    listener.hear(hear_ledger, TransactionRecorded)
    listener.hear(HearPrograms(projection), *LOOKS)

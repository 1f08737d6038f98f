"""What the ledger hears: cards, programs and what belongs to them, staff whose sessions were revoked."""

from __future__ import annotations

from collections.abc import Sequence

from contracts.auth_pins import SigningKeysChanged, StaffChanged
from contracts.cards import CardChanged
from contracts.programs import MerchantChanged, ProgramChanged, RewardChanged, SettingsChanged, StoreChanged
from kit.listener import Heard, Listener
from kit.projection import Projection
from kit.work import Tx
from ledger.commands import Accounts

#: The states that the ledger keeps a copy of.
STATES = (
    MerchantChanged,
    StoreChanged,
    SettingsChanged,
    ProgramChanged,
    RewardChanged,
    StaffChanged,
    SigningKeysChanged,
)


def subscribe(listener: Listener, states: Projection, accounts: Accounts) -> None:
    """Hear programs, auth-pins and cards."""

    async def heard_cards(tx: Tx, events: Sequence[Heard]) -> None:
        causes = {event.fact.id: event.trace for event in reversed(events)}
        await accounts.hear(tx, [event.fact for event in events], causes)

    listener.hear(states.hear, MerchantChanged, StoreChanged, SettingsChanged, ProgramChanged, RewardChanged)
    listener.hear(states.hear, StaffChanged, SigningKeysChanged)
    listener.hear(heard_cards, CardChanged)

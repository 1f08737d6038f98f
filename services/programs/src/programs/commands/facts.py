"""What the programs service tells: each thing as its whole state, less the contact fields."""

from __future__ import annotations

from contracts.event import State
from contracts.programs import MerchantChanged, ProgramChanged, RewardChanged, SettingsChanged, StoreChanged
from kit.work import Tx
from programs.domain import Merchant, Program, Reward, Settings, Store, Thing

FACTS: dict[type[Thing], type[State]] = {
    Merchant: MerchantChanged,
    Store: StoreChanged,
    Settings: SettingsChanged,
    Program: ProgramChanged,
    Reward: RewardChanged,
}
#: `program` → Program: the kinds as they are named in keys and addresses.
KINDS: dict[str, type[Thing]] = {fact.kind: thing for thing, fact in FACTS.items()}


def state_of(thing: Thing) -> State:
    return FACTS[type(thing)].model_validate(thing, from_attributes=True)


def tell(tx: Tx, *things: Thing) -> None:
    """Tell the states of these things, whose rows this transaction holds."""
    for thing in things:
        tx.say(state_of(thing))

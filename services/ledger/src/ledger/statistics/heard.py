"""What statistics read of an event: a few members of a transaction or of a card's state."""

from __future__ import annotations

from datetime import datetime

import msgspec

from contracts.cards import CardChanged
from contracts.ledger import TransactionRecorded
from ledger.statistics.cells import Id

TOPICS = (CardChanged.topic, TransactionRecorded.topic)


class Row(msgspec.Struct):
    """A transaction as it is counted. `program_id` is the account's."""

    card_id: Id
    sequence: int
    merchant_id: Id
    type: str
    stamps_delta: int
    points_delta: int
    stamps_balance_after: int
    points_balance_after: int
    transaction_at: datetime
    created_at: datetime
    store_id: Id | None
    staff_id: Id | None
    reward_id: Id | None
    reward_value_cents: int | None
    voids_transaction_id: Id | None
    program_id: Id | None

    @property
    def gives_back(self) -> bool:
        """True for a voided redemption: of what it was, only the row that it voids tells."""
        return (self.stamps_delta > 0 or self.points_delta > 0) and self.type.endswith("_voided")


class CardState(msgspec.Struct):
    """A card's state as it is counted."""

    id: Id
    version: int
    merchant_id: Id
    program_id: Id
    created_at: datetime
    store_id: Id | None
    is_live: bool


class _Transaction(msgspec.Struct):
    card_id: str
    sequence: int
    merchant_id: str
    type: str
    stamps_delta: int
    points_delta: int
    stamps_balance_after: int
    points_balance_after: int
    transaction_at: datetime
    created_at: datetime
    store_id: str | None = None
    staff_id: str | None = None
    reward_id: str | None = None
    reward_value_cents: int | None = None
    voids_transaction_id: str | None = None


class _Account(msgspec.Struct):
    program_id: str


class _Recorded(msgspec.Struct):
    transaction: _Transaction
    account: _Account


class _State(msgspec.Struct):
    id: str
    version: int
    merchant_id: str
    program_id: str
    created_at: datetime
    enrolled_at_store_id: str | None = None
    deleted_at: datetime | None = None
    erased_at: datetime | None = None


class _Envelope(msgspec.Struct):
    type: str
    data: msgspec.Raw


_envelopes = msgspec.json.Decoder(_Envelope)
_recorded = msgspec.json.Decoder(_Recorded)
_states = msgspec.json.Decoder(_State)


def read(value: bytes) -> Row | CardState | None:
    """What is counted of this event; None for a type that is not. MsgspecError, ValueError."""
    event = _envelopes.decode(value)
    if event.type == TransactionRecorded.type:
        return _row(_recorded.decode(event.data))
    return _state(_states.decode(event.data)) if event.type == CardChanged.type else None


def _row(told: _Recorded) -> Row:
    row = told.transaction
    return Row(
        _id(row.card_id),
        row.sequence,
        _often(row.merchant_id),
        row.type,
        row.stamps_delta,
        row.points_delta,
        row.stamps_balance_after,
        row.points_balance_after,
        row.transaction_at,
        row.created_at,
        _often(row.store_id) if row.store_id else None,
        _often(row.staff_id) if row.staff_id else None,
        _often(row.reward_id) if row.reward_id else None,
        row.reward_value_cents,
        _id(row.voids_transaction_id) if row.voids_transaction_id else None,
        _often(told.account.program_id),
    )


def _state(state: _State) -> CardState:
    return CardState(
        _id(state.id),
        state.version,
        _often(state.merchant_id),
        _often(state.program_id),
        state.created_at,
        _often(state.enrolled_at_store_id) if state.enrolled_at_store_id else None,
        state.deleted_at is None and state.erased_at is None,
    )


def _id(text: str) -> Id:
    found = bytes.fromhex(text.replace("-", ""))
    if len(found) != 16:
        raise ValueError("an id that is none")
    return found


_OFTEN_KEPT = 20_000
_kept: dict[str, Id] = {}


def _often(text: str) -> Id:
    """Of ids that come again and again."""
    found = _kept.get(text)
    if found is None:
        if len(_kept) >= _OFTEN_KEPT:
            _kept.clear()
        found = _kept[text] = _id(text)
    return found

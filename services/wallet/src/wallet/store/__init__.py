"""SQL in and out: passes kept up with what was heard, deliveries claimed and recorded."""

from __future__ import annotations

from wallet.store.deliveries import (
    Claimed,
    Done,
    claim,
    count_behind,
    deliveries_of,
    hand_out,
    mark_behind,
    record,
)
from wallet.store.passes import find, keep_balances, keep_cards, lock_passes, redraw
from wallet.store.registrations import Registration, forget, note_told, registered

__all__ = [
    "Claimed",
    "Done",
    "Registration",
    "claim",
    "count_behind",
    "deliveries_of",
    "find",
    "forget",
    "hand_out",
    "keep_balances",
    "keep_cards",
    "lock_passes",
    "mark_behind",
    "note_told",
    "record",
    "redraw",
    "registered",
]

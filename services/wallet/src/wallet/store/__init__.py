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
from wallet.store.log import attempts, keep_log
from wallet.store.passes import find, keep_balances, keep_cards, lock_passes, redraw
from wallet.store.providers import Health, healths, lock_provider, note_provider

__all__ = [
    "Claimed",
    "Done",
    "Health",
    "attempts",
    "claim",
    "count_behind",
    "deliveries_of",
    "find",
    "hand_out",
    "healths",
    "keep_balances",
    "keep_cards",
    "keep_log",
    "lock_passes",
    "lock_provider",
    "mark_behind",
    "note_provider",
    "record",
    "redraw",
]

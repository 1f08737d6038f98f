"""SQL in and out: passes kept up with what was heard, deliveries claimed and recorded."""

from __future__ import annotations

from wallet.store.counting import NOTHING_BEHIND, Behind, HandedOut, count_behind, count_handed_out
from wallet.store.deliveries import (
    DELIVERED,
    Claimed,
    Done,
    claim,
    deliveries_of,
    hand_out,
    hand_over,
    mark_behind,
    record,
)
from wallet.store.log import attempts, keep_log
from wallet.store.passes import find, find_many, keep_balances, keep_cards, lock_passes, redraw
from wallet.store.providers import Health, healths, lock_provider, note_provider
from wallet.store.registrations import Registration, forget, hold, is_anywhere, note_told, registered
from wallet.store.sync import (
    LastSync,
    claim_sync,
    correct,
    go_on,
    held_after,
    last_sync,
    make_missing,
    mark_untrue,
)

__all__ = [
    "DELIVERED",
    "NOTHING_BEHIND",
    "Behind",
    "Claimed",
    "Done",
    "HandedOut",
    "Health",
    "LastSync",
    "Registration",
    "attempts",
    "claim",
    "claim_sync",
    "correct",
    "count_behind",
    "count_handed_out",
    "deliveries_of",
    "find",
    "find_many",
    "forget",
    "go_on",
    "hand_out",
    "hand_over",
    "healths",
    "held_after",
    "hold",
    "is_anywhere",
    "keep_balances",
    "keep_cards",
    "keep_log",
    "last_sync",
    "lock_passes",
    "lock_provider",
    "make_missing",
    "mark_behind",
    "mark_untrue",
    "note_provider",
    "note_told",
    "record",
    "redraw",
    "registered",
]

"""SQL in and out: the batch's own statements, what some batches need beside, and accounts one by one."""

from ledger.store.accounts import answers, known, mark_card, open_account, raw, read_accounts, save
from ledger.store.batch import STATEMENTS, Found, Known, Names, Written, load, saving
from ledger.store.beside import (
    Overtaken,
    free_orders,
    give_rewards_back,
    lock_rewards,
    order_takers,
    save_orders,
    save_refusals,
    save_rewards,
    text_id,
)
from ledger.store.history import forget_context, history
from ledger.store.voids import Place, lock_account, newest_stamps, place_of, stamp_before, targets

__all__ = [
    "STATEMENTS",
    "Found",
    "Known",
    "Names",
    "Overtaken",
    "Place",
    "Written",
    "answers",
    "forget_context",
    "free_orders",
    "give_rewards_back",
    "history",
    "known",
    "load",
    "lock_account",
    "lock_rewards",
    "mark_card",
    "newest_stamps",
    "open_account",
    "order_takers",
    "place_of",
    "raw",
    "read_accounts",
    "save",
    "save_orders",
    "save_refusals",
    "save_rewards",
    "saving",
    "stamp_before",
    "targets",
    "text_id",
]

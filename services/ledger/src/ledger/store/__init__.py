"""SQL in and out: the batch's own statements, what some batches need beside, and accounts one by one."""

from ledger.store.accounts import answers, known, mark_card, open_account, raw, read_accounts, save
from ledger.store.batch import STATEMENTS, Found, Known, Names, Written, load, saving
from ledger.store.beside import (
    lock_rewards,
    order_takers,
    save_orders,
    save_refusals,
    save_rewards,
    text_id,
)
from ledger.store.history import forget_context, history

__all__ = [
    "STATEMENTS",
    "Found",
    "Known",
    "Names",
    "Written",
    "answers",
    "forget_context",
    "history",
    "known",
    "load",
    "lock_rewards",
    "mark_card",
    "open_account",
    "order_takers",
    "raw",
    "read_accounts",
    "save",
    "save_orders",
    "save_refusals",
    "save_rewards",
    "saving",
    "text_id",
]

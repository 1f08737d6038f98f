"""SQL in and out: the batch's own statements, what some batches need beside, and accounts one by one."""

from ledger.store.accounts import answers, known, mark_card, open_account, raw, read_accounts, save
from ledger.store.balances import balances, balances_of
from ledger.store.batch import STATEMENTS, Found, Known, Names, Written, load, saving
from ledger.store.beside import (
    Overtaken,
    free_orders,
    give_rewards_back,
    lock_rewards,
    order_takers,
    rewards_taken,
    save_orders,
    save_refusals,
    save_rewards,
    text_id,
)
from ledger.store.expiring import Idle, claim_expiry, finish_expiry, idle_accounts, renew_expiry
from ledger.store.history import forget_context, history
from ledger.store.pages import Mark, Wanted, count_rows, rows_of_card, rows_of_merchant
from ledger.store.voids import (
    Place,
    lock_account,
    newest_stamps,
    place_of,
    stamp_before,
    stamp_times,
    targets,
)

__all__ = [
    "STATEMENTS",
    "Found",
    "Idle",
    "Known",
    "Mark",
    "Names",
    "Overtaken",
    "Place",
    "Wanted",
    "Written",
    "answers",
    "balances",
    "balances_of",
    "claim_expiry",
    "count_rows",
    "finish_expiry",
    "forget_context",
    "free_orders",
    "give_rewards_back",
    "history",
    "idle_accounts",
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
    "renew_expiry",
    "rewards_taken",
    "rows_of_card",
    "rows_of_merchant",
    "save",
    "save_orders",
    "save_refusals",
    "save_rewards",
    "saving",
    "stamp_before",
    "stamp_times",
    "targets",
    "text_id",
]

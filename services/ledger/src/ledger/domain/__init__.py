"""The rules: from account, program, command and time to a decision or a refusal. No I/O, no clock."""

from ledger.domain.deciding import (
    cooldown_over_at,
    day_is_full,
    decide,
    next_stamp_at,
    points_for,
    within_reach,
)
from ledger.domain.recording import opening, record
from ledger.domain.words import (
    BALANCE_LIMIT,
    Account,
    Approval,
    Asker,
    Command,
    Decision,
    EarnPoints,
    Entry,
    RedeemPoints,
    RedeemStamps,
    Reward,
    Rules,
    Stamp,
    Tier,
)

__all__ = [
    "BALANCE_LIMIT",
    "Account",
    "Approval",
    "Asker",
    "Command",
    "Decision",
    "EarnPoints",
    "Entry",
    "RedeemPoints",
    "RedeemStamps",
    "Reward",
    "Rules",
    "Stamp",
    "Tier",
    "cooldown_over_at",
    "day_is_full",
    "decide",
    "next_stamp_at",
    "opening",
    "points_for",
    "record",
    "within_reach",
]

"""The shapes that corrections are answered with: adjusts, voids, and a card switched off or on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from kit.ids import instant_text
from ledger.answers import encode, shown, stamps_part, view
from ledger.domain import (
    Account,
    AdjustPoints,
    AdjustStamps,
    Command,
    Entry,
    Expire,
    Rules,
    SwitchCard,
    VoidPoints,
    VoidStamps,
)


def correction_answer(
    account: Account,
    rules: Rules,
    command: Command,
    entries: Sequence[Entry],
    transaction_ids: Sequence[UUID] | None,
    now: datetime,
) -> bytes:
    """What the caller is told. `transaction_ids` is None for a dry run, which the answer then says."""
    if isinstance(command, Expire):
        return b""  # nobody reads it
    if isinstance(command, SwitchCard):
        return encode({"id": account.card_id, **view(account, rules, None, now)})
    body: dict[str, Any] = {
        "transaction_id": transaction_ids[0] if transaction_ids else None,
        "card_id": account.card_id,
        "card_number": shown(account.card_number),
    }
    # What was undone, as a size: the balance shows in which direction. With the shortfall it is all.
    shortfall = sum((entry.reversal.shortfall or 0) if entry.reversal else 0 for entry in entries)
    match command:
        case AdjustStamps():
            body |= stamps_part(account, rules, now) | {"stamps_delta": command.stamps_delta}
        case VoidStamps():
            body |= stamps_part(account, rules, now) | {
                "stamps_voided": sum(abs(entry.stamps_delta) for entry in entries),
                "shortfall": shortfall,
                "transaction_ids": list(transaction_ids or ()),
            }
        case AdjustPoints():
            body |= {"points_delta": command.points_delta, **_points(account)}
        case VoidPoints():
            voided = sum(abs(entry.points_delta) for entry in entries)
            body |= {"points_voided": voided, "shortfall": shortfall, **_points(account)}
    body["transaction_at"] = instant_text(now)
    if transaction_ids is None:
        body["dry_run"] = True
    return encode(body)


def _points(account: Account) -> dict[str, Any]:
    return {"points_balance": account.points_balance, "stamp_count": account.stamp_count}

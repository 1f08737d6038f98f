"""Follows a card's rows from the first to the account: hashes, numbers, balances, totals, what was voided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import msgspec

from ledger import totals as sums
from ledger.chain import BEGINNING, row_hash, row_of
from ledger.totals import Totals

#: The columns of `accounts` that `check_card` compares with the rows.
ACCOUNT = f"card_id, sequence, stamp_count, points_balance, last_hash, {sums.COLUMNS}"


class Fault(msgspec.Struct):
    """What is wrong with a card's rows: the first row at which it shows."""

    card_id: UUID
    sequence: int
    transaction_id: UUID | None
    what: str


def check_card(
    card_id: UUID, rows: Iterable[Mapping[str, Any]], account: Mapping[str, Any] | None
) -> Fault | None:
    """Follow one card's rows in sequence order; the first fault, or None when all is as it must be.

    `account` holds what `ACCOUNT` names.
    """
    previous, number, stamps, points = BEGINNING, 0, 0, 0
    totals = Totals()
    for columns in rows:
        number += 1
        place = (card_id, columns["sequence"], columns["id"])
        if columns["sequence"] != number:
            return Fault(
                card_id, number, columns["id"], f"row {number} is missing; found {columns['sequence']}"
            )
        try:
            previous = row_hash(previous, row_of(columns))
        except IndexError:
            return Fault(*place, f"the row was changed: there is no type {columns['type']}")
        if previous != bytes(columns["hash"]):
            return Fault(*place, "the row was changed: its hash does not match")
        stamps += columns["stamps_delta"]
        points += columns["points_delta"]
        if (stamps, points) != (columns["stamps_balance_after"], columns["points_balance_after"]):
            return Fault(*place, "the balance after this row is not the one before plus its delta")
        if stamps < 0 or points < 0:
            return Fault(*place, "a balance is below zero")
        if wrong := totals.take(columns):
            return Fault(*place, wrong)
    if account is None:
        return Fault(card_id, number, None, "there are rows but no account")
    kept = (
        account["sequence"],
        account["stamp_count"],
        account["points_balance"],
        bytes(account["last_hash"]),
    )
    if kept != (number, stamps, points, previous):
        return Fault(card_id, number, None, "the account does not match its rows")
    if wrong := totals.differs(account):
        return Fault(card_id, number, None, wrong)
    return None

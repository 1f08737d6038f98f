"""What the cards service hears beside its terms: the ledger's decisions whether a card is active."""

from __future__ import annotations

from collections.abc import Sequence

from cards import store
from kit.listener import Heard
from kit.work import Tx

#: The rows that change a card's status; all others leave it as it is.
STATUS_ROWS = ("card_deactivated", "card_reactivated")


async def hear_transactions(tx: Tx, events: Sequence[Heard]) -> None:
    """Copy each card's newest status, never going back."""
    newest: dict[object, dict[str, object]] = {}
    for event in events:
        transaction, account = event.fact.transaction, event.fact.account
        known = newest.get(transaction.card_id)
        if transaction.type in STATUS_ROWS and (known is None or known["sequence"] < transaction.sequence):
            newest[transaction.card_id] = {
                "card_id": transaction.card_id,
                "is_active": account.is_active,
                "sequence": transaction.sequence,
            }
    await store.keep_statuses(tx.conn, newest.values())

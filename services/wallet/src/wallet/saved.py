"""Told to whoever listens: a pass was added to a wallet, or removed from one; counted for each card."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text

from contracts.wallet import PassAdded, PassRemoved
from kit.ids import now
from kit.work import Tx
from wallet.domain import Platform


async def tell_saved(tx: Tx, card_id: UUID, merchant_id: UUID, platform: Platform, *, added: bool) -> None:
    """Say it, in the order of the changes of this card's passes on all platforms."""
    change = (await tx.conn.execute(_COUNT, {"card_id": card_id})).scalar_one()
    fact = PassAdded if added else PassRemoved
    tx.say(fact(card_id=card_id, merchant_id=merchant_id, platform=platform, change=change, at=now()))


_COUNT = text(
    "INSERT INTO pass_changes AS c (card_id, change) VALUES (:card_id, 1)"
    " ON CONFLICT (card_id) DO UPDATE SET change = c.change + 1 RETURNING change"
)

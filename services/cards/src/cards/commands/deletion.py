"""Deleting a card and bringing it back. Both hold the customer's row first, as enrolling does."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.exc import IntegrityError

from cards import store
from cards.commands import audited
from cards.domain import Card, Held
from contracts.problem import AlreadyExists, CardNotFound
from kit.audit import record
from kit.ids import now, uuid7
from kit.work import Tx


async def delete_card(tx: Tx, merchant_id: UUID, card_id: UUID, by: UUID | None) -> Held:
    """Delete a live card, softly: its links show nothing while it is deleted, its balances stay."""
    held = await _hold(tx, await store.live_card(tx.conn, merchant_id, id=card_id))
    if held.card.deleted_at is not None:
        raise CardNotFound
    deleted = held.card._replace(deleted_at=now(), deleted_by=by, deletion_id=uuid7())
    return await _keep(tx, held, deleted)


async def restore_card(tx: Tx, card_id: UUID) -> Held:
    """Exactly what was deleted; a live card stays as it is. AlreadyExists when the customer has another."""
    held = await _hold(tx, await store.card_by(tx.conn, id=card_id))
    if held.card.deleted_at is None:
        return held
    restored = held.card._replace(deleted_at=None, deleted_by=None, deletion_id=None)
    try:
        return await _keep(tx, held, restored)
    except IntegrityError as error:
        if getattr(error.orig, "sqlstate", None) == "23505":
            raise AlreadyExists("the customer has another card of this program by now") from None
        raise


async def _hold(tx: Tx, found: Held | None) -> Held:
    """The card as it is once the customer's row and its own are held; none of an erased customer."""
    if found is None:
        raise CardNotFound
    customer = await store.lock_customer(tx.conn, found.customer.id)
    if customer.erased_at is not None:
        raise CardNotFound
    return Held(await store.lock_whole_card(tx.conn, found.card.id), customer)


async def _keep(tx: Tx, held: Held, card: Card) -> Held:
    kept = Held(card._replace(version=held.card.version + 1), held.customer)
    await store.save_deletion(tx.conn, kept.card)
    tx.say(store.state_of(kept))
    await record(tx, audited.of_card("deleted" if card.deleted_at else "restored", held, kept))
    return kept

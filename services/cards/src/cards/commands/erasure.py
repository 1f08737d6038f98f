"""Erasing a customer: what is personal is blanked here, and every card tells the others to do the same."""

from __future__ import annotations

from uuid import UUID

from cards import store
from cards.commands import audited
from cards.domain import Customer, Held
from cards.letters import Letters
from contracts.problem import CardNotFound
from kit.audit import record
from kit.ids import now
from kit.work import Tx


async def erase_customer(tx: Tx, merchant_id: UUID, card_id: UUID, letters: Letters) -> Customer:
    """Blank the customer of this card, who has none from now on; deleted cards are told of too."""
    found = await store.live_card(tx.conn, merchant_id, id=card_id)
    if found is None:
        raise CardNotFound
    customer = await store.lock_customer(tx.conn, found.customer.id)
    if customer.erased_at is not None:
        raise CardNotFound
    erased = _blank(customer)
    await store.save_customer(tx.conn, erased)
    await store.forget_answers_about(tx.conn, customer.id)
    await letters.take_back(tx, customer.id)
    cards = await store.all_cards_of(tx.conn, customer.id)
    await store.forget_references(tx.conn, [card.id for card in cards])
    for card in await store.next_version(tx.conn, [card.id for card in cards]):
        await store.end_links(tx.conn, card.id, now())
        tx.say(store.state_of(Held(card, erased)))
    await record(tx, audited.of_customer("erased", customer, erased))
    return erased


def _blank(customer: Customer) -> Customer:
    """An id that means nobody. The language goes too: it is the person's."""
    return customer._replace(
        email=None,
        email_key=None,
        phone=None,
        first_name="",
        last_name="",
        birthday=None,
        locale="en",
        marketing_consent=False,
        version=customer.version + 1,
        erased_at=now(),
    )

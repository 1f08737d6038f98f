"""Joining by oneself: whoever is new may see the card at once, all others are told nothing but by mail."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from cards import store
from cards.commands.joining import Desk, Joining, add_link, admit
from cards.contact import read_email
from cards.domain import Held, Terms, card_at
from cards.letters import Letters
from contracts.problem import CustomerConflict
from kit.ids import now
from kit.work import Tx

#: Letters to one address.
MOST_LETTERS, LETTERS_WITHIN = 3, timedelta(days=1)


async def join(
    tx: Tx, terms: Terms, joining: Joining, store_code: str | None, letters: Letters
) -> str | None:
    """A link's token, for a new member of a merchant who asks for no confirmation.

    None otherwise: then the link goes to the address that is kept, if there is one, and whoever asked
    learns nothing. That e-mail and phone name two members is one of the things that are not told.
    """
    terms.open_program()
    terms.check_self_enrolment(has_email=joining.email is not None)
    desk = Desk("public", terms.store_coded(store_code))
    try:
        admitted = await admit(tx, terms, joining, desk)
    except CustomerConflict:
        known = await _card_of_email(tx, terms, joining, desk.store_id)
        if known is not None:
            await _write(tx, terms, known, letters, is_new=False)
        return None
    if admitted.is_new_customer and not terms.confirms_by_email:
        return await add_link(tx, admitted.held.card.id)
    await _write(tx, terms, admitted.held, letters, is_new=admitted.is_new_customer)
    return None


async def _card_of_email(tx: Tx, terms: Terms, joining: Joining, store_id: UUID | None) -> Held | None:
    """The card of the member whose e-mail was given, at this store."""
    assert joining.email is not None
    (customer,) = await store.lock_customers_named(
        tx.conn, terms.merchant_id, read_email(joining.email), None
    )
    program = terms.live_program()
    card = card_at(await store.cards_of(tx.conn, customer.id, program.id), terms, store_id)
    return Held(card, customer) if card is not None else None


async def _write(tx: Tx, terms: Terms, held: Held, letters: Letters, *, is_new: bool) -> None:
    """A letter with a link that is made for it; none without an address, or when there were enough."""
    card, customer = held
    at = now()
    if customer.email is None or not await store.count_letter(
        tx.conn, customer.id, at, at - LETTERS_WITHIN, MOST_LETTERS
    ):
        return
    await store.lock_card(tx.conn, card.id)
    token = await add_link(tx, card.id)
    post = letters.welcome if is_new else letters.link
    await post(tx, customer, terms.merchant_name, token)

"""Enrolling, making a new link, changing a customer's data."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from cards import store
from cards.commands import audited
from cards.contact import read_email, read_phone
from cards.domain import Card, Customer, Held, Program, Terms, card_at, card_number, the_one
from cards.letters import Letters
from contracts.problem import CardNotFound, CustomerConflict, ValidationFailed
from kit.audit import record
from kit.ids import now, uuid7
from kit.preconditions import Expected
from kit.work import Tx

#: A customer may vanish between two looks, and a random number may be taken; more often than this is a fault.
MOST_TRIES = 5
#: Shown in a pass or needed to write in the person's language: other services hear of a change.
TOLD_OF_CUSTOMER = ("first_name", "last_name", "locale")


class Joining(NamedTuple):
    """Who wants to join, as it was given."""

    email: str | None
    phone: str | None
    first_name: str
    last_name: str
    birthday: date | None = None
    locale: str | None = None
    marketing_consent: bool = False


class Desk(NamedTuple):
    """Where and by whom somebody is enrolled."""

    via: str
    store_id: UUID | None = None
    terminal_id: UUID | None = None
    user_id: UUID | None = None


class Enrolled(NamedTuple):
    """The card, new or known; the link's token only for a new one."""

    held: Held
    is_new: bool
    link_token: str | None = None


class Admitted(NamedTuple):
    """A customer with a card, and which of the two are new."""

    held: Held
    is_new_card: bool
    is_new_customer: bool


async def enrol(tx: Tx, terms: Terms, joining: Joining, desk: Desk) -> Enrolled:
    """The customer's card of the merchant's program: a new one, or the one there is."""
    admitted = await admit(tx, terms, joining, desk)
    if not admitted.is_new_card:
        return Enrolled(admitted.held, is_new=False)
    token = await add_link(tx, admitted.held.card.id)
    return Enrolled(admitted.held, is_new=True, link_token=token)


async def admit(tx: Tx, terms: Terms, joining: Joining, desk: Desk) -> Admitted:
    """The same without a link. The customer's row is held from now on."""
    program = terms.open_program()
    terms.check_place(desk.store_id)
    customer, is_new_customer = await _customer(tx, terms, joining)
    card, is_new_card = await _card(tx, terms, program, customer, desk)
    held = Held(card, customer)
    if is_new_card:
        tx.say(store.state_of(held))
        await record(tx, audited.of_card("created", None, held))
    return Admitted(held, is_new_card, is_new_customer)


async def _customer(tx: Tx, terms: Terms, joining: Joining) -> tuple[Customer, bool]:
    """The customer of this e-mail and phone, locked, whether new. CustomerConflict when two are named."""
    email_key = read_email(joining.email) if joining.email else None
    phone = read_phone(joining.phone, terms.country) if joining.phone else None
    for _ in range(MOST_TRIES):
        found = await store.lock_customers_named(tx.conn, terms.merchant_id, email_key, phone)
        if (known := the_one(found)) is not None:
            return known, False
        customer = Customer(
            id=uuid7(),
            merchant_id=terms.merchant_id,
            email=joining.email,
            email_key=email_key,
            phone=phone,
            first_name=joining.first_name,
            last_name=joining.last_name,
            birthday=joining.birthday,
            locale=joining.locale or terms.default_locale,
            marketing_consent=joining.marketing_consent,
            version=1,
            created_at=now(),
        )
        if await store.add_customer(tx.conn, customer):
            await record(tx, audited.of_customer("created", None, customer))
            return customer, True
    raise AssertionError("this customer comes and goes")


async def _card(tx: Tx, terms: Terms, program: Program, customer: Customer, desk: Desk) -> tuple[Card, bool]:
    """The card that answers at this desk, and whether it was made now. Hold the customer's row."""
    for _ in range(MOST_TRIES):
        known = card_at(await store.cards_of(tx.conn, customer.id, program.id), terms, desk.store_id)
        if known is not None:
            return known, False
        first = not await store.ever_had_card(tx.conn, customer.id, program.id)
        card = _draw(terms, program, customer, desk, first=first)
        if await store.add_card(tx.conn, card):
            return card, True
    raise AssertionError("no free card number was found")


def _draw(terms: Terms, program: Program, customer: Customer, desk: Desk, *, first: bool) -> Card:
    """A new card with a random number and QR code, which may be taken."""
    return Card(
        id=uuid7(),
        merchant_id=terms.merchant_id,
        customer_id=customer.id,
        program_id=program.id,
        program_version=program.version,
        enrolled_at_store_id=desk.store_id,
        enrolled_by_terminal_id=desk.terminal_id,
        enrolled_by_user_id=desk.user_id,
        via=desk.via,
        scope_store_id=terms.scope_of(desk.store_id),
        card_number=card_number(f"{secrets.randbelow(10**11):011}"),
        qr_code=secrets.token_urlsafe(24),
        first_of_customer=first,
        is_active=True,
        status_sequence=0,
        version=1,
        created_at=now(),
    )


async def add_link(tx: Tx, card_id: UUID) -> str:
    """A further link's token; the oldest ones beyond five end. Hold the card's row, if it is not new."""
    token = secrets.token_urlsafe(32)
    await store.add_link(tx.conn, card_id, link_hash(token), now())
    return token


def link_hash(token: str) -> bytes:
    """What is kept of a link's token."""
    return hashlib.sha256(token.encode()).digest()


async def new_link(tx: Tx, merchant_id: UUID, card_id: UUID) -> str:
    """A new link's token; all others of the card end."""
    held = await store.live_card(tx.conn, merchant_id, id=card_id)
    if held is None:
        raise CardNotFound
    await store.lock_card(tx.conn, card_id)
    await store.end_links(tx.conn, card_id, now())
    await record(tx, audited.of_link(held.card))
    return await add_link(tx, card_id)


async def change_customer(
    tx: Tx,
    merchant_id: UUID,
    country: str,
    card_id: UUID,
    read: Expected,
    changes: Mapping[str, Any],
    letters: Letters,
) -> Customer:
    """Change some members of the card's customer. PreconditionFailed when the ETag is not the present one."""
    held = await store.live_card(tx.conn, merchant_id, id=card_id)
    if held is None:
        raise CardNotFound
    before = await store.lock_customer(tx.conn, held.customer.id)
    if before.erased_at is not None:
        raise CardNotFound
    read.check(before.version)
    after = before._replace(**_readable(changes, country))
    if after.email_key is None and after.phone is None:
        raise ValidationFailed.of("email", "required", "one of e-mail and phone must stay")
    if after == before:
        return before
    after = after._replace(version=before.version + 1)
    await _save(tx, after)
    await record(tx, audited.of_customer("changed", before, after))
    if before.email_key != after.email_key:
        await letters.take_back(tx, after.id)
    if any(getattr(before, name) != getattr(after, name) for name in TOLD_OF_CUSTOMER):
        await _tell_cards(tx, after)
    return after


def _readable(changes: Mapping[str, Any], country: str) -> dict[str, Any]:
    """The changes as they are kept: the e-mail with its key, the phone in E.164."""
    found = dict(changes)
    if "email" in found:
        found["email_key"] = read_email(found["email"]) if found["email"] else None
    if found.get("phone"):
        found["phone"] = read_phone(found["phone"], country)
    return found


async def _save(tx: Tx, customer: Customer) -> None:
    try:
        await store.save_customer(tx.conn, customer)
    except IntegrityError as error:
        if getattr(error.orig, "sqlstate", None) == "23505":
            raise CustomerConflict("another customer has this e-mail or phone") from None
        raise


async def _tell_cards(tx: Tx, customer: Customer) -> None:
    mine = await store.cards_of(tx.conn, customer.id)
    for card in await store.next_version(tx.conn, [card.id for card in mine]):
        tx.say(store.state_of(Held(card, customer)))

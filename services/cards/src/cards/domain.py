"""The rules of customers and cards: who may enrol, which card answers, how numbers and names are compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from contracts.problem import (
    CustomerConflict,
    EnrollmentClosed,
    ProgramInactive,
    ProgramNotFound,
    StoreNotAllowed,
    StoreNotFound,
    ValidationFailed,
)

LIVE_LINKS = 5
OLDEST_BIRTHDAY = date(1900, 1, 1)


class Customer(NamedTuple):
    """A person who holds cards of one merchant; fields as in the table."""

    id: UUID
    merchant_id: UUID
    email: str | None
    email_key: str | None
    phone: str | None
    first_name: str
    last_name: str
    birthday: date | None
    locale: str
    marketing_consent: bool
    version: int
    created_at: datetime
    erased_at: datetime | None = None


class Card(NamedTuple):
    """One customer's membership in one program; fields as in the table."""

    id: UUID
    merchant_id: UUID
    customer_id: UUID
    program_id: UUID
    program_version: int
    enrolled_at_store_id: UUID | None
    enrolled_by_terminal_id: UUID | None
    enrolled_by_user_id: UUID | None
    via: str
    scope_store_id: UUID | None
    card_number: str
    qr_code: str
    first_of_customer: bool
    is_active: bool
    status_sequence: int
    version: int
    created_at: datetime
    deleted_at: datetime | None = None
    deleted_by: UUID | None = None
    deletion_id: UUID | None = None


class Held(NamedTuple):
    """A card with the customer who holds it."""

    card: Card
    customer: Customer


class Program(NamedTuple):
    id: UUID
    version: int
    is_active: bool


class Store(NamedTuple):
    id: UUID
    name: str
    code: str = ""


class Terms(NamedTuple):
    """What a merchant's live program, settings and stores say, as far as cards need it."""

    merchant_id: UUID
    country: str
    default_locale: str
    cross_location: bool
    program: Program | None
    stores: Sequence[Store]
    merchant_name: str = ""
    self_enrolment: bool = True
    #: Whoever joins by themselves gets the card's link by mail only.
    confirms_by_email: bool = False

    def live_program(self) -> Program:
        """ProgramNotFound when the merchant has none."""
        if self.program is None:
            raise ProgramNotFound
        return self.program

    def open_program(self) -> Program:
        """The program one can join now. ProgramNotFound, or ProgramInactive while it is switched off."""
        program = self.live_program()
        if not program.is_active:
            raise ProgramInactive
        return program

    def check_place(self, store_id: UUID | None) -> None:
        """The store that asks is the merchant's; with cross-location off there must be one."""
        if store_id is None and not self.cross_location:
            raise ValidationFailed.of("store_id", "required", "is required while cards belong to one store")
        if store_id is not None and all(store.id != store_id for store in self.stores):
            raise StoreNotFound

    def check_self_enrolment(self, *, has_email: bool) -> None:
        """EnrollmentClosed where only the merchant enrols; ValidationFailed without an e-mail it needs."""
        if not self.self_enrolment:
            raise EnrollmentClosed
        if self.confirms_by_email and not has_email:
            raise ValidationFailed.of("email", "required", "is required: the card's link is sent there")

    def store_coded(self, code: str | None) -> UUID | None:
        """The store that somebody names who joins by themselves."""
        if code is None:
            if not self.cross_location:
                raise ValidationFailed.of(
                    "store_code", "required", "is required while cards belong to one store"
                )
            return None
        found = next((store.id for store in self.stores if store.code == code), None)
        if found is None:
            raise StoreNotFound
        return found

    def scope_of(self, store_id: UUID | None) -> UUID | None:
        """The store that a new card belongs to; None when it works everywhere."""
        return None if self.cross_location else store_id

    def works_at(self, card: Card, store_id: UUID | None) -> bool:
        """A card without a scope store, handed out before the setting was switched off, works everywhere."""
        return self.cross_location or card.scope_store_id in (None, store_id)

    def stores_of(self, card: Card) -> Sequence[Store]:
        """The stores at which the card works, by name."""
        found = [store for store in self.stores if self.works_at(card, store.id)]
        return sorted(found, key=lambda store: (store.name.casefold(), store.id))


# -- enrolment and look-up


def the_one(customers: Collection[Customer]) -> Customer | None:
    """Who an e-mail and a phone name together. CustomerConflict when they name two."""
    if len(customers) > 1:
        raise CustomerConflict
    return next(iter(customers), None)


def card_at(cards: Iterable[Card], terms: Terms, store_id: UUID | None) -> Card | None:
    """Of one customer's live cards, the one that answers at this store: the oldest that works there."""
    usable = [card for card in cards if terms.works_at(card, store_id)]
    return min(usable, key=lambda card: (card.created_at, card.id), default=None)


def check_asked(card: Card, terms: Terms, store_id: UUID | None) -> None:
    """For a card named by itself. ProgramNotFound when its program is gone, StoreNotAllowed elsewhere."""
    if terms.live_program().id != card.program_id:
        raise ProgramNotFound
    if not terms.works_at(card, store_id):
        raise StoreNotAllowed


def check_birthday(birthday: date, today: date) -> str | None:
    """The code of what is wrong with it, if anything."""
    if birthday < OLDEST_BIRTHDAY:
        return "too-small"
    return "too-large" if birthday > today else None


# -- card numbers


def luhn_digit(digits: str) -> str:
    """The check digit that goes behind these."""
    total = 0
    for place, sign in enumerate(reversed(digits)):
        value = int(sign) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def card_number(eleven_digits: str) -> str:
    """A card number: eleven digits and their check digit."""
    assert re.fullmatch("[0-9]{11}", eleven_digits)
    return eleven_digits + luhn_digit(eleven_digits)


def shown_number(number: str) -> str:
    """`XXXX-XXXX-XXXX`"""
    return f"{number[:4]}-{number[4:8]}-{number[8:]}"


def read_number(text: str) -> str | None:
    """The twelve digits of a number with or without dashes or spaces; None when it has another shape."""
    digits = re.sub(r"[-\s]", "", text)
    return digits if re.fullmatch("[0-9]{12}", digits) else None


# -- names


def email_key(email: str) -> str:
    """An address as it is compared: case-folded, in NFC."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", email).casefold())


def last_name_initial(last_name: str) -> str:
    """The first letter with its marks, in upper case where that stays one letter."""
    if not last_name:
        return ""
    end = 1
    while end < len(last_name) and unicodedata.combining(last_name[end]):
        end += 1
    first = last_name[:end]
    upper = unicodedata.normalize("NFC", first.upper())
    return upper if len(upper) == len(first) else first


def search_words(text: str) -> list[str]:
    """The words of a name as they are searched: case-folded, without accents and signs, each once."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(sign for sign in folded if not unicodedata.combining(sign))
    spaced = "".join(sign if sign.isalnum() else " " for sign in plain)
    return list(dict.fromkeys(spaced.split()))

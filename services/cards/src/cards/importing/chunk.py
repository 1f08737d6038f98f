"""One chunk of customers: who is there already, and all that are new written at once."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from cards.contact import read_email, read_phone
from cards.domain import Card, Customer, Held, Terms, card_at, card_number, the_one
from cards.importing import store
from cards.importing.rows import CustomerRow, Read
from cards.store import state_of
from contracts.problem import CustomerConflict, Refusal, StoreNotFound, ValidationFailed
from kit.ids import now, uuid7
from kit.importing import LineError, Taken, of_refusal
from kit.work import Tx


class Person(NamedTuple):
    """A row with its contacts as they are compared."""

    line: int
    row: CustomerRow
    email_key: str | None
    phone: str | None


class Chunk:
    """What one request brings. Open a transaction, `take`, and commit."""

    def __init__(self, terms: Terms, user_id: UUID | None) -> None:
        self._terms = terms
        self._user_id = user_id
        self._program = terms.live_program()
        self._stores = {store.code: store.id for store in terms.stores}
        self._people: dict[str, Customer] = {}
        self._cards: dict[UUID, list[Card]] = {}
        self._named: dict[str, UUID] = {}
        self._numbers: set[str] = set()
        self._new: list[Held] = []
        self._new_people: list[Customer] = []
        self._new_names: dict[str, UUID] = {}

    async def take(self, tx: Tx, rows: Sequence[Read], *, keep: bool) -> Taken:
        """Take the good rows. Without `keep` the answer is the same, and nothing is written.

        Overtaken when somebody else was first with a person or a number: take it anew.
        """
        errors: list[LineError] = []
        people = [one for read in rows if (one := self._readable(read, errors)) is not None]
        await self._load(tx, people)
        known = 0
        for person in people:
            found = self._take(person)
            if isinstance(found, LineError):
                errors.append(found)
            else:
                known += found
        if keep:
            await self._save(tx)
        return Taken(len(self._new), known, errors)

    def _readable(self, read: Read, errors: list[LineError]) -> Person | None:
        row = read.row
        try:
            phone = read_phone(row.phone, self._terms.country) if row.phone else None
        except ValidationFailed:
            errors.append(LineError(read.line, "phone", "bad-format", "is not a phone number"))
            return None
        return Person(read.line, row, read_email(row.email) if row.email else None, phone)

    async def _load(self, tx: Tx, people: Sequence[Person]) -> None:
        emails = [one.email_key for one in people if one.email_key]
        phones = [one.phone for one in people if one.phone]
        numbers = [one.row.card_number for one in people if one.row.card_number]
        names = [one.row.reference for one in people if one.row.reference]
        merchant_id = self._terms.merchant_id
        found = await store.lock_people(tx.conn, merchant_id, emails, phones)
        for customer in found:
            self._remember(customer)
        if found:
            ids = [customer.id for customer in found]
            self._cards = await store.cards_of_people(tx.conn, self._program.id, ids)
        if numbers:
            self._numbers = await store.taken_numbers(tx.conn, numbers)
        if names:
            self._named = await store.references(tx.conn, merchant_id, names)

    def _remember(self, customer: Customer) -> None:
        for contact in (customer.email_key, customer.phone):
            if contact:
                self._people[contact] = customer

    def _take(self, person: Person) -> bool | LineError:
        """Whether the row was enrolled before; a new one is taken down."""
        line, row = person.line, person.row
        if row.reference in self._named:
            return True
        contacts = [contact for contact in (person.email_key, person.phone) if contact]
        named = {one.id: one for contact in contacts if (one := self._people.get(contact))}
        try:
            customer = the_one(named.values())
        except CustomerConflict as refusal:
            return of_refusal(line, "email" if row.email else "phone", refusal)
        try:
            store_id = self._store(row)
        except Refusal as refusal:
            return of_refusal(line, "store_code", refusal)
        if customer is not None:
            card = card_at(self._cards.get(customer.id, ()), self._terms, store_id)
            if card is not None:
                self._name(row, card)
                return True
        if row.card_number in self._numbers:
            return LineError(line, "card_number", "already-exists", "another card has this number")
        self._enrol(person, customer, store_id)
        return False

    def _store(self, row: CustomerRow) -> UUID | None:
        if row.store_code is not None and row.store_code not in self._stores:
            raise StoreNotFound
        found = self._stores.get(row.store_code) if row.store_code else None
        self._terms.check_place(found)
        return found

    def _name(self, row: CustomerRow, card: Card) -> None:
        if row.reference is not None:
            self._named[row.reference] = self._new_names[row.reference] = card.id

    def _enrol(self, person: Person, customer: Customer | None, store_id: UUID | None) -> None:
        if customer is None:
            customer = self._customer(person)
            self._new_people.append(customer)
            self._remember(customer)
        card = self._draw(person.row, customer, store_id)
        self._cards.setdefault(customer.id, []).append(card)
        self._numbers.add(card.card_number)
        self._name(person.row, card)
        self._new.append(Held(card, customer))

    def _customer(self, person: Person) -> Customer:
        row = person.row
        return Customer(
            id=uuid7(),
            merchant_id=self._terms.merchant_id,
            email=row.email,
            email_key=person.email_key,
            phone=person.phone,
            first_name=row.first_name,
            last_name=row.last_name,
            birthday=row.birthday,
            locale=row.locale or self._terms.default_locale,
            marketing_consent=row.marketing_consent,
            version=1,
            created_at=row.enrolled_at or now(),
        )

    def _draw(self, row: CustomerRow, customer: Customer, store_id: UUID | None) -> Card:
        """A card that brings its past along: no welcome bonus, now or later."""
        return Card(
            id=uuid7(),
            merchant_id=self._terms.merchant_id,
            customer_id=customer.id,
            program_id=self._program.id,
            program_version=self._program.version,
            enrolled_at_store_id=store_id,
            enrolled_by_terminal_id=None,
            enrolled_by_user_id=self._user_id,
            via="user",
            scope_store_id=self._terms.scope_of(store_id),
            card_number=row.card_number or card_number(f"{secrets.randbelow(10**11):011}"),
            qr_code=secrets.token_urlsafe(24),
            first_of_customer=False,
            is_active=True,
            status_sequence=0,
            version=1,
            created_at=row.enrolled_at or now(),
        )

    async def _save(self, tx: Tx) -> None:
        await store.add_people(tx.conn, self._new_people)
        await store.add_cards(tx.conn, [held.card for held in self._new])
        await store.add_references(tx.conn, self._terms.merchant_id, self._new_names)
        for held in self._new:
            tx.say(state_of(held))

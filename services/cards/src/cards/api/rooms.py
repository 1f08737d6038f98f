"""What every route of the cards service needs: the service, the terms, and which store asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response

from cards import store
from cards.archive import Archive
from cards.commands import Desk
from cards.domain import Held, Terms
from cards.ledger import Ledger
from cards.letters import Letters
from cards.settings import CardsSettings
from cards.terms import TermsBook
from contracts.problem import Refusal, ValidationFailed
from kit.app import Service
from kit.idempotency import hash_of_key
from kit.identity import Caller
from kit.work import Tx

SERVICE = CardsSettings.service


async def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


async def _book(request: Request) -> TermsBook:
    book: TermsBook = request.app.state.terms
    return book


async def _archive(request: Request) -> Archive:
    archive: Archive = request.app.state.archive
    return archive


async def _letters(request: Request) -> Letters:
    letters: Letters = request.app.state.letters
    return letters


async def _ledger(request: Request) -> Ledger:
    ledger: Ledger = request.app.state.ledger
    return ledger


TheArchive = Annotated[Archive, Depends(_archive)]
TheLedger = Annotated[Ledger, Depends(_ledger)]
TheLetters = Annotated[Letters, Depends(_letters)]
TheService = Annotated[Service, Depends(_service)]
TheTerms = Annotated[TermsBook, Depends(_book)]


def asking_store(caller: Caller, named: UUID | None) -> UUID | None:
    """A till's own store, or the one a user names. ValidationFailed when a till names another."""
    if caller.role != "terminal":
        return named
    if named not in (None, caller.store_id):
        raise ValidationFailed.of("store_id", "not-allowed", "a till is at its own store")
    return caller.store_id


def desk_of(caller: Caller, store_id: UUID | None) -> Desk:
    via = "till" if caller.role == "terminal" else "user"
    return Desk(via, store_id, caller.terminal_id, caller.user_id)


async def note_answer(tx: Tx, merchant_id: UUID, key: str, held: Held) -> None:
    """What is answered under this key shows the customer: it goes when the customer is erased."""
    await store.note_answer(tx.conn, hash_of_key(f"{SERVICE}/{merchant_id}", key), held.customer.id)


def locate(answer: Response, tokens: Sequence[str]) -> Response:
    """Say where a card is read by the link that was just made: not in what is kept, it is a secret."""
    for token in tokens:
        answer.headers["location"] = f"/api/v1/loyalty/cards/{token}"
    return answer


class Gathered:
    """Terms that were asked for before the transaction began; a refusal is raised only where they are needed.

    So a known idempotency key is replayed even when the program is gone or programs does not answer.
    """

    def __init__(self, outcome: Terms | Refusal) -> None:
        self._outcome = outcome

    @classmethod
    async def to_join(cls, book: TermsBook, merchant_id: UUID, store_id: UUID | None) -> Gathered:
        try:
            return cls(await book.of(merchant_id, store_id, to_join=True))
        except Refusal as refusal:
            return cls(refusal)

    @classmethod
    async def to_join_at(cls, book: TermsBook, merchant_id: UUID, store_code: str | None) -> Gathered:
        try:
            return cls(await book.to_join_at(merchant_id, store_code))
        except Refusal as refusal:
            return cls(refusal)

    @property
    def terms(self) -> Terms:
        if isinstance(self._outcome, Refusal):
            raise self._outcome
        return self._outcome

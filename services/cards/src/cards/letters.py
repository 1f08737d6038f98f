"""Letters to customers: the link to their card, in their language, and the neutral words on the page."""

from __future__ import annotations

from importlib.resources import files
from uuid import UUID

from cards import store
from cards.domain import Customer
from contracts.words import Catalogue
from kit.mail import Letter, Mail
from kit.work import Tx

WORDS = Catalogue(files("cards") / "locale")


class Letters:
    """Writes them; the kit's mail sends them once the transaction has committed.

    A letter holds nothing that whoever asked for it has typed: it goes to an address that may be anyone's.
    """

    def __init__(self, mail: Mail, public_base_url: str) -> None:
        self._mail = mail
        self._base = public_base_url

    def card_url(self, token: str) -> str:
        """The card's own page."""
        return f"{self._base}/c/{token}"

    async def welcome(self, tx: Tx, customer: Customer, merchant: str, token: str) -> None:
        """The link to a new card."""
        await self._post(tx, customer, merchant, say(customer.locale, "welcome"), token)

    async def link(self, tx: Tx, customer: Customer, merchant: str, token: str) -> None:
        """One more link to a card that somebody has."""
        await self._post(tx, customer, merchant, say(customer.locale, "link"), token)

    async def _post(self, tx: Tx, customer: Customer, merchant: str, text: str, token: str) -> None:
        assert customer.email is not None, "letters go to an address that is kept"
        subject = say(customer.locale, "subject").format(merchant=merchant)
        text = text.format(merchant=merchant, url=self.card_url(token))
        await self._mail.post(tx, Letter(customer.email, subject, text, about=customer.id))

    async def take_back(self, tx: Tx, customer_id: UUID) -> None:
        """Their address is another one, or gone: what has not left is forgotten, and what was counted."""
        await self._mail.take_back(tx, customer_id)
        await store.forget_letters(tx.conn, customer_id)


def say(language: str, key: str) -> str:
    """Words of ours in one of our languages."""
    found = WORDS.say(language, "joining", key)
    assert found is not None, f"{language} has no words for {key}"
    return found

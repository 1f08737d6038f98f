"""Audit rows of cards and customers: a card's as it is told, of a customer the names of fields only."""

from __future__ import annotations

from typing import Any

from cards import store
from cards.domain import Card, Customer, Held
from kit.audit import Change

#: Follow from what is changed, and are shown to nobody.
_DERIVED = frozenset({"email_key"})
#: The person's, though the card's state tells it.
_OF_PERSON = frozenset({"locale", "erased_at"})


def of_card(action: str, before: Held | None, after: Held) -> Change:
    """What was done to a card."""
    return Change(
        action,
        "card",
        after.card.id,
        merchant_id=after.card.merchant_id,
        before=None if before is None else _shown(before),
        after=_shown(after),
    )


def of_link(card: Card) -> Change:
    """A new link of this card: nothing of the card itself changes, and the link is nobody's to read."""
    return Change("linked", "card", card.id, merchant_id=card.merchant_id)


def of_customer(action: str, before: Customer | None, after: Customer) -> Change:
    """What was done to a customer's data: which fields, and never what they hold."""
    return Change(
        action,
        "customer",
        after.id,
        merchant_id=after.merchant_id,
        before=None if before is None else _fields(before),
        after=_fields(after),
        names_only=True,
    )


def _shown(held: Held) -> dict[str, Any]:
    told = store.state_of(held).model_dump(mode="json", exclude=set(_OF_PERSON))
    told["deleted_by"] = str(held.card.deleted_by) if held.card.deleted_by else None
    return told


def _fields(customer: Customer) -> dict[str, Any]:
    return {name: value for name, value in customer._asdict().items() if name not in _DERIVED}

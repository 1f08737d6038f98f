"""HTTP of the cards service: for vendors, admins and the public, and for the other services."""

from cards.api.customers import router as customers
from cards.api.deletion import router as deletion
from cards.api.internal import router as internal
from cards.api.own_card import router as own_card
from cards.api.privacy import router as privacy
from cards.api.public import router as public
from cards.api.vendor import router as vendor

__all__ = ["customers", "deletion", "internal", "own_card", "privacy", "public", "vendor"]

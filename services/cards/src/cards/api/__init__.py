"""HTTP of the cards service: for vendors, and for the other services."""

from cards.api.customers import router as customers
from cards.api.internal import router as internal
from cards.api.vendor import router as vendor

__all__ = ["customers", "internal", "vendor"]

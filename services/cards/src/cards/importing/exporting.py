"""HTTP in: customers with their cards page by page, as the file that an import takes."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from cards import listing
from cards.api.rooms import TheService, TheTerms
from cards.domain import Held
from cards.importing import store
from contracts.event import Instant
from contracts.problem import (
    Forbidden,
    MerchantNotFound,
    ProgramNotFound,
    Unauthenticated,
    UpstreamUnavailable,
    ValidationFailed,
)
from kit.cursors import cursor_of, id_in
from kit.described import problems
from kit.identity import Caller, allow

_ID = "0197c1c2-7e5a-7b3c-9d4e-5f60718293a4"

router = APIRouter(tags=["exports"])


class CustomerLine(BaseModel):
    """A customer with the card, as an import takes it."""

    reference: str | None = Field(description="What the customer was imported as", examples=["old-7"])
    email: str | None = Field(description="E-mail address", examples=["ana.weber@example.com"])
    phone: str | None = Field(description="Phone number in E.164", examples=["+352621123456"])
    first_name: str = Field(description="First name", examples=["Ana"])
    last_name: str = Field(description="Last name", examples=["Weber"])
    birthday: date | None = Field(description="Birthday", examples=["1990-12-31"])
    locale: Literal["en", "fr", "de", "lb"] = Field(description="Language", examples=["fr"])
    marketing_consent: bool = Field(description="Whether news may be sent", examples=[False])
    store_code: str | None = Field(description="Where the card was handed out", examples=["gare"])
    enrolled_at: Instant = Field(description="When it was", examples=["2026-11-20T10:00:00.000000Z"])
    card_number: str = Field(description="Its number", examples=["482100771930"])


class CustomerPage(BaseModel):
    items: list[CustomerLine] = Field(description="Cards of the live program, oldest first")
    next_cursor: str | None = Field(description="Where the next page begins", examples=[None])


@router.get(
    "/api/v1/admin/loyalty/exports/customers",
    operation_id="exportCustomers",
    summary="Export customers with their cards",
    description="The cards of the live program, neither deleted nor erased.",
    response_model=CustomerPage,
    responses=problems(
        *(
            Unauthenticated,
            Forbidden,
            MerchantNotFound,
            ProgramNotFound,
            ValidationFailed,
            UpstreamUnavailable,
        )
    ),
)
async def export_customers(
    caller: Annotated[Caller, Depends(allow("admin"))],
    service: TheService,
    book: TheTerms,
    merchant_id: Annotated[UUID, Query(description="Whose", examples=[_ID])],
    limit: Annotated[int, Query(ge=1, le=100, description="Rows on a page, 1 to 100")] = 50,
    cursor: Annotated[str | None, Query(description="`next_cursor` of the page before")] = None,
) -> CustomerPage:
    terms = await book.of(merchant_id)
    after = id_in(cursor, listing.NO_CURSOR)
    async with service.work.read() as conn:
        found = await store.exported(conn, terms.live_program().id, after, limit + 1)
    codes = {shop.id: shop.code for shop in terms.stores}
    lines = [_line(held, reference, codes) for held, reference in found[:limit]]
    more = len(found) > limit
    following = cursor_of(found[limit - 1][0].card.id if more else None)
    return CustomerPage(items=lines, next_cursor=following)


def _line(held: Held, reference: str | None, codes: dict[UUID, str]) -> CustomerLine:
    card, customer = held
    shown = {name: value for name, value in customer._asdict().items() if name in CustomerLine.model_fields}
    store_id = card.enrolled_at_store_id
    return CustomerLine(
        **shown,
        reference=reference,
        store_code=codes.get(store_id) if store_id else None,
        enrolled_at=card.created_at,
        card_number=card.card_number,
    )

"""A card's customer, whole: for a merchant's owner and managers."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Response

from cards import commands, queries
from cards.api.answers import CustomerWhole
from cards.api.bodies import CustomerChange
from cards.api.rooms import TheLetters, TheService, TheTerms
from cards.api.vendor import COMMON, PREFIX, User
from contracts.problem import (
    CardNotFound,
    CustomerConflict,
    PreconditionFailed,
    PreconditionRequired,
)
from kit.described import problems
from kit.preconditions import expected

router = APIRouter(prefix=f"{PREFIX}/cards/{{card_id}}/customer", tags=["customers"])


@router.get(
    "",
    operation_id="getCustomer",
    summary="Read a card's customer",
    description="The customer's data, with an ETag for the next change.",
    responses=problems(*COMMON, CardNotFound),
)
async def get_customer(card_id: UUID, caller: User, service: TheService, response: Response) -> CustomerWhole:
    async with service.work.read() as conn:
        held = await queries.customer_of(conn, caller.merchant, card_id)
    response.headers["etag"] = f'"{held.customer.version}"'
    return CustomerWhole.of(held.customer)


@router.patch(
    "",
    operation_id="changeCustomer",
    summary="Change a card's customer",
    description="Changes the members that are given. `If-Match` takes the ETag that was read.",
    responses=problems(*COMMON, CardNotFound, CustomerConflict, PreconditionFailed, PreconditionRequired),
)
async def change_customer(
    card_id: UUID,
    caller: User,
    body: CustomerChange,
    service: TheService,
    book: TheTerms,
    letters: TheLetters,
    response: Response,
    if_match: Annotated[str | None, Header(description="The ETag that was read", examples=['"1"'])] = None,
) -> CustomerWhole:
    read = expected(if_match)
    terms = await book.of(caller.merchant)
    async with service.work() as tx:
        customer = await commands.change_customer(
            tx, caller.merchant, terms.country, card_id, read, body.changes(), letters
        )
    response.headers["etag"] = f'"{customer.version}"'
    return CustomerWhole.of(customer)

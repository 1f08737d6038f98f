"""HTTP in: chunks of a file's customers, for admins; a dry run answers the same and keeps nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from cards.api.rooms import TheService, TheTerms
from cards.domain import Terms
from cards.importing import store
from cards.importing.answers import ImportAnswer, ImportBody
from cards.importing.chunk import Chunk
from cards.importing.rows import Read, read
from cards.terms import TermsBook
from contracts.problem import (
    Forbidden,
    IdempotencyKeyExpired,
    IdempotencyKeyInUse,
    IdempotencyKeyInvalid,
    IdempotencyKeyMissing,
    IdempotencyKeyReused,
    MerchantNotFound,
    ProgramNotFound,
    Unauthenticated,
    UpstreamUnavailable,
)
from kit.described import problems
from kit.fields import Body
from kit.idempotency import Key
from kit.identity import Caller, allow
from kit.importing import ROWS_LIMIT, Import, Taken, once
from kit.work import Tx

#: Store codes of one chunk that are asked for where nothing was heard of them.
CODES_ASKED = 5

router = APIRouter(tags=["imports"])
internal = APIRouter(prefix="/internal", include_in_schema=False)


@router.post(
    "/api/v1/admin/loyalty/imports/customers",
    operation_id="importCustomers",
    summary="Import customers with their cards",
    description="Rows are taken in their order, all that are good in one transaction; a row that is not good"
    " is answered by its line and stops no other. Whoever has a card, by `reference`, e-mail or phone, is"
    " known and stays as they are: a file may be sent again. No welcome bonus, no letter.",
    response_model=ImportAnswer,
    responses=problems(
        *(
            Unauthenticated,
            Forbidden,
            MerchantNotFound,
            ProgramNotFound,
            IdempotencyKeyMissing,
            IdempotencyKeyInvalid,
        ),
        *(IdempotencyKeyInUse, IdempotencyKeyExpired, IdempotencyKeyReused, UpstreamUnavailable),
    ),
)
async def import_customers(
    request: Request,
    body: ImportBody,
    caller: Annotated[Caller, Depends(allow("admin"))],
    key: Key,
    service: TheService,
    book: TheTerms,
) -> Response:
    good, bad = read(body.rows, body.first_line)
    terms = await _terms(book, body.merchant_id, good)

    async def taking(tx: Tx) -> Taken:
        return await Chunk(terms, caller.user_id).take(tx, good, keep=not body.dry_run)

    brought = Import("customers", body.merchant_id, body, bad, taking, ImportAnswer)
    return await once(service, request, key, brought, (store.Overtaken,))


class Names(Body):
    """References of a merchant."""

    references: Annotated[list[str], Field(max_length=ROWS_LIMIT)]


@internal.post("/merchants/{merchant_id}/card-numbers")
async def numbers_by_reference(
    merchant_id: UUID, names: Names, _: Annotated[Caller, Depends(allow("service"))], service: TheService
) -> dict[str, str]:
    """The number of the card that each of these references names; unknown ones are left out."""
    async with service.work.read() as conn:
        return await store.numbers_of(conn, merchant_id, names.references)


async def _terms(book: TermsBook, merchant_id: UUID, rows: Sequence[Read]) -> Terms:
    """The merchant's terms; store codes not heard of are asked for. MerchantNotFound, ProgramNotFound."""
    terms = await book.of(merchant_id)
    terms.live_program()
    codes = {read.row.store_code for read in rows if read.row.store_code}
    for code in sorted(codes - {one.code for one in terms.stores})[:CODES_ASKED]:
        terms = await book.to_join_at(merchant_id, code)
    return terms

"""Cards for tills and for a merchant's users: enrol, look up, read, list, make a new link."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from cards import commands, listing, queries
from cards.api.answers import CardAnswer, CardList, EnrolAnswer, LinkAnswer, StoreAnswer
from cards.api.bodies import EnrolBody, LookupBody
from cards.api.rooms import Gathered, TheService, TheTerms, asking_store, desk_of, locate, note_answer
from contracts.problem import (
    CardNotFound,
    CustomerConflict,
    Forbidden,
    IdempotencyKeyExpired,
    IdempotencyKeyInUse,
    IdempotencyKeyInvalid,
    IdempotencyKeyMissing,
    IdempotencyKeyReused,
    ProgramInactive,
    ProgramNotFound,
    StoreNotAllowed,
    StoreNotFound,
    Unauthenticated,
    UpstreamUnavailable,
    ValidationFailed,
)
from kit.described import problems
from kit.fields import Line
from kit.idempotency import Key, Made
from kit.identity import Caller, allow
from kit.work import Tx

PREFIX = "/api/v1/vendor/loyalty"
COMMON = (Unauthenticated, Forbidden, ValidationFailed, UpstreamUnavailable)
KEYED = (
    IdempotencyKeyMissing,
    IdempotencyKeyInvalid,
    IdempotencyKeyInUse,
    IdempotencyKeyExpired,
    IdempotencyKeyReused,
)

router = APIRouter(prefix=PREFIX, tags=["cards"])
Anyone = Annotated[Caller, Depends(allow("terminal", "owner", "manager"))]
User = Annotated[Caller, Depends(allow("owner", "manager"))]


async def _live_only(
    include_deleted: Annotated[bool, Query(description="Deleted ones too (admins only)")] = False,
    only_deleted: Annotated[bool, Query(description="Only deleted ones (admins only)")] = False,
) -> None:
    if include_deleted or only_deleted:
        raise Forbidden("only admins see what is deleted")


@router.post(
    "/cards",
    operation_id="enrol",
    summary="Enrol a customer",
    description="Hands out a card of the merchant's program, or finds the one that the customer has:"
    " then 200, and nothing that is known of the customer changes.",
    status_code=201,
    response_model=EnrolAnswer,
    responses={
        200: {"model": EnrolAnswer, "description": "The customer has a card already"},
        **problems(*COMMON, *KEYED, ProgramNotFound, StoreNotFound, ProgramInactive, CustomerConflict),
    },
    openapi_extra={"x-compose": {"card": "card"}},
)
async def enrol(
    request: Request, caller: Anyone, key: Key, body: EnrolBody, service: TheService, book: TheTerms
) -> Response:
    store_id = asking_store(caller, body.store_id)
    gathered = await Gathered.to_join(book, caller.merchant, store_id)

    async def effect(tx: Tx) -> Made:
        joining = commands.Joining(**body.model_dump(exclude={"store_id"}))
        enrolled = await commands.enrol(tx, gathered.terms, joining, desk_of(caller, store_id))
        await note_answer(tx, caller.merchant, key, enrolled.held)
        answer = EnrolAnswer(
            card=CardAnswer.of(enrolled.held),
            already_enrolled=not enrolled.is_new,
            stores=[StoreAnswer.of(store) for store in gathered.terms.stores_of(enrolled.held.card)],
            card_url=enrolled.link_token and service.settings.public_base_url + f"/c/{enrolled.link_token}",
        )
        location = f"{PREFIX}/cards/{enrolled.held.card.id}"
        return Made(201 if enrolled.is_new else 200, answer, {"location": location}, secrets=("card_url",))

    return await service.idempotency.once(request, key, str(caller.merchant), body, effect)


@router.post(
    "/cards/lookup",
    operation_id="lookUpCard",
    summary="Find a card",
    description="By exactly one of QR code, number, e-mail or phone. Moves nothing and needs no key."
    " Where cards belong to one store, e-mail and phone find the asking store's only, and a user names it.",
    responses=problems(*COMMON, CardNotFound, ProgramNotFound, StoreNotFound, StoreNotAllowed),
    openapi_extra={"x-compose": {"card": ""}},
)
async def look_up(caller: Anyone, body: LookupBody, service: TheService, book: TheTerms) -> CardAnswer:
    store_id = asking_store(caller, body.store_id)
    terms = await book.of(caller.merchant, store_id)
    asked = queries.Asked(body.qr, body.number, body.email, body.phone)
    async with service.work.read() as conn:
        held = await queries.look_up(conn, terms, asked, store_id)
    return CardAnswer.of(held)


@router.get(
    "/cards",
    operation_id="listCards",
    summary="List cards",
    description="Cards of the merchant's program, newest first. A till sees those that work at its store.",
    dependencies=[Depends(_live_only)],
    response_model_exclude_unset=True,
    responses=problems(*COMMON),
    openapi_extra={"x-compose": {"cards": "items"}},
)
async def list_cards(
    caller: Anyone,
    service: TheService,
    book: TheTerms,
    search: Annotated[
        Annotated[str, Line(1, 254)] | None,
        Query(
            description="A whole e-mail, phone or card number, or how a name's words begin", examples=["web"]
        ),
    ] = None,
    status: Annotated[
        Literal["active", "inactive"] | None, Query(description="Only cards of this status")
    ] = None,
    store_id: Annotated[
        UUID | None, Query(description="Only cards that were handed out at this store")
    ] = None,
    cursor: Annotated[
        str | None, Query(description="`next_cursor` of the page before", max_length=64)
    ] = None,
    limit: Annotated[int, Query(description="How many at most", ge=1, le=100)] = 50,
    count: Annotated[bool, Query(description="Tell `total`, too")] = False,
) -> CardList:
    asking_store(caller, store_id)
    terms = await book.of(caller.merchant)
    wanted = listing.Filter(
        search, status, store_id, seen_at=caller.store_id if caller.role == "terminal" else None
    )
    async with service.work.read() as conn:
        page = await listing.list_cards(conn, terms, wanted, cursor, limit)
        total = {"total": await listing.count_cards(conn, terms, wanted)} if count else {}
    return CardList(items=[CardAnswer.of(held) for held in page.items], next_cursor=page.next_cursor, **total)


@router.get(
    "/cards/{card_id}",
    operation_id="getCard",
    summary="Read a card",
    description="Owner and manager see the customer whole, a till first name and initial.",
    responses=problems(*COMMON, CardNotFound, ProgramNotFound, StoreNotAllowed),
    openapi_extra={"x-compose": {"card": ""}},
)
async def get_card(card_id: UUID, caller: Anyone, service: TheService, book: TheTerms) -> CardAnswer:
    at_till = caller.role == "terminal"
    terms = await book.of(caller.merchant)
    async with service.work.read() as conn:
        held = await queries.one_card(conn, terms, card_id, caller.store_id if at_till else None)
    return CardAnswer.of(held, whole=not at_till)


@router.post(
    "/cards/{card_id}/link",
    operation_id="createCardLink",
    summary="Make a new link",
    description="A new address of the card's own page; all older ones end.",
    status_code=201,
    response_model=LinkAnswer,
    responses=problems(*COMMON, *KEYED, CardNotFound),
)
async def make_link(card_id: UUID, request: Request, caller: User, key: Key, service: TheService) -> Response:
    tokens: list[str] = []

    async def effect(tx: Tx) -> Made:
        token = await commands.new_link(tx, caller.merchant, card_id)
        tokens.append(token)
        answer = LinkAnswer(card_url=service.settings.public_base_url + f"/c/{token}")
        return Made(201, answer, secrets=("card_url",))

    answer = await service.idempotency.once(request, key, str(caller.merchant), None, effect)
    return locate(answer, tokens)

"""Programs of all merchants, for admins."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request, Response

from contracts.problem import (
    MerchantNotFound,
    PreconditionFailed,
    PreconditionRequired,
    ProgramAlreadyExists,
    ProgramNotFound,
)
from kit.idempotency import Key, Made, OptionalKey
from kit.work import Tx
from programs import queries
from programs.api.answers import (
    AdminProgramAnswer,
    ListedProgramAnswer,
    ProgramList,
    gone,
    listed,
    made,
    shown,
    switched,
)
from programs.api.asked import (
    PLATFORM,
    Admin,
    AdminListing,
    IfMatch,
    Including,
    OfMerchant,
    TheService,
    switch,
)
from programs.api.bodies import NewProgramOf, NoBody, ProgramChanges, given, whole
from programs.api.described import KEYED, OPTIONALLY_KEYED, problems
from programs.commands import programs as commands
from programs.commands.programs import Of
from programs.domain import Program

router = APIRouter(prefix="/api/v1/admin/loyalty/programs", tags=["programs"])

MATCHED = (PreconditionRequired, PreconditionFailed, ProgramNotFound)


@router.post(
    "",
    operation_id="createProgramOfMerchant",
    summary="A new program",
    status_code=201,
    response_model=AdminProgramAnswer,
    responses=problems(*KEYED, MerchantNotFound, ProgramAlreadyExists, body=True),
)
async def create(
    request: Request, caller: Admin, key: Key, body: NewProgramOf, service: TheService
) -> Response:
    """Makes the program of the merchant that is named, switched off."""

    async def effect(tx: Tx) -> Made:
        program = await commands.create_program(tx, body.merchant_id, whole(body, "merchant_id"))
        return made(program, AdminProgramAnswer, f"{router.prefix}/{program.id}")

    return await service.idempotency.once(request, key, PLATFORM, body, effect)


@router.get(
    "",
    operation_id="listPrograms",
    summary="Programs",
    response_model=ProgramList,
    responses=problems(),
    openapi_extra={"x-compose": {"programs": "items"}},
)
async def list_all(
    caller: Admin, listing: AdminListing, service: TheService, merchant_id: OfMerchant = None
) -> Response:
    """Newest first; `search` takes the start of words of the card's or merchant's name, or the whole slug.

    Each with its figures as they are in a program's statistics; null where the ledger does not answer."""
    async with service.work.read() as conn:
        page = await queries.page(conn, Program, listing, merchant_id=merchant_id)
    return listed(page, ListedProgramAnswer)


@router.get(
    "/{program_id}",
    operation_id="getProgramById",
    summary="A program",
    response_model=AdminProgramAnswer,
    responses=problems(ProgramNotFound),
)
async def read(
    caller: Admin, program_id: UUID, service: TheService, include_deleted: Including = False
) -> Response:
    """A deleted one, or that of a deleted merchant, is shown with `include_deleted` only."""
    async with service.work.read() as conn:
        program = await queries.find(conn, Program, program_id, deleted=include_deleted)
    if program is None:
        raise ProgramNotFound
    return shown(program, AdminProgramAnswer)


@router.patch(
    "/{program_id}",
    operation_id="changeProgramById",
    summary="Change a program",
    response_model=AdminProgramAnswer,
    responses=problems(*MATCHED, body=True),
)
async def change(
    caller: Admin, program_id: UUID, seen: IfMatch, body: ProgramChanges, service: TheService
) -> Response:
    """Only what is sent changes; balances stay, whatever the type becomes."""
    async with service.work() as tx:
        program = await commands.change_program(tx, Of(program_id=program_id), seen, given(body))
    return shown(program, AdminProgramAnswer)


@router.delete(
    "/{program_id}",
    operation_id="deleteProgramById",
    summary="Delete a program",
    status_code=204,
    response_class=Response,
    responses=problems(*MATCHED),
)
async def delete(caller: Admin, program_id: UUID, seen: IfMatch, service: TheService) -> Response:
    """Its cards stop; the merchant may begin a new program."""
    async with service.work() as tx:
        await commands.delete_program(tx, Of(program_id=program_id), seen, caller.user_id)
    return gone()


@router.post(
    "/{program_id}/restore",
    operation_id="restoreProgram",
    summary="Restore a program",
    response_model=AdminProgramAnswer,
    responses=problems(*OPTIONALLY_KEYED, ProgramNotFound, ProgramAlreadyExists, body=True),
)
async def restore(
    request: Request,
    caller: Admin,
    program_id: UUID,
    key: OptionalKey,
    service: TheService,
    body: NoBody | None = None,
) -> Response:
    """What is not deleted stays as it is. Refused when the merchant has a new program by now."""

    async def effect(tx: Tx) -> Made:
        return switched(await commands.restore_program(tx, program_id), AdminProgramAnswer)

    return await switch(service, request, key, PLATFORM, body, effect)

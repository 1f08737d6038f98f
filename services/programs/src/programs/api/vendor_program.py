"""A merchant's one program and its settings, for the merchant itself."""

from __future__ import annotations

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
from programs.api.answers import ProgramAnswer, SettingsAnswer, gone, made, shown, switched
from programs.api.asked import Editor, IfMatch, Reader, TheService, switch
from programs.api.bodies import Deactivation, NewProgram, NoBody, ProgramChanges, given, whole
from programs.api.described import KEYED, OPTIONALLY_KEYED, problems
from programs.commands import programs as commands
from programs.commands.programs import Of
from programs.domain import Settings

router = APIRouter(prefix="/api/v1/vendor/loyalty", tags=["program"])

MATCHED = (PreconditionRequired, PreconditionFailed, ProgramNotFound)


@router.get(
    "/program",
    operation_id="getProgram",
    summary="The program",
    response_model=ProgramAnswer,
    responses=problems(ProgramNotFound),
)
async def read(caller: Reader, service: TheService) -> Response:
    """The merchant's one live program, switched on or off."""
    async with service.work.read() as conn:
        program = await queries.program_of(conn, caller.merchant)
    if program is None:
        raise ProgramNotFound
    return shown(program, ProgramAnswer)


@router.post(
    "/program",
    operation_id="createProgram",
    summary="Begin a program",
    status_code=201,
    response_model=ProgramAnswer,
    responses=problems(*KEYED, MerchantNotFound, ProgramAlreadyExists, body=True),
)
async def create(
    request: Request, caller: Editor, key: Key, body: NewProgram, service: TheService
) -> Response:
    """Makes it switched off; `activate` switches it on. A merchant has one live program."""

    async def effect(tx: Tx) -> Made:
        program = await commands.create_program(tx, caller.merchant, whole(body))
        return made(program, ProgramAnswer, f"{router.prefix}/program")

    return await service.idempotency.once(request, key, str(caller.merchant), body, effect)


@router.patch(
    "/program",
    operation_id="changeProgram",
    summary="Change the program",
    response_model=ProgramAnswer,
    responses=problems(*MATCHED, body=True),
)
async def change(caller: Editor, seen: IfMatch, body: ProgramChanges, service: TheService) -> Response:
    """Only what is sent changes. Balances stay, whatever the type becomes; a lower target counts at once."""
    async with service.work() as tx:
        program = await commands.change_program(tx, Of(caller.merchant), seen, given(body))
    return shown(program, ProgramAnswer)


@router.delete(
    "/program",
    operation_id="deleteProgram",
    summary="Delete the program",
    status_code=204,
    response_class=Response,
    responses=problems(*MATCHED),
)
async def delete(caller: Editor, seen: IfMatch, service: TheService) -> Response:
    """Its cards stop; a successor starts anew."""
    async with service.work() as tx:
        await commands.delete_program(tx, Of(caller.merchant), seen, caller.user_id)
    return gone()


@router.post(
    "/program/activate",
    operation_id="activateProgram",
    summary="Switch the program on",
    response_model=ProgramAnswer,
    responses=problems(*OPTIONALLY_KEYED, ProgramNotFound, body=True),
)
async def activate(
    request: Request, caller: Editor, key: OptionalKey, service: TheService, body: NoBody | None = None
) -> Response:
    """What is on stays on. From the first time on the merchant's currency and time zone stay as they are."""

    async def effect(tx: Tx) -> Made:
        return switched(await commands.activate_program(tx, Of(caller.merchant)), ProgramAnswer)

    return await switch(service, request, key, str(caller.merchant), body, effect)


@router.post(
    "/program/deactivate",
    operation_id="deactivateProgram",
    summary="Switch the program off",
    response_model=ProgramAnswer,
    responses=problems(*OPTIONALLY_KEYED, ProgramNotFound, body=True),
)
async def deactivate(
    request: Request, caller: Editor, key: OptionalKey, service: TheService, body: Deactivation | None = None
) -> Response:
    """Until `redeem_until`, if it is sent, what was earned can still be redeemed."""

    async def effect(tx: Tx) -> Made:
        return switched(
            await commands.deactivate_program(tx, Of(caller.merchant), given(body)), ProgramAnswer
        )

    return await switch(service, request, key, str(caller.merchant), body, effect)


@router.get(
    "/settings",
    operation_id="getSettings",
    summary="The merchant's settings",
    response_model=SettingsAnswer,
    responses=problems(MerchantNotFound),
)
async def read_settings(caller: Reader, service: TheService) -> Response:
    """What the platform's admins decided for this merchant."""
    async with service.work.read() as conn:
        settings = await queries.find(conn, Settings, caller.merchant)
    if settings is None:
        raise MerchantNotFound
    return shown(settings, SettingsAnswer)

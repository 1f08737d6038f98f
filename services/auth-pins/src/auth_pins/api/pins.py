"""Owners and managers look after staff members and their PINs."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from auth_pins import queries
from auth_pins.api.access import VENDOR, MerchantUser, TheDesk, switch
from auth_pins.api.documents import KEYED, SWITCHED, problems
from auth_pins.api.fields import Code, Name, NewPin
from auth_pins.api.lists import AskedByMerchant, Count, cursor_of
from auth_pins.commands import staff as commands
from auth_pins.tables import Record
from contracts.event import Instant
from contracts.problem import (
    AlreadyExists,
    PreconditionFailed,
    PreconditionRequired,
    StaffNotFound,
    StoreNotFound,
    UpstreamUnavailable,
    ValidationFailed,
)
from kit.fields import Body, Flag, example
from kit.idempotency import Key, Made, OptionalKey
from kit.ids import now
from kit.preconditions import IfMatch, etag
from kit.work import Tx

router = APIRouter(prefix=f"{VENDOR}/pins", tags=["staff"])

Role = Literal["staff", "manager"]


class NewStaff(Body):
    model_config = example(code="07", name="Anna", pin="482913", role="manager")

    code: Annotated[Code, Field(description="2 to 8 letters or digits, compared without case")]
    name: Annotated[Name, Field(description="What people call them", examples=["Anna"])]
    pin: Annotated[NewPin, Field(description="4 to 8 digits; not all equal, no counting run")]
    role: Role = Field("staff", description="A manager may adjust balances at a till")
    store_id: UUID | None = Field(None, description="The one store where they work; null for every store")


class StaffChanges(Body):
    model_config = example(role="manager")

    name: Annotated[Name | None, Field(None, description="What people call them")]
    role: Role | None = Field(None, description="Ends staff sessions that were given out")
    store_id: UUID | None = Field(
        None, description="Null for every store; ends staff sessions that were given out"
    )
    is_active: Flag | None = Field(None, description="Whether the PIN is accepted; ends staff sessions")


class NewPinOnly(Body):
    model_config = example(pin="482913")

    pin: Annotated[NewPin, Field(description="4 to 8 digits; not all equal, no counting run")]


class StaffMember(BaseModel):
    id: UUID = Field(description="The staff member's id")
    merchant_id: UUID = Field(description="The merchant they work for")
    store_id: UUID | None = Field(description="The one store where they work; null for every store")
    code: str = Field(description="What they type before the PIN", examples=["07"])
    name: str = Field(description="What people call them", examples=["Anna"])
    role: Role = Field(description="staff or manager")
    is_active: bool = Field(description="Whether the PIN is accepted")
    locked_until: Instant | None = Field(
        description="After too many wrong PINs, until when none is looked at"
    )
    last_used_at: Instant | None = Field(description="When the PIN was right last")
    created_at: Instant = Field(description="When the staff member was made")
    updated_at: Instant = Field(description="When it was changed last")


class StaffMembers(BaseModel):
    items: list[StaffMember] = Field(description="Newest first")
    next_cursor: str | None = Field(description="Asks for the next page; null on the last one")
    total: int | None = Field(None, description="How many there are; only there when asked by `count=true`")


def _shown(row: Record) -> StaffMember:
    locked_until = getattr(row, "locked_until", None)
    values = {name: getattr(row, name) for name in StaffMember.model_fields if name != "locked_until"}
    still = locked_until if locked_until and locked_until > now() else None
    return StaffMember.model_validate({**values, "locked_until": still})


@router.get(
    "",
    operation_id="listStaff",
    summary="List staff members",
    response_model_exclude_unset=True,
    responses=problems(),
)
async def list_staff(
    caller: MerchantUser, desk: TheDesk, asked: AskedByMerchant, count: Count = False
) -> StaffMembers:
    """The merchant's, newest first. `search` takes the start of a word of the name, or a whole code."""
    asked = asked._replace(merchant_id=caller.merchant)
    found = await queries.staff_members(desk, asked)
    total = {"total": await queries.count_staff_members(desk, asked)} if count else {}
    return StaffMembers(items=[_shown(row) for row in found.rows], next_cursor=cursor_of(found), **total)


@router.post(
    "",
    operation_id="createStaff",
    summary="Make a staff member",
    status_code=201,
    response_model=StaffMember,
    responses=problems(*KEYED, AlreadyExists, StoreNotFound, UpstreamUnavailable),
)
async def create(request: Request, caller: MerchantUser, key: Key, desk: TheDesk, body: NewStaff) -> Response:
    """A staff member whose code and PIN work at once."""
    merchant_id, store_id = caller.merchant, body.store_id
    store = await desk.places.store(store_id, merchant_id) if store_id else None
    async with desk.hashing.seat() as seat:
        pin_hash = await seat.hash_pin(body.pin)

    async def effect(tx: Tx) -> Made:
        if store_id and store is None:
            raise StoreNotFound
        row = await commands.create_staff(
            tx,
            merchant_id,
            code=body.code,
            name=body.name,
            role=body.role,
            store_id=store_id,
            pin_hash=pin_hash,
        )
        headers = {"location": f"{VENDOR}/pins/{row.id}", "etag": etag(row.version)}
        return Made(201, _shown(row), headers)

    return await desk.idempotency.once(request, key, str(merchant_id), body, effect)


@router.get(
    "/{staff_id}", operation_id="getStaff", summary="One staff member", responses=problems(StaffNotFound)
)
async def get(caller: MerchantUser, desk: TheDesk, response: Response, staff_id: UUID) -> StaffMember:
    """With the ETag that a change needs."""
    row = await queries.staff_member(desk, staff_id, caller.merchant)
    response.headers["etag"] = etag(row.version)
    return _shown(row)


@router.patch(
    "/{staff_id}",
    operation_id="changeStaff",
    summary="Change a staff member",
    responses=problems(
        StaffNotFound, StoreNotFound, PreconditionFailed, PreconditionRequired, UpstreamUnavailable
    ),
)
async def change(
    caller: MerchantUser,
    expected: IfMatch,
    desk: TheDesk,
    response: Response,
    staff_id: UUID,
    body: StaffChanges,
) -> StaffMember:
    """Another role or store, or being switched off, ends the staff sessions that were given out."""
    changes = body.model_dump(exclude_unset=True)
    for name, value in changes.items():
        if value is None and name != "store_id":
            raise ValidationFailed.of(name, "wrong-type", "cannot be null")
    if body.store_id and await desk.places.store(body.store_id, caller.merchant) is None:
        raise StoreNotFound
    await commands.change_staff(desk, caller.merchant, staff_id, expected, changes)
    return await get(caller, desk, response, staff_id)


@router.delete(
    "/{staff_id}",
    operation_id="deleteStaff",
    summary="Delete a staff member",
    status_code=204,
    responses=problems(StaffNotFound, PreconditionFailed, PreconditionRequired),
)
async def delete(caller: MerchantUser, expected: IfMatch, desk: TheDesk, staff_id: UUID) -> None:
    """The PIN is not accepted any more, staff sessions end, the code is free again."""
    await commands.delete_staff(desk, caller.merchant, staff_id, expected, caller.user_id)


@router.post(
    "/{staff_id}/unlock",
    operation_id="unlockStaff",
    summary="Let a locked staff member try again",
    response_model=StaffMember,
    responses=problems(*SWITCHED, StaffNotFound),
)
async def unlock(
    request: Request, caller: MerchantUser, key: OptionalKey, desk: TheDesk, staff_id: UUID
) -> Response:
    """The attempts with this code count from none again."""

    async def effect(tx: Tx) -> Made:
        row = await commands.unlock_staff(tx, caller.merchant, staff_id)
        return Made(200, _shown(row), {"etag": etag(row.version)})

    return await switch(desk, request, key, str(caller.merchant), effect)


@router.post(
    "/{staff_id}/reset",
    operation_id="resetPin",
    summary="Give a staff member a new PIN",
    status_code=204,
    responses=problems(*KEYED, StaffNotFound, UpstreamUnavailable),
)
async def reset(
    request: Request, caller: MerchantUser, key: Key, desk: TheDesk, staff_id: UUID, body: NewPinOnly
) -> Response:
    """The old PIN and the staff sessions bought with it end; a lock is lifted."""
    async with desk.hashing.seat() as seat:
        pin_hash = await seat.hash_pin(body.pin)

    async def effect(tx: Tx) -> Made:
        await commands.reset_pin(tx, caller.merchant, staff_id, pin_hash)
        return Made(204, None)

    return await desk.idempotency.once(request, key, str(caller.merchant), body, effect)

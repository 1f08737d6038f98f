"""A till buys a staff session with a staff member's code and PIN."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from auth_pins.api.access import VENDOR, TheDesk, Till
from auth_pins.api.documents import problems
from auth_pins.api.fields import Code, Pin
from auth_pins.commands.approval import approve
from contracts.event import Instant
from contracts.problem import StaffApprovalInvalid, StaffLocked, TerminalLocked, UpstreamUnavailable
from kit.fields import Body, example

router = APIRouter(prefix=VENDOR, tags=["staff"])


class CodeAndPin(Body):
    model_config = example(staff_code="07", pin="482913")

    staff_code: Annotated[Code, Field(description="Compared without case")]
    pin: Annotated[Pin, Field(description="4 to 8 digits")]


class StaffNamed(BaseModel):
    id: UUID = Field(description="The staff member's id")
    name: str = Field(description="What people call them", examples=["Anna"])
    role: Literal["staff", "manager"] = Field(description="staff or manager")


class StaffSessionMade(BaseModel):
    staff_session: str = Field(
        description="A signed token, bound to merchant, store and terminal", examples=["eyJ…"]
    )
    expires_at: Instant = Field(description="15 minutes later")
    staff: StaffNamed = Field(description="Who it is")


@router.post(
    "/staff-sessions",
    operation_id="createStaffSession",
    summary="Approve by code and PIN",
    responses=problems(StaffApprovalInvalid, StaffLocked, TerminalLocked, UpstreamUnavailable),
)
async def staff_session(caller: Till, desk: TheDesk, body: CodeAndPin) -> StaffSessionMade:
    """Good for earning for 15 minutes, for taking and correcting for 2.

    An unknown code, a wrong PIN and a staff member of another store are answered alike. Too many wrong ones
    lock the code, or this terminal's PIN entry, for a while.
    """
    session = await approve(desk, caller, body.staff_code, body.pin)
    return StaffSessionMade(
        staff_session=desk.tokens.staff_session(session),
        expires_at=datetime.fromtimestamp(session.expires_at, UTC),
        staff=StaffNamed.model_validate({"id": session.staff_id, "name": session.name, "role": session.role}),
    )

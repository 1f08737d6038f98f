"""What other services ask and tell: the whole state of one thing; when terminals called last."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import AwareDatetime, Field

from auth_pins import queries
from auth_pins.api.access import OtherService, TheDesk
from auth_pins.commands.terminals import note_used
from contracts.problem import NotFound
from kit.fields import Body

USED_AT_ONCE = 1000


class TerminalsUsed(Body):
    used: Annotated[dict[UUID, AwareDatetime], Field(max_length=USED_AT_ONCE)]


router = APIRouter(prefix="/internal", include_in_schema=False)


@router.get("/states/{kind}/{thing_id}")
async def state(caller: OtherService, desk: TheDesk, kind: str, thing_id: UUID) -> dict[str, Any]:
    """As it was told last; of a terminal, staff member, user or the signing keys."""
    found = await queries.state(desk, kind, thing_id)
    if found is None:
        raise NotFound
    return found.model_dump(mode="json")


@router.post("/terminals/used")
async def used(caller: OtherService, desk: TheDesk, body: TerminalsUsed) -> dict[str, int]:
    """The gateway says when terminals called last; one that is not known is passed over."""
    await note_used(desk, body.used)
    return {"noted": len(body.used)}

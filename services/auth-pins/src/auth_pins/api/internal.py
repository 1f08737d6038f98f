"""What other services ask and tell: the whole state of one thing; when terminals
called last; whom the tokens of other issuers speak of.
"""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import AwareDatetime, Field

from auth_pins import queries
from auth_pins.api.access import OtherService, TheDesk
from auth_pins.commands.exchange import exchange
from auth_pins.commands.terminals import note_used
from auth_pins.issuers import TOKEN_LONGEST
from contracts.problem import NotFound
from kit.fields import Body

USED_AT_ONCE = 1000


class TerminalsUsed(Body):
    used: Annotated[dict[UUID, AwareDatetime], Field(max_length=USED_AT_ONCE)]


class IssuersToken(Body):
    token: Annotated[str, Field(repr=False, max_length=TOKEN_LONGEST)]


router = APIRouter(prefix="/internal", include_in_schema=False)


@router.get("/merchants/{merchant_id}/staff-names")
async def staff_names(caller: OtherService, desk: TheDesk, merchant_id: UUID) -> dict[str, str]:
    """By id, those who left included: reports show what they did."""
    return await queries.staff_names(desk, merchant_id)


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


@router.post("/oidc/exchange")
async def exchanged(caller: OtherService, desk: TheDesk, body: IssuersToken) -> dict[str, Any]:
    """The gateway asks whom the token of another issuer speaks of; NotFound when it opens nothing."""
    found = await exchange(desk, body.token)
    if found is None:
        raise NotFound
    return {
        "user_id": str(found.user_id),
        "session_id": str(found.session_id),
        "issued_at": found.issued_at.timestamp(),
        "ends_at": found.ends_at.timestamp(),
    }

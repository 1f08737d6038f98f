"""What other services ask: the whole state of one thing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter

from auth_pins import queries
from auth_pins.api.access import OtherService, TheDesk
from contracts.problem import NotFound

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

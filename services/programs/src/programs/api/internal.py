"""What other services read: whole states, for ids that they have not heard of yet."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter

from contracts.problem import MerchantNotFound, NotFound
from programs import queries, store
from programs.api.asked import AnotherService, TheService
from programs.commands.facts import KINDS, state_of
from programs.domain import Thing

router = APIRouter(prefix="/internal", include_in_schema=False)

Kind = Literal["merchant", "store", "settings", "program", "reward"]


@router.get("/states/{kind}/{thing_id}")
async def state(caller: AnotherService, kind: Kind, thing_id: UUID, service: TheService) -> dict[str, Any]:
    """The whole state of one thing, deleted or not, as its last event told it."""
    async with service.work.read() as conn:
        thing = await store.load(conn, KINDS[kind], thing_id)
    if thing is None:
        raise NotFound
    return state_of(thing).model_dump(mode="json")


@router.get("/merchants/{merchant_id}/states")
async def states(caller: AnotherService, merchant_id: UUID, service: TheService) -> list[dict[str, Any]]:
    """The merchant, deleted or not, its settings, and what is live beneath it."""
    async with service.work.read() as conn:
        return _told(await queries.states(conn, merchant_id))


@router.get("/merchants/by-slug/{slug}/states")
async def states_by_slug(caller: AnotherService, slug: str, service: TheService) -> list[dict[str, Any]]:
    """The same of the live merchant with this slug."""
    async with service.work.read() as conn:
        return _told(await queries.public(conn, slug))


def _told(things: list[Thing]) -> list[dict[str, Any]]:
    if not things:
        raise MerchantNotFound
    found = map(state_of, things)
    return [{"kind": one.kind, "data": one.model_dump(mode="json")} for one in found]

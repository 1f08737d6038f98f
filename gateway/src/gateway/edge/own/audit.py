"""`GET /audit`: who changed what, over all services, for admins."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from contracts.event import Instant
from gateway.edge.own.admission import admitted
from gateway.edge.own.asking import Before, Limit, TheServices, newest
from gateway.edge.own.described import problems
from gateway.edge.routes import OWN
from kit import audit
from kit.cursors import cursor_of
from kit.identity import Caller

#: The services that keep audit rows; each of them has to answer. The gateway keeps some of its own.
AUDITED = ("programs", "auth-pins", "cards", "ledger", "wallet")

_ID, _AT = "0197c1c2-7e5a-7b3c-9d4e-5f60718293a4", "2026-11-20T10:00:00.000000Z"

router = APIRouter(prefix="/api/v1/admin/loyalty", tags=["operations"])
Admin = Annotated[Caller, Depends(admitted("admin"))]


class Actor(BaseModel):
    """Who did it."""

    id: UUID = Field(description="The user", examples=[_ID])
    role: str = Field(description="`admin`, `owner` or `manager`", examples=["owner"])


class AuditRow(BaseModel):
    """One change of one thing by a user."""

    model_config = ConfigDict(frozen=True)

    id: UUID = Field(description="The row; ids are in the order of time", examples=[_ID])
    at: Instant = Field(description="When", examples=[_AT])
    service: str = Field(description="Which service keeps it", examples=["programs"])
    actor: Actor = Field(description="Who did it")
    merchant_id: UUID | None = Field(description="Whose it is; null for the platform's", examples=[_ID])
    action: str = Field(description="What was done", examples=["changed"])
    kind: str = Field(description="What kind of thing", examples=["store"])
    thing_id: UUID = Field(description="The thing", examples=[_ID])
    changed: list[str] = Field(description="The fields that changed", examples=[["name"]])
    before: dict[str, Any] | None = Field(
        description="What they held; null for what is new, and always for customers", examples=[{"name": "A"}]
    )
    after: dict[str, Any] | None = Field(
        description="What they hold now; always null for customers", examples=[{"name": "B"}]
    )
    request_id: str = Field(description="The request it came with", examples=[_ID])


class AuditList(BaseModel):
    """Newest first."""

    items: list[AuditRow] = Field(description="Newest first")
    next_cursor: str | None = Field(
        description="Asks for the next page; null on the last one", examples=[None]
    )


@router.get(
    "/audit",
    operation_id="listAudit",
    summary="Who changed what",
    response_model=AuditList,
    responses=problems(),
)
async def list_audit(
    caller: Admin,
    services: TheServices,
    before: Before,
    limit: Limit = 50,
    merchant_id: Annotated[UUID | None, Query(description="Only what is this merchant's")] = None,
    actor_id: Annotated[UUID | None, Query(description="Only what this user did")] = None,
    thing_id: Annotated[UUID | None, Query(description="Only what was done to this thing")] = None,
    kind: Annotated[
        str | None,
        Query(description="Only things of this kind", pattern="^[a-z-]{1,40}$", examples=["store"]),
    ] = None,
) -> AuditList:
    """Changes by admins, owners and managers, over all services; refused while one of them is silent."""
    asked = audit.Asked(before, merchant_id, actor_id, thing_id, kind, limit + 1)
    parts = {name: services.rows(name, "/internal/audit", **asked._asdict()) for name in AUDITED}
    items, last = await newest({**parts, OWN: _own(services, asked)}, limit)
    return AuditList(items=[AuditRow.model_validate(row) for row in items], next_cursor=cursor_of(last))


async def _own(services: TheServices, asked: audit.Asked) -> list[dict[str, Any]]:
    async with services.work.read() as conn:
        return await audit.newest(conn, asked)

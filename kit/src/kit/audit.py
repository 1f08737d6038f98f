"""Audit: what a signed-in user changed, before and after, kept by the transaction that changes it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy import Column, DateTime, Index, MetaData, Table, Text, Uuid, insert, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.identity import Caller, allow, caller_now
from kit.ids import instant_text, now, uuid7
from kit.telemetry import trace
from kit.work import Tx, Work

if TYPE_CHECKING:  # a service that runs needs none of it, and it is eight megabytes
    from alembic.operations import Operations

metadata = MetaData()

#: Rows are added and read, never changed; ids are in the order of time, over all services.
audit = Table(
    "audit",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("merchant_id", Uuid),
    Column("actor_id", Uuid, nullable=False),
    Column("actor_role", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("thing_id", Uuid, nullable=False),
    Column("changed", ARRAY(Text), nullable=False),
    Column("before", JSONB),
    Column("after", JSONB),
    Column("request_id", Text, nullable=False),
    Index("audit_merchant", "merchant_id", "id"),
    Index("audit_actor", "actor_id", "id"),
    Index("audit_thing", "thing_id", "id"),
)

#: Change with every change of a thing, and tell nothing.
_DULL = frozenset({"version", "updated_at"})


# As for the role that owns them: the application's role may add and read, nothing else.
_GRANTS = """
DO $$ DECLARE app text := regexp_replace(current_user, '_owner$', '_app'); BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = app) THEN
    EXECUTE format('REVOKE ALL ON audit FROM %I', app);
    EXECUTE format('GRANT SELECT, INSERT ON audit TO %I', app);
  END IF;
END $$
"""


def create_audit(op: Operations) -> None:
    """The table, for a service's migration."""
    metadata.create_all(op.get_bind())
    op.execute(_GRANTS.replace(":", r"\:"))


class Change:
    """What happened to one thing: its state before (None when it is new) and after.

    With `names_only` the audit row says which fields changed, and not what they held: those are a person's.
    """

    def __init__(
        self,
        action: str,
        kind: str,
        thing_id: UUID,
        *,
        merchant_id: UUID | None,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        names_only: bool = False,
    ) -> None:
        self.action, self.kind, self.thing_id, self.merchant_id = action, kind, thing_id, merchant_id
        before, after = before or {}, after or {}
        names = [n for n in {**before, **after} if n not in _DULL and before.get(n) != after.get(n)]
        self.changed = sorted(names)
        self.before = None if names_only or not before else {n: before.get(n) for n in self.changed}
        self.after = None if names_only or not after else {n: after.get(n) for n in self.changed}


def of_many(action: str, kind: str, merchant_id: UUID, counts: Mapping[str, int]) -> Change:
    """Many things of one merchant changed at once."""
    return Change(action, kind, merchant_id, merchant_id=merchant_id, after=counts)


async def record(tx: Tx, *changes: Change) -> None:
    """Keep these changes, when it is a user who makes them: tills and services leave no audit row."""
    caller = caller_now.get()
    if caller is None or caller.user_id is None or not changes:
        return
    await tx.conn.execute(insert(audit), [_row(caller, change) for change in changes])


def _row(caller: Caller, change: Change) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "at": now(),
        "merchant_id": change.merchant_id,
        "actor_id": caller.user_id,
        "actor_role": caller.role,
        "action": change.action,
        "kind": change.kind,
        "thing_id": change.thing_id,
        "changed": change.changed,
        "before": change.before,
        "after": change.after,
        "request_id": trace.get().request_id,
    }


class Asked(NamedTuple):
    """Which rows: those before an id, of one merchant, actor, thing or kind of thing where one is named."""

    before: UUID | None = None
    merchant_id: UUID | None = None
    actor_id: UUID | None = None
    thing_id: UUID | None = None
    kind: str | None = None
    limit: int = 50


async def newest(conn: AsyncConnection, asked: Asked) -> list[dict[str, Any]]:
    """This service's rows, newest first."""
    rows = select(audit).order_by(audit.c.id.desc()).limit(asked.limit)
    for name in ("merchant_id", "actor_id", "thing_id", "kind"):
        if (value := getattr(asked, name)) is not None:
            rows = rows.where(audit.c[name] == value)
    if asked.before is not None:
        rows = rows.where(audit.c.id < asked.before)
    return [_shown(row) for row in (await conn.execute(rows)).mappings()]


@cache
def router() -> APIRouter:
    """`GET /internal/audit`: this service's rows, for the gateway to merge."""
    router = APIRouter(include_in_schema=False)

    @router.get("/internal/audit", dependencies=[Depends(allow("service"))])
    async def rows(
        request: Request,
        before: UUID | None = None,
        merchant_id: UUID | None = None,
        actor_id: UUID | None = None,
        thing_id: UUID | None = None,
        kind: str | None = None,
        limit: int = Query(default=50, ge=1, le=101),
    ) -> list[dict[str, Any]]:
        asked = Asked(before, merchant_id, actor_id, thing_id, kind, limit)
        work: Work = request.app.state.service.work
        async with work.read() as conn:
            return await newest(conn, asked)

    return router


def _shown(row: Any) -> dict[str, Any]:
    return {
        "id": str(row["id"]),
        "at": instant_text(row["at"]),
        "actor": {"id": str(row["actor_id"]), "role": row["actor_role"]},
        "merchant_id": str(row["merchant_id"]) if row["merchant_id"] else None,
        "action": row["action"],
        "kind": row["kind"],
        "thing_id": str(row["thing_id"]),
        "changed": row["changed"],
        "before": row["before"],
        "after": row["after"],
        "request_id": row["request_id"],
    }

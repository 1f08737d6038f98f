"""Who may call, and the desk that calls are worked off at."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request, Response
from pydantic import BaseModel

from auth_pins.commands.passwords import Forgotten
from auth_pins.desk import Desk
from kit.idempotency import Effect
from kit.identity import Caller, allow

ADMIN = "/api/v1/admin/loyalty"
VENDOR = "/api/v1/vendor/loyalty"
AUTH = "/api/v1/auth"
#: The scope of an admin's idempotency keys.
PLATFORM = "platform"

Admin = Annotated[Caller, Depends(allow("admin"))]
MerchantUser = Annotated[Caller, Depends(allow("owner", "manager"))]
AnyUser = Annotated[Caller, Depends(allow("admin", "owner", "manager"))]
Till = Annotated[Caller, Depends(allow("terminal"))]
Anyone = Annotated[Caller, Depends(allow("public"))]
OtherService = Annotated[Caller, Depends(allow("service"))]


async def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


TheDesk = Annotated[Desk, Depends(_desk)]


async def _forgotten(request: Request) -> Forgotten:
    forgotten: Forgotten = request.app.state.forgotten
    return forgotten


TheForgotten = Annotated[Forgotten, Depends(_forgotten)]


async def switch(desk: Desk, request: Request, key: str | None, scope: str, effect: Effect) -> Response:
    """A pure switch: its idempotency key is optional."""
    if key is not None:
        return await desk.idempotency.once(request, key, scope, None, effect)
    async with desk.work() as tx:
        made = await effect(tx)
    assert isinstance(made.body, BaseModel), "a switch answers with the thing"
    headers = {"content-type": "application/json", **made.headers}
    return Response(made.body.model_dump_json(), made.status, headers)

"""Who may call an operation of the gateway's own: let in by their credentials, as for a service's route."""

from __future__ import annotations

from typing import NamedTuple

from fastapi import Request

from gateway.clients import Pairs
from gateway.edge.identity import Identity
from gateway.edge.requests import Desk
from gateway.edge.routes import OWN, Route
from kit.edge import HotRequest
from kit.identity import Caller, allow, caller_now
from kit.telemetry import trace


class Guest(NamedTuple):
    """Who was let in, and what goes on with their request when a service is asked in their name."""

    caller: Caller
    headers: Pairs


class admitted(allow):  # noqa: N801 - reads as a word where it is used: Depends(admitted("admin"))
    """As `allow`, of those whom the gateway itself lets in; `guest_of(request)` tells more of them."""

    async def __call__(self, request: Request) -> Caller:
        desk: Desk = request.app.state.desk
        asked = HotRequest(request.scope, dict(request.scope["headers"]), b"", trace.get())
        route = Route(OWN, request.method, request.scope["route"].path, frozenset(self.roles))
        identity: Identity = await desk.admit(route, asked)
        caller_now.set(identity.caller)
        request.state.guest = Guest(identity.caller, desk.headers(asked, identity))
        return identity.caller


def guest_of(request: Request) -> Guest:
    """Whom `admitted` let in."""
    guest: Guest = request.state.guest
    return guest

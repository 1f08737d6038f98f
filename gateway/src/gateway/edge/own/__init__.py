"""Operations that the gateway answers itself, from what several services know: FastAPI routes like theirs."""

from __future__ import annotations

from typing import Any

from gateway.edge import feed
from gateway.edge.own import audit, members, parked
from kit.app import Service, openapi_of

ROUTERS = (audit.router, members.router, parked.router)


def document(gateway: Service) -> dict[str, Any]:
    """What the gateway itself answers, described as a service describes itself; streams are by hand."""
    described = openapi_of(gateway)
    return {**described, "paths": {**described["paths"], **feed.DOCUMENT["paths"]}}

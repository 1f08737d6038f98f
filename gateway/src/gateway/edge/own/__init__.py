"""Operations that the gateway answers itself, from what several services know: FastAPI routes like theirs."""

from __future__ import annotations

from functools import cache
from typing import Any

from fastapi import FastAPI

from gateway.edge import feed
from gateway.edge.own import audit, members, parked
from kit.app import described

ROUTERS = (audit.router, members.router, parked.router)


@cache
def document() -> dict[str, Any]:
    """What the gateway itself answers, described as a service describes itself; streams are by hand."""
    http = FastAPI(title="Punchcard", version="1")
    for router in ROUTERS:
        http.include_router(router)
    found = described(http)
    return {**found, "paths": {**found["paths"], **feed.DOCUMENT["paths"]}}

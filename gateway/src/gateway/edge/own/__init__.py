"""Operations that the gateway answers itself, from what several services know: FastAPI routes like theirs."""

from __future__ import annotations

from gateway.edge.own import audit, parked

ROUTERS = (audit.router, parked.router)

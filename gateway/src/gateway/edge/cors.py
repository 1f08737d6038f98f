"""Which browsers' pages may call: those of the origins in the settings, with a token and without cookies."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.edge.routes import Route
from kit.edge import Answer, HotRequest

PREFLIGHT_LIVES_S = 600
_SENT = (
    b"accept-language, authorization, content-type, idempotency-key, if-match, last-event-id, traceparent,"
    b" x-request-id"
)
_READ = (
    b"content-disposition, etag, idempotency-replayed, location, ratelimit, ratelimit-policy, retry-after,"
    b" traceparent, www-authenticate, x-request-id"
)


class Cors:
    def __init__(self, origins: frozenset[str]) -> None:
        self._origins = frozenset(origin.encode() for origin in origins)

    def headers(self, origin: bytes | None) -> list[tuple[bytes, bytes]]:
        """What every answer to this origin says."""
        if not self._origins:
            return []
        vary = (b"vary", b"Origin")
        if origin not in self._origins or origin is None:
            return [vary]
        return [vary, (b"access-control-allow-origin", origin), (b"access-control-expose-headers", _READ)]

    def preflight(self, request: HotRequest, routes: Mapping[str, Route]) -> Answer | None:
        """The answer to a browser that asks whether it may; None when it does not ask, or may not."""
        asks = request.scope["method"] == "OPTIONS" and b"access-control-request-method" in request.headers
        if not asks or request.headers.get(b"origin") not in self._origins:
            return None
        return Answer(
            204,
            b"",
            [
                (b"access-control-allow-methods", ", ".join(sorted(routes)).encode()),
                (b"access-control-allow-headers", _SENT),
                (b"access-control-max-age", str(PREFLIGHT_LIVES_S).encode()),
                (b"cache-control", b"no-store"),
            ],
        )

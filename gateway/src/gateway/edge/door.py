"""The outermost layer: security headers and CORS on every answer, and HEAD answered as GET without a body."""

from __future__ import annotations

from collections.abc import MutableMapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from contracts.problem import Refusal
from gateway.edge import limits
from gateway.edge.cors import Cors
from gateway.edge.requests import HEAD
from kit.app import Service
from kit.edge import Answer, Edge, Receive, Scope, Send

_HSTS = (b"strict-transport-security", b"max-age=31536000")
#: Nothing that we answer runs a script, loads from elsewhere or may be framed.
_CSP = b"default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_ALWAYS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", _CSP),
]


class Door(Edge):
    """The kit's edge, dressed for the public."""

    def __init__(self, service: Service, cors: Cors) -> None:
        super().__init__(service)
        self._cors = cors
        self._headers = [*_ALWAYS, *([_HSTS] if _public(service.settings.public_base_url) else [])]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        origin = next((value for name, value in scope["headers"] if name == b"origin"), None)
        head = scope["method"] == "HEAD"
        if head:
            # A copy: the server looks at its own to know that no body follows.
            scope = {**scope, "method": "GET", HEAD: True}
        await super().__call__(
            scope, receive, _Dressed(scope, send, self._headers + self._cors.headers(origin), head)
        )

    def broken(self, refusal: Refusal, scope: Scope | None) -> Answer:
        answer = super().broken(refusal, scope)
        return answer._replace(headers=[*answer.headers, *self._headers])


class _Dressed:
    def __init__(self, scope: Scope, send: Send, headers: list[tuple[bytes, bytes]], head: bool) -> None:
        self._scope = scope
        self._send = send
        self._headers = headers
        self._head = head

    async def __call__(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            headers = [*message.get("headers", ()), *self._headers, *self._scope.get(limits.SCOPE, ())]
            message = {**message, "headers": headers}
        elif self._head:
            message = {**message, "body": b""}
        await self._send(message)


def _public(base_url: str) -> bool:
    """True outside this machine: there, the platform is reached by HTTPS only."""
    host = urlsplit(base_url).hostname or ""
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return host != "localhost" and not host.endswith(".localhost")

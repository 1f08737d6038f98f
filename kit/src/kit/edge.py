"""The edge of a service: ids, body limit, hot routes, problems for what nobody caught, the log line."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from contracts.problem import BodyTooLarge, MalformedRequest, NotFound, Refusal, UnsupportedMediaType
from kit import errors, telemetry
from kit.bodies import readable
from kit.telemetry import Trace, log, trace_of

if TYPE_CHECKING:
    from kit.app import Service

BODY_LIMIT = 64 * 1024
#: What is longer than any browser's `Accept-Language` is cut.
LANGUAGES_LIMIT = 500
_CLOSE = (b"connection", b"close")
_HOST = "the Host header has to be there once"

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class HotRequest(NamedTuple):
    """A request as a hot route gets it: read whole, nothing parsed."""

    scope: Scope
    headers: Mapping[bytes, bytes]
    body: bytes
    trace: Trace


class Answer(NamedTuple):
    """A hot route's answer."""

    status: int
    body: bytes
    headers: Sequence[tuple[bytes, bytes]] = (
        (b"content-type", b"application/json"),
        (b"cache-control", b"no-store"),
    )


Hot = Callable[[HotRequest], Awaitable[Answer]]


class Edge:
    """The outermost layer: every request passes it on its way in, every answer on its way out."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.settings = service.settings
        self._base = service.settings.public_base_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._service.http(scope, receive, send)
            return
        began = time.perf_counter()
        headers: dict[bytes, bytes] = dict(scope["headers"])
        current = _trace_of(headers)
        telemetry.trace.set(current)
        path = scope["path"]
        out = _Out(send, current)
        try:
            _check(scope, headers)
            body = await _read(headers, receive, scope["method"])
            hot = self._hot(scope["method"], path)
            if hot is not None:
                scope["template"], answering = hot
                answer = await answering(HotRequest(scope, headers, body, current))
                await out.answer(answer.status, answer.headers, answer.body)
            else:
                await self._service.http(scope, _replay(readable(body), receive), out)
        except Refusal as refusal:
            await self._refuse(out, path, refusal)
        except _CallerLeft:
            log.debug("a caller left before the whole request was there")
        except Exception as error:  # noqa: BLE001 - the last one who can answer
            log.exception("a request failed", extra={"fields": {"route": _route(scope)}})
            if not out.began:
                await self._refuse(out, path, errors.refusal_of_fault(error))
        finally:
            self._tell(scope, out.status, time.perf_counter() - began, current)

    def _hot(self, method: str, path: str) -> tuple[str, Hot] | None:
        hot = self._service.hot.get((method, path))
        return self._service.find_hot(method, path) if hot is None else (path, hot)

    def broken(self, refusal: Refusal, scope: Scope | None) -> Answer:
        """The last answer on a connection, to what did not become a whole request."""
        headers = dict(scope["headers"]) if scope else {}
        current = _trace_of(headers)
        body = errors.render(
            refusal,
            base=self._base,
            instance=scope["path"] if scope else "/",
            request_id=current.request_id,
            accept_language=current.accept_language,
        )
        return Answer(refusal.status, body, [*_pairs(errors.headers_of(refusal), body, current), _CLOSE])

    async def _refuse(self, out: _Out, path: str, refusal: Refusal) -> None:
        body = errors.render(refusal, base=self._base, instance=path, request_id=out.trace.request_id)
        headers = errors.headers_of(refusal)
        if isinstance(refusal, BodyTooLarge):
            headers.append(_CLOSE)  # what is still to come is not waited for
        await out.answer(refusal.status, headers, body)

    def _tell(self, scope: Scope, status: int, seconds: float, current: Trace) -> None:
        route = _route(scope)
        telemetry.count_answer(route, scope["method"], status, seconds)
        if not route.startswith(("/health", "/metrics")):
            self._service.lines.add(
                scope["method"], route, status, seconds, current, scope.get("caller", "-")
            )


class _Out:
    """Sends the answer with the headers that every answer has, and remembers its status."""

    def __init__(self, send: Send, current: Trace) -> None:
        self._send = send
        self.trace = current
        self.began = False
        self.status = 499

    async def __call__(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.began, self.status = True, message["status"]
            headers = list(message.get("headers", ()))
            names = {name for name, _ in headers}
            headers += _ids(self.trace)
            if b"cache-control" not in names:
                headers.append((b"cache-control", b"no-store"))
            message = {**message, "headers": headers}
        await self._send(message)

    async def answer(self, status: int, headers: Sequence[tuple[bytes, bytes]], body: bytes) -> None:
        self.began, self.status = True, status
        pairs = _pairs(headers, body, self.trace)
        await self._send({"type": "http.response.start", "status": status, "headers": pairs})
        await self._send({"type": "http.response.body", "body": body})


def _pairs(headers: Sequence[tuple[bytes, bytes]], body: bytes, current: Trace) -> list[tuple[bytes, bytes]]:
    return [*headers, (b"content-length", str(len(body)).encode()), *_ids(current)]


def _ids(current: Trace) -> list[tuple[bytes, bytes]]:
    return [
        (b"x-request-id", current.request_id.encode()),
        (b"traceparent", current.traceparent.encode()),
    ]


def _trace_of(headers: Mapping[bytes, bytes]) -> Trace:
    return trace_of(
        _text(headers.get(b"x-request-id")),
        _text(headers.get(b"traceparent")),
        headers.get(b"accept-language", b"")[:LANGUAGES_LIMIT].decode("latin-1"),
    )


class _CallerLeft(Exception):
    """The connection ended before the whole body was there: half a request is none."""


def _check(scope: Scope, headers: Mapping[bytes, bytes]) -> None:
    """MalformedRequest unless one host is named (RFC 9112 §3.2); NotFound for a slash that is hidden."""
    if b"host" not in headers and scope["http_version"] != "1.0":
        raise MalformedRequest(_HOST)
    pairs = scope["headers"]
    if len(pairs) != len(headers) and [name for name, _ in pairs].count(b"host") > 1:
        raise MalformedRequest(_HOST)
    if b"%" in scope["raw_path"] and b"%2f" in scope["raw_path"].lower():
        raise NotFound  # decoded, it would be read as another path's


async def _read(headers: Mapping[bytes, bytes], receive: Receive, method: str) -> bytes:
    """The whole body. BodyTooLarge beyond 64 KiB, UnsupportedMediaType when it is not JSON."""
    length = headers.get(b"content-length", b"")
    if length.isdigit() and int(length) > BODY_LIMIT:
        raise BodyTooLarge
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _CallerLeft
        part = message.get("body", b"")
        parts.append(part)
        size += len(part)
        more = message.get("more_body", False)
        if size > BODY_LIMIT:
            raise BodyTooLarge
    body = parts[0] if len(parts) == 1 else b"".join(parts)
    if body and method in ("POST", "PATCH", "PUT"):
        kind = headers.get(b"content-type", b"").split(b";")[0].strip().lower()
        if kind != b"application/json" and not kind.endswith(b"+json"):
            raise UnsupportedMediaType
    return body


def _replay(body: bytes, receive: Receive) -> Receive:
    """A receive that gives the body that was read, then whatever comes (a disconnect)."""
    given = False

    async def again() -> MutableMapping[str, Any]:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _text(value: bytes | None) -> str | None:
    return value.decode("latin-1") if value is not None else None


def _route(scope: Scope) -> str:
    """The route's template, so that no id, token or query reaches a log or a metric."""
    route = scope.get("route")
    if route is not None:
        return str(getattr(route, "path", "?"))
    return str(scope.get("template", "unknown"))

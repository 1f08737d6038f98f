"""The application every service is: its parts, its background work, its health."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

from fastapi import APIRouter, FastAPI, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute, iter_route_contexts
from sqlalchemy import text
from starlette.exceptions import HTTPException
from starlette.requests import Request

from contracts.documents import document
from contracts.problem import NotFound, Refusal
from kit import errors, telemetry
from kit.described import describe_parameters
from kit.edge import Answer, Edge, Hot, HotRequest, Receive, Scope, Send
from kit.guarded import ABORT
from kit.idempotency import Idempotency, needs_key
from kit.identity import Callers, Signer, TrustedKeys, allow
from kit.listener import Listener
from kit.relay import Relay
from kit.settings import ServiceSettings
from kit.telemetry import RequestLines, log
from kit.work import Work, open_engine, passes

__all__ = [
    "ABORT",
    "Answer",
    "Edge",
    "Hot",
    "HotRequest",
    "Receive",
    "Scope",
    "Send",
    "Service",
    "described",
    "openapi_of",
]

GC_THRESHOLD = 50_000


class Service:
    """One service: its settings, database, relay, listener, routes and background work."""

    def __init__(self, settings: ServiceSettings, *, title: str, listens: bool = True) -> None:
        self.settings = settings
        self.name = settings.service
        self.engine = open_engine(settings.database_url.get_secret_value(), settings.database_pool_size)
        self.work = Work(self.engine, self.name)
        self.signer = Signer(self.name, settings.signing_key_file)
        self.trusted = TrustedKeys(settings.trusted_keys_file)
        self.callers = Callers(self.trusted)
        self.idempotency = Idempotency(self.work, settings.idempotency_secret, settings.public_base_url)
        self.relay = Relay(
            self.name,
            settings.database_url.get_secret_value(),
            settings.kafka_bootstrap,
            settings.relay_idle_ms,
        )
        self.listener = (
            Listener(self.work, settings.kafka_bootstrap, self.name, settings.kafka_instance_id)
            if listens
            else None
        )
        #: True once the process was told to end: an answer that goes on for ever ends now.
        self.leaving = False
        #: Who may read the metrics; to all others there is nothing at their address.
        self.shows_metrics_to: Callable[[Scope], bool] = lambda scope: True
        self.hot: dict[tuple[str, str], Hot] = {}
        #: Finds hot routes with something of their own in the path, by method and path: template and route.
        self.find_hot: Callable[[str, str], tuple[str, Hot] | None] = lambda method, path: None
        self._background: list[tuple[str, Callable[[], Awaitable[None]]]] = [
            ("idempotent answers", self.idempotency.forget_old)
        ]
        self._closing: list[Callable[[], Awaitable[None]]] = []
        self._ready_when: dict[str, Callable[[], bool]] = {}
        self._ever_consumed = False
        self.http = FastAPI(
            title=title, version="1", lifespan=self._lifespan, openapi_url=None, redirect_slashes=False
        )
        self.http.state.callers = self.callers
        self.http.state.service = self
        self.include(self._health(), _documents(self.name))
        self._handle_errors()
        self.lines = RequestLines(self.name)
        self.app = Edge(self)

    def include(self, *routers: APIRouter) -> None:
        """Their routes as they are: include_router() would look into every function a second time."""
        for router in routers:
            self.http.router.routes.extend(router.routes)

    def background(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        """Keep this going while the service lives; started again, with growing pauses, when it fails."""
        self._background.append((name, run))

    def at_close(self, close: Callable[[], Awaitable[None]]) -> None:
        """Call this once at the end, in reverse order."""
        self._closing.append(close)

    def ready_when(self, name: str, check: Callable[[], bool]) -> None:
        """The service is not ready before this holds."""
        self._ready_when[name] = check

    # -- life

    @asynccontextmanager
    async def _lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(self._keep_going(name, run)) for name, run in self._background]
        relay = asyncio.create_task(self._keep_going("relay", self.relay.run))
        listener = (
            asyncio.create_task(self._keep_going("listener", self.listener.run)) if self.listener else None
        )
        lines = asyncio.create_task(self._flush_lines())
        gc.collect()
        gc.freeze()
        gc.set_threshold(GC_THRESHOLD, 50, 100)
        try:
            yield
        finally:
            # What came in is finished, for that the server waited: finish what was heard, tell what was done.
            if self.listener and listener:
                self.listener.leave()
                await _end(listener, self.settings.shutdown_grace_s)
            for close in reversed(self._closing):
                try:
                    await close()
                except Exception:  # noqa: BLE001 - the rest has to be closed all the same
                    log.exception("something could not be closed; the rest is")
            self.relay.leave()
            await _end(relay, self.settings.shutdown_grace_s / 2)
            for task in tasks:
                await _end(task, 0)
            await _end(lines, 0)
            self.lines.flush()
            await self.engine.dispose()

    async def _keep_going(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        pause = 0.2
        while True:
            began = time.monotonic()
            try:
                await run()
                return
            except Exception as error:  # noqa: BLE001 - whatever it was: started again, and told
                # A bug is told with its place, what passes in a line.
                bug = None if passes(error) else error
                log.warning(
                    "%s failed and is started again: %s", name, telemetry.words_of(error), exc_info=bug
                )
            pause = 0.2 if time.monotonic() - began > 60 else min(pause * 2, 5.0)
            await asyncio.sleep(pause)

    async def _flush_lines(self) -> None:
        while True:
            await asyncio.sleep(0.5)
            self.lines.flush()

    # -- health

    def _health(self) -> APIRouter:
        router = APIRouter(include_in_schema=False)

        @router.get("/health/live")
        async def live() -> dict[str, str]:
            return {"status": "live"}

        @router.get("/health/ready")
        async def ready(response: Response) -> dict[str, str]:
            parts = await self._parts()
            first = parts["messages"] != "ok" and not self._ever_consumed
            good = (
                parts["database"] == "ok"
                and not first
                and all(check() for check in self._ready_when.values())
            )
            response.status_code = 200 if good else 503
            return {"status": "ready" if good else "not ready", **parts}

        @router.get("/metrics")
        async def metrics(request: Request) -> Response:
            if not self.shows_metrics_to(request.scope):
                raise NotFound
            return Response(telemetry.metrics_text(), media_type="text/plain; version=0.0.4")

        return router

    async def _parts(self) -> dict[str, str]:
        """Whether the database answers and messages are consumed.

        A broker that goes away later does not make a service unready: it goes on with what it last heard.
        """
        parts = {name: "ok" if check() else "not yet" for name, check in self._ready_when.items()}
        try:
            async with asyncio.timeout(2), self.work.read() as conn:
                await conn.execute(text("SELECT 1"))
            parts["database"] = "ok"
        except Exception as error:  # noqa: BLE001 - an answer is what is looked for
            log.warning("the database does not answer: %s", telemetry.words_of(error))
            parts["database"] = "does not answer"
        consuming = self.listener is None or self.listener.consuming
        self._ever_consumed = self._ever_consumed or consuming
        parts["messages"] = "ok" if consuming else "not consumed"
        return parts

    # -- errors of FastAPI's routes

    def _handle_errors(self) -> None:
        @self.http.exception_handler(Refusal)
        async def refused(request: Request, refusal: Refusal) -> Response:
            return self._problem(request, refusal)

        @self.http.exception_handler(RequestValidationError)
        async def invalid(request: Request, error: RequestValidationError) -> Response:
            return self._problem(request, errors.refusal_of(error.errors()))

        @self.http.exception_handler(Exception)
        async def failed(request: Request, error: Exception) -> Response:
            # Starlette raises it again after this answer: the edge logs it.
            return self._problem(request, errors.refusal_of_fault(error))

        @self.http.exception_handler(HTTPException)
        async def plain(request: Request, error: HTTPException) -> Response:
            response = self._problem(request, errors.refusal_of_status(error.status_code))
            if error.headers and "allow" in {name.lower() for name in error.headers}:
                response.headers["allow"] = error.headers.get("Allow") or error.headers["allow"]
            return response

    def _problem(self, request: Request, refusal: Refusal) -> Response:
        body = errors.render(
            refusal,
            base=self.settings.public_base_url,
            instance=request.url.path,
            request_id=telemetry.trace.get().request_id,
        )
        response = Response(body, refusal.status)
        for name, value in errors.headers_of(refusal):
            response.headers[name.decode()] = value.decode()
        return response


@cache
def _documents(service: str) -> APIRouter:
    """What this process says on the broker, and the schemas it says it in."""
    router = APIRouter(include_in_schema=False)

    @router.get("/asyncapi.json")
    async def asyncapi() -> Response:
        return _committed(f"asyncapi/{service}.json")

    @router.get("/schemas/{name}")
    async def schema(name: str) -> Response:
        return _committed(f"schemas/{name}")

    return router


def _committed(path: str) -> Response:
    content = document(path)
    if content is None:
        raise NotFound
    return Response(content, media_type="application/json")


async def _end(task: asyncio.Task[Any], grace_s: float) -> None:
    """Wait this long for a task, then end it."""
    if grace_s:
        await asyncio.wait([task], timeout=grace_s)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def openapi_of(service: Service) -> dict[str, Any]:
    """The service's OpenAPI document without internal routes; each operation tells its `x-callers`."""
    return described(service.http)


def described(http: FastAPI) -> dict[str, Any]:
    document = http.openapi()
    for route in iter_route_contexts(http.routes):
        if not isinstance(route.original_route, APIRoute) or not route.include_in_schema:
            continue
        calls = [dependency.call for dependency in route.dependant.dependencies]
        for method in route.methods or ():
            operation = document["paths"][route.path_format][method.lower()]
            for call in calls:
                if isinstance(call, allow):
                    operation["x-callers"] = list(call.roles)
            describe_parameters(operation, needs_key=needs_key in calls)
    document["paths"] = {
        path: item for path, item in document["paths"].items() if not path.startswith("/internal")
    }
    return document

"""Asking several services at once, and making one list of what they say."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable, Mapping
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Depends, Query, Request

from contracts.problem import UpstreamUnavailable, said
from gateway.clients import Client, Pairs, Reply
from kit.cursors import id_in
from kit.identity import Signer
from kit.telemetry import trace
from kit.work import Work

Rows = list[dict[str, Any]]


class Services:
    """The services, asked in the gateway's own name or in a caller's, and what the gateway itself keeps."""

    def __init__(
        self, clients: Mapping[str, Client], signer: Signer, work: Work, report_timeout_s: float
    ) -> None:
        self._clients = clients
        self._signer = signer
        self.work = work
        self._report_timeout_s = report_timeout_s

    async def read(self, service: str, path: str, **asked: Any) -> Any | None:
        """The JSON at this path; None for a 404. UpstreamUnavailable for anything but 200."""
        current = trace.get()
        headers = [
            (b"authorization", b"Bearer " + self._signer.internal().encode()),
            (b"x-request-id", current.request_id.encode()),
            (b"traceparent", current.traceparent.encode()),
        ]
        query = urlencode({name: value for name, value in asked.items() if value is not None}, doseq=True)
        target = f"{path}?{query}" if query else path
        reply = await self._clients[service].ask("GET", target, headers, safe_to_repeat=True)
        if reply.status == 404:
            return None
        if reply.status != 200:
            raise UpstreamUnavailable(
                said("{service} answered {status}", service=service, status=reply.status)
            )
        return reply.json()

    async def rows(self, service: str, path: str, **asked: Any) -> Rows:
        """The same, of a list that every service has: one that says it has none is not what we know."""
        found = await self.read(service, path, **asked)
        if found is None:
            raise UpstreamUnavailable(said("{service} answered {status}", service=service, status=404))
        rows: Rows = found
        return rows

    async def report(self, service: str, target: str, headers: Pairs) -> Reply:
        """Whatever it answers, to whom these headers name; it may take as long as a report does."""
        return await self._clients[service].ask(
            "GET", target, headers, safe_to_repeat=True, timeout_s=self._report_timeout_s
        )

    async def post(self, service: str, path: str, headers: Pairs) -> Reply:
        """Whatever it answers, to whom these headers name."""
        return await self._clients[service].ask("POST", path, headers)


async def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


TheServices = Annotated[Services, Depends(_services)]


async def newest(parts: Mapping[str, Awaitable[Rows]], limit: int) -> tuple[Rows, UUID | None]:
    """One page of all parts' rows, newest first, each with its `service`; the id to go on before.

    Each part gives one row more than the page holds, newest first. UpstreamUnavailable when one cannot: a
    page that passes its rows over would never be told from a whole one.
    """
    given = await asyncio.gather(*parts.values())
    found = [{"service": service, **row} for service, rows in zip(parts, given, strict=True) for row in rows]
    # Ids are UUIDv7 in their one canonical writing: in the order of time, over all services.
    found.sort(key=lambda row: row["id"], reverse=True)
    page = found[:limit]
    return page, UUID(page[-1]["id"]) if len(found) > limit else None


async def first(parts: Iterable[Awaitable[Any | None]]) -> Any | None:
    """What one of them has; None when none has. UpstreamUnavailable when it may be one without an answer."""
    given = await asyncio.gather(*parts, return_exceptions=True)
    for found in given:
        if found is not None and not isinstance(found, BaseException):
            return found
    for error in given:
        if isinstance(error, BaseException):
            raise error
    return None


# -- pages

Limit = Annotated[int, Query(ge=1, le=100, description="How many at most")]


async def _before(
    cursor: Annotated[
        str | None, Query(description="`next_cursor` of the page before", max_length=64)
    ] = None,
) -> UUID | None:
    return id_in(cursor)


#: The id that a page's rows come before; None for the first page.
Before = Annotated[UUID | None, Depends(_before)]

"""What people and tools read at the door: the API document, its pages, and a page for each problem."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import Annotated

import msgspec
from fastapi import APIRouter, Header, Response

from contracts.problem import CODES, NotFound
from gateway.edge.logo import logo
from gateway.edge.merging import merged
from gateway.edge.problem_words import problem_page, problems_page
from gateway.edge.routes import Documents
from gateway.edge.sheet import STYLE, sheet
from gateway.settings import GatewaySettings
from kit.languages import language_of

_HTML = "text/html; charset=utf-8"
#: Google reads this before it calls: a path that its robot may not reach gets no callback.
ROBOTS = """User-agent: Googlebot
Allow: /api/v1/loyalty/google/
Disallow: /api/

User-agent: *
Allow: /api/v1/loyalty/google/
Disallow: /api/
"""
#: These show no data: they may be kept for a while.
_KEPT = {"cache-control": "public, max-age=300"}
_PAGE = {
    **_KEPT,
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


def router(settings: GatewaySettings, documents: Documents) -> APIRouter:
    """The pages; `/openapi.json` and `/docs` only where they are switched on."""
    routes = APIRouter(include_in_schema=False)
    front = {"name": "Punchcard", "health": "/health/ready"}
    if settings.docs_enabled:
        _add_docs(routes, settings, documents)
        front |= {"openapi": "/openapi.json", "docs": "/docs"}

    @routes.get("/")
    async def front_door() -> dict[str, str]:
        return front

    @routes.get("/robots.txt")
    async def robots() -> Response:
        return Response(ROBOTS, media_type="text/plain; charset=utf-8", headers=_KEPT)

    @routes.get("/logo.png")
    async def drawn_logo() -> Response:
        return Response(await asyncio.to_thread(logo), media_type="image/png", headers=_KEPT)

    @routes.get("/style.css")
    async def style() -> Response:
        return Response(STYLE, media_type="text/css", headers=_KEPT)

    @routes.get("/problems")
    async def problems(lang: str | None = None, accept_language: Annotated[str, Header()] = "") -> Response:
        language = language_of(accept_language if lang is None else lang)
        headers = {**_PAGE, "content-language": language, "vary": "Accept-Language"}
        return Response(problems_page(language), media_type=_HTML, headers=headers)

    @routes.get("/problems/{code}")
    async def problem(
        code: str, lang: str | None = None, accept_language: Annotated[str, Header()] = ""
    ) -> Response:
        if code not in CODES:
            raise NotFound
        language = language_of(accept_language if lang is None else lang)
        headers = {**_PAGE, "content-language": language, "vary": "Accept-Language"}
        return Response(problem_page(code, language), media_type=_HTML, headers=headers)

    return routes


@lru_cache(maxsize=4)
def _written(documents: bytes, public_base_url: str) -> tuple[bytes, str]:
    """The document and its page. Many gateways of one process, as in tests, tell the same."""
    document = merged(msgspec.json.decode(documents), public_base_url)
    return msgspec.json.encode(document), sheet(document)


def _add_docs(routes: APIRouter, settings: GatewaySettings, documents: Documents) -> None:
    encoded, html = _written(msgspec.json.encode(documents), settings.public_base_url)

    @routes.get("/openapi.json")
    async def openapi() -> Response:
        return Response(encoded, media_type="application/json", headers=_KEPT)

    @routes.get("/docs")
    async def docs() -> Response:
        return Response(html, media_type=_HTML, headers=_PAGE)

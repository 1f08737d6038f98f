"""What people and tools read at the door: the API document, its pages, and a page for each problem."""

from __future__ import annotations

from html import escape

import msgspec
from fastapi import APIRouter, Response

from contracts.problem import CODES, NotFound
from gateway.edge.merging import merged
from gateway.edge.problem_words import WORDS
from gateway.edge.routes import Documents
from gateway.edge.sheet import STYLE, page, sheet
from gateway.settings import GatewaySettings

_HTML = "text/html; charset=utf-8"
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

    @routes.get("/style.css")
    async def style() -> Response:
        return Response(STYLE, media_type="text/css", headers=_KEPT)

    @routes.get("/problems/{code}")
    async def problem(code: str) -> Response:
        if code not in CODES:
            raise NotFound
        return Response(problem_page(code), media_type=_HTML, headers=_PAGE)

    return routes


def _add_docs(routes: APIRouter, settings: GatewaySettings, documents: Documents) -> None:
    document = merged(documents, settings.public_base_url)
    encoded, html = msgspec.json.encode(document), sheet(document)

    @routes.get("/openapi.json")
    async def openapi() -> Response:
        return Response(encoded, media_type="application/json", headers=_KEPT)

    @routes.get("/docs")
    async def docs() -> Response:
        return Response(html, media_type=_HTML, headers=_PAGE)


def problem_page(code: str) -> str:
    """What a problem means and what to do."""
    kind, (meaning, remedy) = CODES[code], WORDS[code]
    again = (
        "The same request may succeed later." if kind.retryable else "The same request will be refused again."
    )
    return page(
        kind.title,
        f"<h1>{escape(kind.title)}</h1>"
        f"<p><code>{escape(code)}</code> · status {kind.status}</p>"
        f"<h2>What it means</h2><p>{escape(meaning)}</p>"
        f"<h2>What to do</h2><p>{escape(remedy)}</p>"
        f"<p>{again}</p>",
    )

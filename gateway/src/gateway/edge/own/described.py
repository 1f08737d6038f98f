"""What OpenAPI says of the problems of the gateway's own operations."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from contracts.problem import Forbidden, Refusal, Unauthenticated, UpstreamUnavailable, ValidationFailed

_ALWAYS: tuple[type[Refusal], ...] = (Unauthenticated, Forbidden, ValidationFailed, UpstreamUnavailable)


def problems(*kinds: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """The `responses` of an operation that may refuse so, besides what every one may."""
    by_status: dict[int, list[type[Refusal]]] = defaultdict(list)
    for kind in (*_ALWAYS, *kinds):
        by_status[kind.status].append(kind)
    return {status: _response(found) for status, found in sorted(by_status.items())}


def _response(kinds: list[type[Refusal]]) -> dict[str, Any]:
    examples = {kind.code: {"value": _example(kind)} for kind in kinds}
    return {
        "description": "; ".join(f"`{kind.code}`: {kind.title}" for kind in kinds),
        "content": {"application/problem+json": {"examples": examples}},
    }


def _example(kind: type[Refusal]) -> dict[str, Any]:
    refusal = kind.of("limit", "too-large", "is too large") if issubclass(kind, ValidationFailed) else kind()
    return refusal.problem(
        base="https://loyalty.example",
        instance="/api/v1/…",
        request_id="0197c1c2-7b1a-7e11-9d5c-3a8c6f1f0a01",
    )

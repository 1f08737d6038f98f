"""What OpenAPI says of the problems of the gateway's own operations."""

from __future__ import annotations

from typing import Any

from contracts.problem import Forbidden, Refusal, Unauthenticated, UpstreamUnavailable, ValidationFailed
from kit import described

_ALWAYS: tuple[type[Refusal], ...] = (Unauthenticated, Forbidden, ValidationFailed, UpstreamUnavailable)


def problems(*kinds: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """The `responses` of an operation that may refuse so, besides what every one may."""
    return described.problems(*_ALWAYS, *kinds)

"""Where a request goes: the services' OpenAPI documents as one table of path templates and methods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

METHODS = ("get", "post", "put", "patch", "delete")
PREFIX = "/api/v1/"
#: Whose operations the gateway answers itself.
OWN = "gateway"

#: A service's OpenAPI document, by the service's name.
Documents = Mapping[str, Mapping[str, Any]]


class Route(NamedTuple):
    """One operation. `path` is its template, which logs and metrics show."""

    service: str
    method: str
    path: str
    callers: frozenset[str]
    needs_key: bool = False
    #: Where cards are in the answer that need the ledger's view: a member, or "" for the whole.
    cards_in: str | None = None
    #: The same of rewards, whose stock the ledger counts.
    rewards_in: str | None = None
    #: The same of programs in a list, whose figures the ledger counts.
    programs_in: str | None = None
    #: The answer is the ledger's part of the card that the path without its last segment names.
    is_part_of_card: bool = False
    #: The caller's `Authorization` proves something to the service itself, and goes on as it came.
    hands_on_authorization: bool = False

    @property
    def is_report(self) -> bool:
        """True for what may take longer than all else."""
        return "/reports/" in self.path

    @property
    def may_be_repeated(self) -> bool:
        """True where a second request has the effect of one."""
        safe = self.method in ("GET", "HEAD")
        return safe or self.needs_key or self.is_part_of_card or self.hands_on_authorization

    @property
    def for_everyone(self) -> bool:
        """True when nobody has to say who they are."""
        return "public" in self.callers


class _Node:
    def __init__(self) -> None:
        self.literal: dict[str, _Node] = {}
        self.any: _Node | None = None
        self.methods: dict[str, Route] = {}


class RouteTable:
    """Finds the routes of a path: literal segments before templated ones."""

    def __init__(self, routes: Iterator[Route]) -> None:
        self._root = _Node()
        for route in routes:
            self._add(route)

    def at(self, path: str) -> Mapping[str, Route]:
        """The routes at this path by method; empty when nothing is there."""
        segments = path.split("/")[1:]
        if any(segment in ("", ".", "..") for segment in segments):
            # Nothing of ours has such a segment, and a service might read it as another path.
            return {}
        return _find(self._root, segments, 0)

    def _add(self, route: Route) -> None:
        node = self._root
        for segment in route.path.split("/")[1:]:
            if segment.startswith("{"):
                node.any = node.any or _Node()
                node = node.any
            else:
                node = node.literal.setdefault(segment, _Node())
        other = node.methods.get(route.method)
        if other is not None:
            raise ValueError(
                f"{route.method} {route.path} is claimed by {other.service} and by {route.service}"
            )
        node.methods[route.method] = route


def _find(node: _Node, segments: list[str], place: int) -> Mapping[str, Route]:
    if place == len(segments):
        return node.methods
    child = node.literal.get(segments[place])
    found = _find(child, segments, place + 1) if child else {}
    if not found and node.any is not None:
        found = _find(node.any, segments, place + 1)
    return found


def routes_of(documents: Documents) -> Iterator[Route]:
    """Every public operation of these documents. ValueError for one that does not say who may call it."""
    for service, document in documents.items():
        for path, item in document["paths"].items():
            for method in METHODS:
                if method in item:
                    yield _route(service, method.upper(), path, item[method])


def _route(service: str, method: str, path: str, operation: Mapping[str, Any]) -> Route:
    if not path.startswith(PREFIX):
        raise ValueError(f"{service}: {path} is outside {PREFIX}")
    callers = operation.get("x-callers")
    if not callers:
        raise ValueError(f"{service}: {method} {path} does not say who may call it")
    keys = [
        p
        for p in operation.get("parameters", ())
        if p["in"] == "header" and p["name"].lower() == "idempotency-key"
    ]
    compose = operation.get("x-compose", {})
    return Route(
        service,
        method,
        path,
        frozenset(callers),
        needs_key=any(key.get("required", False) for key in keys),
        cards_in=compose.get("card", compose.get("cards")),
        rewards_in=compose.get("reward", compose.get("rewards")),
        programs_in=compose.get("programs"),
        is_part_of_card=operation.get("x-card", False),
        hands_on_authorization=operation.get("x-hands-on-authorization", False),
    )

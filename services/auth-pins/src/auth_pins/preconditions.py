"""ETags: a thing's version, quoted; who changes a thing names the one they read."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fastapi import Depends, Header

from contracts.problem import PreconditionFailed, PreconditionRequired


def etag(version: int) -> str:
    """The ETag of this version."""
    return f'"{version}"'


class Expected(NamedTuple):
    """What `If-Match` named."""

    tags: frozenset[str]

    def check(self, version: int) -> None:
        """PreconditionFailed when the thing has another version by now. Call it while the thing is held."""
        if "*" not in self.tags and etag(version) not in self.tags:
            raise PreconditionFailed


def _required(
    if_match: Annotated[str | None, Header(description="The ETag that was read")] = None,
) -> Expected:
    if not if_match:
        raise PreconditionRequired
    return Expected(frozenset(tag.strip() for tag in if_match.split(",")))


#: The request's `If-Match`; PreconditionRequired without.
IfMatch = Annotated[Expected, Depends(_required)]

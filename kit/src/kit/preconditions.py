"""ETags: a thing's version, quoted; who changes a thing names those they read (RFC 9110, If-Match)."""

from __future__ import annotations

import re
from typing import Annotated, NamedTuple

from fastapi import Depends, Header

from contracts.problem import PreconditionFailed, PreconditionRequired

_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e]*)"')


def etag(version: int) -> str:
    """The ETag of this version."""
    return f'"{version}"'


class Expected(NamedTuple):
    """What `If-Match` named: versions, or None where any will do."""

    versions: frozenset[int] | None

    def check(self, version: int) -> None:
        """PreconditionFailed when the thing has another version by now. Call it while the thing is held."""
        if self.versions is not None and version not in self.versions:
            raise PreconditionFailed


def expected(if_match: str | None) -> Expected:
    """What this header names. PreconditionRequired without; a tag none of ours is another version's."""
    if not if_match:
        raise PreconditionRequired
    if if_match.strip() == "*":
        return Expected(None)
    # A weak tag never matches: what is compared must be the same to the last byte.
    strong = [value for weak, value in _TAG.findall(if_match) if not weak]
    return Expected(frozenset(int(value) for value in strong if re.fullmatch(r"[1-9][0-9]{0,17}", value)))


async def _expected(
    if_match: Annotated[str | None, Header(description="The ETag that was read")] = None,
) -> Expected:
    return expected(if_match)


#: The request's `If-Match`.
IfMatch = Annotated[Expected, Depends(_expected)]

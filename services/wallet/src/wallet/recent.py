"""A card's last transactions as its pass holds them: short texts, newest first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

KEPT = 5


class Recent(NamedTuple):
    """What a pass tells of one transaction."""

    sequence: int
    at: datetime
    type: str
    stamps: int
    points: int


def written(sequence: int, at: datetime, kind: str, stamps: int, points: int) -> str:
    """As it is kept."""
    return f"{sequence} {int(at.timestamp())} {kind} {stamps} {points}"


def read(kept: Iterable[str]) -> list[Recent]:
    """Newest first, each once: a transaction that was heard twice may be kept twice."""
    found = {one.sequence: one for one in map(_read, kept)}
    return [found[sequence] for sequence in sorted(found, reverse=True)][:KEPT]


def same(kept: Iterable[str], told: Iterable[str]) -> bool:
    """Whether both tell the same; what cannot be read, nobody wrote."""
    try:
        return read(kept) == read(told)
    except ValueError:
        return False


def _read(text: str) -> Recent:
    sequence, at, kind, stamps, points = text.split(" ")
    return Recent(int(sequence), datetime.fromtimestamp(int(at), UTC), kind, int(stamps), int(points))

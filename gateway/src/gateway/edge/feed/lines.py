"""How the feed is written: server-sent events, as HTML's standard has them."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.edge.feed.window import Row

RETRY_MS = 2000


def opening(number: int) -> bytes:
    """Says where the reader stands, so that one that is cut off before the first event misses nothing."""
    return b"retry: %d\n: listening\nid: %d\n\n" % (RETRY_MS, number)


def reset(number: int) -> bytes:
    """What came before cannot be given any more: read anew what you show."""
    return b"retry: %d\nevent: reset\nid: %d\ndata: {}\n\n" % (RETRY_MS, number)


def heartbeat(number: int | None) -> bytes:
    """A comment; with a number, a reader to whom nothing is told stays within the window."""
    return b": heartbeat\n\n" if number is None else b": heartbeat\nid: %d\n\n" % number


def events(rows: Iterable[Row]) -> bytes:
    """One event each."""
    return b"".join(b"id: %d\nevent: transaction\ndata: %s\n\n" % (row.number, row.data) for row in rows)

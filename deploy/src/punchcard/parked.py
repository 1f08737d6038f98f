"""Events that a service could not apply: listed, tried again, or discarded, as a person decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from kit.parked import BECOMES, OPEN
from punchcard.databases import with_database
from punchcard.home import Home
from punchcard.problems import WrongUsage
from punchcard.reach import postgres_of
from punchcard.services import ServiceKind

__all__ = ["OPEN", "ParkedEvent", "databases_of", "discard", "listed", "retry"]


class ParkedEvent(NamedTuple):
    """One row of a service's `parked_events`."""

    service: str
    id: UUID
    topic: str
    key: str
    state: str
    reason: str
    tries: int
    parked_at: datetime


@contextmanager
def databases_of(home: Home, kinds: Sequence[ServiceKind]) -> Iterator[dict[str, str]]:
    """Service and URL of the platform in this directory."""
    with postgres_of(home) as superuser:
        yield {kind.name: with_database(superuser, kind.package) for kind in kinds}


def listed(urls: dict[str, str], *, all_states: bool = False, limit: int = 200) -> list[ParkedEvent]:
    """The open ones of these databases, oldest first; with `all_states` those done with too."""
    found = []
    for service, url in urls.items():
        with psycopg.connect(url, row_factory=class_row(ParkedEvent)) as connection:
            found += connection.execute(
                "SELECT %(service)s::text AS service, id, topic, key, state, reason, tries, parked_at"
                " FROM parked_events WHERE %(all)s OR state = ANY(%(open)s) ORDER BY id LIMIT %(limit)s",
                {"service": service, "all": all_states, "open": list(OPEN), "limit": limit},
            ).fetchall()
    return sorted(found, key=lambda event: event.id)[:limit]


def retry(urls: dict[str, str], event_id: UUID) -> ParkedEvent:
    """The service takes it again within about a second, and after it what queued behind it."""
    return _decide(urls, event_id, f"state = '{BECOMES['retry']}', ended_at = NULL")


def discard(urls: dict[str, str], event_id: UUID) -> ParkedEvent:
    """It is never applied; what queued behind it goes on."""
    return _decide(urls, event_id, f"state = '{BECOMES['discard']}', ended_at = now()")


def _decide(urls: dict[str, str], event_id: UUID, change: str) -> ParkedEvent:
    for service, url in urls.items():
        with psycopg.connect(url, row_factory=class_row(ParkedEvent)) as connection:
            # Only one that is parked: those behind it follow by themselves, and one told to retry is at work.
            row = connection.execute(
                f"UPDATE parked_events SET {change} WHERE id = %(id)s AND state = 'parked'"  # noqa: S608 - ours
                " RETURNING %(service)s::text AS service, id, topic, key, state, reason, tries, parked_at",
                {"id": event_id, "service": service},
            ).fetchone()
        if row is not None:
            return row
    raise WrongUsage(f"No service has a parked event {event_id}; `punchcard parked list` shows them.")

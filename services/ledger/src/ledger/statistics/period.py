"""The days that a report is asked for: the merchant's, both included."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from contracts.problem import ValidationFailed

DEFAULT_DAYS, MOST_DAYS = 30, 400


class Period(NamedTuple):
    first: date
    last: date


def period(first: date | None, last: date | None, today: date) -> Period:
    """The last 30 days unless others are named. ValidationFailed when in the wrong order, or too many."""
    last = last or today
    if first is None:
        # The first days that there are have no 30 days before them.
        first = last - min(timedelta(days=DEFAULT_DAYS - 1), last - date.min)
    if first > last:
        raise ValidationFailed.of("from", "not-allowed", "is after the last day")
    if (last - first).days >= MOST_DAYS:
        raise ValidationFailed.of("from", "too-small", f"a report covers at most {MOST_DAYS} days")
    return Period(first, last)

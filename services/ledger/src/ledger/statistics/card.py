"""One card as statistics keep it, and which cells it stands in: a function of the card alone.

So it does not matter which of the two topics was heard first: what a card was counted as is taken out of its
cells, and what it is now is put in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ledger.statistics.calendar import Calendar, first_of, month_of
from ledger.statistics.cells import NONE, Counters, Id

HOUR_S = 3600
#: Months of activity are kept as bits, the first one this long before the account was opened (imports).
MONTHS_BEFORE, MONTHS_KEPT = 12, 31
#: A cohort is followed for so many months after the one of enrolment.
COHORT_MONTHS = 12


@dataclass(slots=True)
class Card:
    """`version` is the card's own, 0 before its state was heard; `sequence` is the last row's."""

    id: Id
    merchant_id: Id
    program_id: Id
    store_id: Id = NONE
    version: int = 0
    sequence: int = 0
    is_live: bool = False
    is_active: bool = True
    stamps: int = 0
    points: int = 0
    enrolled_at: datetime | None = None
    opened_at: datetime | None = None
    last_at: datetime | None = None
    months: int = 0
    #: Days of the last activity with their stores, so that a card counts once a day and store.
    recent: bytes = b""

    def copy(self) -> Card:
        """Another one that is the same; several times as quick as `dataclasses.replace`."""
        return Card(
            self.id,
            self.merchant_id,
            self.program_id,
            self.store_id,
            self.version,
            self.sequence,
            self.is_live,
            self.is_active,
            self.stamps,
            self.points,
            self.enrolled_at,
            self.opened_at,
            self.last_at,
            self.months,
            self.recent,
        )

    def mark_month(self, month: int, calendar: Calendar) -> None:
        """The card was active in this month."""
        assert self.opened_at is not None, "the first row opens the account"
        bit = month - month_of(calendar.day(self.opened_at)) + MONTHS_BEFORE
        if 0 <= bit < MONTHS_KEPT:
            self.months |= 1 << bit


def hour_of(at: datetime) -> int:
    """Whole UTC hours since 1970."""
    return int(at.timestamp()) // HOUR_S


def recount(before: Card | None, card: Card, calendar: Calendar, counters: Counters) -> None:
    """Take the card out of the cells it stood in, and put it into those it stands in now."""
    if before is None or before.version != card.version:
        parts = (_count_state, _count_cohort, _count_age, _count_hour)
    else:
        # A card that only moved stays where it enrolled, and mostly in its month and hour too.
        parts = (
            *((_count_state,) if before.is_active != card.is_active else ()),
            *((_count_cohort,) if before.months != card.months else ()),
            _count_age,
            *(() if _same_hour(before.last_at, card.last_at) else (_count_hour,)),
        )
    for part in parts:
        if before is not None:
            part(before, calendar, counters, -1)
        part(card, calendar, counters, 1)


def _same_hour(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and other is not None and hour_of(one) == hour_of(other)


def _count_state(card: Card, calendar: Calendar, counters: Counters, sign: int) -> None:
    if card.enrolled_at is None:
        return
    place = (card.program_id, card.store_id)
    if card.is_live:
        totals = counters.totals.at(place)
        totals[0] += sign
        totals[1] += sign if card.is_active else 0
    hour, day = hour_of(card.enrolled_at), calendar.day(card.enrolled_at)
    counters.hours.at((*place, hour))[0] += sign
    counters.hours.at((NONE, NONE, hour))[0] += sign
    counters.days.at((*place, day))[0] += sign


def _count_age(card: Card, calendar: Calendar, counters: Counters, sign: int) -> None:
    if card.opened_at is None:
        return
    place = (card.program_id, card.store_id)
    totals = counters.totals.at(place)
    totals[2] += sign * card.stamps
    totals[3] += sign * card.points
    ages = counters.ages.at((*place, calendar.day(card.last_at or card.opened_at)))
    ages[0] += sign
    ages[1] += sign * card.stamps
    ages[2] += sign * card.points


def _count_hour(card: Card, calendar: Calendar, counters: Counters, sign: int) -> None:
    if card.last_at is not None:
        hour = hour_of(card.last_at)
        counters.hours.at((card.program_id, card.store_id, hour))[2] += sign
        counters.hours.at((NONE, NONE, hour))[2] += sign


def _count_cohort(card: Card, calendar: Calendar, counters: Counters, sign: int) -> None:
    if card.enrolled_at is None:
        return
    enrolled = month_of(calendar.day(card.enrolled_at))
    place = (card.program_id, card.store_id, first_of(enrolled))
    counters.cohorts.at((*place, -1))[0] += sign
    if not card.months or card.opened_at is None:
        return
    first = month_of(calendar.day(card.opened_at)) - MONTHS_BEFORE
    for nth in range(COHORT_MONTHS + 1):
        bit = enrolled + nth - first
        if bit >= 0 and card.months >> bit & 1:
            counters.cohorts.at((*place, nth))[0] += sign

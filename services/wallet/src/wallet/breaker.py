"""The rule of the circuit breaker: when a provider is left alone, and when it is asked again.

And of the alarm: since when it refuses our identity.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from wallet.domain import Delivered, Never, NotNow, Outcome

State = Literal["closed", "open", "half-open"]

#: So many of its faults in a row, over all replicas, and a provider is left alone.
OPENS_AFTER = 10
#: How long it is left alone; each trial that fails doubles it. What it asks for itself counts up to the last.
FIRST_REST_S, LONGEST_REST_S, LONGEST_WISH_S = 2.0, 30.0, 900.0
#: Passes that go out to learn whether it is back: one of them alone may be a bad one.
PROBES = 3
#: Trials that nobody told the end of are made again after this time.
PROBE_S = 20.0


@dataclass(frozen=True)
class Breaker:
    """One provider's. `opened_at` is None while it is closed; nothing is claimed before `open_until`."""

    faults: int = 0
    rests: int = 0
    opened_at: datetime | None = None
    open_until: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.opened_at is not None

    def state(self, now: datetime) -> State:
        """`half-open`: the next passes that are due are its trial."""
        if self.open_until is None:
            return "closed"
        return "open" if now < self.open_until else "half-open"


def after(breaker: Breaker, outcomes: Iterable[Outcome], now: datetime) -> Breaker:
    """What these outcomes, in the order in which they came, make of it."""
    for outcome in outcomes:
        if is_fault(outcome):
            breaker = _after_fault(breaker, outcome, now)
        elif _is_answer(outcome):
            breaker = Breaker()
    return breaker


def refused_since(since: datetime | None, outcomes: Iterable[Outcome], now: datetime) -> datetime | None:
    """Since when our identity is refused, after these outcomes; the next state that is taken ends it."""
    for outcome in outcomes:
        if refuses_us(outcome):
            since = since or now
        elif took(outcome):
            since = None
    return since


def refuses_us(outcome: Outcome) -> bool:
    return isinstance(outcome, NotNow | Never) and outcome.refuses_us


def took(outcome: Outcome) -> bool:
    """The provider was asked, and took what it was given."""
    return isinstance(outcome, Delivered) and not outcome.unasked


def _is_answer(outcome: Outcome) -> bool:
    return took(outcome) or isinstance(outcome, Never)


def is_fault(outcome: Outcome) -> bool:
    """The provider did not do its part; a refusal is an answer, a wait of our own making tells nothing."""
    return isinstance(outcome, NotNow) and outcome.of_provider


def _after_fault(breaker: Breaker, outcome: Outcome, now: datetime) -> Breaker:
    counted = replace(breaker, faults=breaker.faults + 1)
    if breaker.state(now) == "open" or counted.faults < OPENS_AFTER:
        return counted
    wish = min(outcome.wait_s, LONGEST_WISH_S) if isinstance(outcome, NotNow) else 0.0
    rest = max(wish, min(FIRST_REST_S * 2.0 ** min(breaker.rests, 20), LONGEST_REST_S))
    until = now + timedelta(seconds=rest)
    return replace(counted, rests=breaker.rests + 1, opened_at=breaker.opened_at or now, open_until=until)

"""When a provider is left alone, and when it is asked again: the rule."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from wallet.breaker import LONGEST_REST_S, OPENS_AFTER, Breaker, after, refused_since
from wallet.domain import Delivered, Never, NotNow

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DOWN = NotNow("down")


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def opened() -> Breaker:
    return after(Breaker(), [DOWN] * OPENS_AFTER, NOON)


def test_a_few_faults_leave_it_closed_and_a_success_forgets_them():
    few = after(Breaker(), [DOWN] * (OPENS_AFTER - 1), NOON)

    assert few.state(NOON) == "closed"
    assert after(few, [Delivered(), *[DOWN] * (OPENS_AFTER - 1)], NOON).state(NOON) == "closed"


def test_so_many_faults_in_a_row_open_it_until_its_rest_is_over():
    breaker = opened()

    assert breaker.state(NOON) == "open"
    assert breaker.state(later(1.9)) == "open"
    assert breaker.state(later(2.0)) == "half-open"
    assert breaker.opened_at == NOON


def test_a_refusal_is_an_answer_and_closes_it():
    assert after(opened(), [Never("not-acceptable")], later(3)) == Breaker()


def test_a_pass_for_which_nothing_had_to_be_sent_neither_opens_nor_closes_it():
    unasked = Delivered(unasked=True)

    assert after(opened(), [unasked], later(3)) == opened()
    assert after(Breaker(), [*[DOWN] * (OPENS_AFTER - 1), unasked, DOWN], NOON).state(NOON) == "open"


def test_our_identity_is_refused_from_the_first_refusal_on_until_something_is_taken():
    refused = NotNow("403 forbidden", refuses_us=True)

    assert refused_since(None, [refused, DOWN, Delivered(unasked=True)], NOON) == NOON
    assert refused_since(NOON, [Never("Forbidden", refuses_us=True)], later(9)) == NOON
    assert refused_since(NOON, [Never("BadDeviceToken")], later(9)) == NOON
    assert refused_since(NOON, [Delivered()], later(9)) is None
    assert refused_since(NOON, [Delivered(), refused], later(9)) == later(9)


def test_a_wait_of_our_own_making_neither_opens_nor_closes_it():
    ours = NotNow("quota", of_provider=False)

    assert after(Breaker(), [ours] * 100, NOON) == Breaker()
    assert after(opened(), [ours], later(3)) == opened()


def test_each_trial_that_fails_makes_the_rest_longer_up_to_an_end():
    breaker, now, rests = opened(), NOON, []
    for _ in range(8):
        assert breaker.open_until is not None
        rests.append((breaker.open_until - now).total_seconds())
        now = breaker.open_until
        breaker = after(breaker, [DOWN], now)

    assert rests == [2, 4, 8, 16, 30, 30, 30, 30]
    assert breaker.opened_at == NOON, "it is the same outage"


def test_what_comes_back_late_while_it_is_open_makes_the_rest_no_longer():
    assert after(opened(), [DOWN] * 200, later(1)).open_until == opened().open_until


def test_the_provider_s_own_wish_makes_the_rest_longer_but_not_endless():
    assert after(Breaker(), [NotNow("busy", 120.0)] * OPENS_AFTER, NOON).open_until == later(120)
    assert after(Breaker(), [NotNow("busy", 1e9)] * OPENS_AFTER, NOON).open_until == later(900)
    assert LONGEST_REST_S < 120

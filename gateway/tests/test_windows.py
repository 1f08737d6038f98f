"""The arithmetic of limits: windows that slide, what is left, when there is room again, sums of replicas."""

from __future__ import annotations

import random

import pytest

from gateway.edge.limits.windows import SLOTS, Count, Policy

MINUTE = Policy("stamps", 3, 60)
HOUR = Policy("enrolments", 3, 3600)
START = 1_800_000_000.0


def count_of(policy: Policy, *moments: float) -> Count:
    count = Count(policy, b"w" * 16)
    for moment in moments:
        if count.has_room(moment):
            count.add(policy.slot_at(moment))
    return count


def test_there_is_room_up_to_the_quota_and_not_beyond():
    count = Count(MINUTE, b"w" * 16)

    left = []
    while count.has_room(START):
        left.append(count.left())
        count.add(MINUTE.slot_at(START))

    assert left == [3, 2, 1]
    assert count.left() == 0


@pytest.mark.parametrize("policy", [MINUTE, HOUR])
def test_room_comes_back_when_the_first_leaves_the_window_and_not_before(policy):
    slot_s = policy.window_s / SLOTS
    count = count_of(policy, START, START + 10 * slot_s, START + 20 * slot_s)

    assert not count.has_room(START + policy.window_s - 0.001)
    assert count.has_room(START + policy.window_s)
    assert count.left() == 1


def test_the_minutes_edge_gives_nobody_twice_as_much():
    edge = START - START % 60 + 60
    count = count_of(MINUTE, edge - 2, edge - 1.5, edge - 1)

    assert not count.has_room(edge)
    assert not count.has_room(edge + 57.9)
    assert count.has_room(edge + 58)


@pytest.mark.parametrize("policy", [MINUTE, HOUR])
def test_whoever_waits_as_long_as_told_has_room_and_nobody_waits_longer_than_a_window(policy):
    draw = random.Random(7)
    count = Count(policy, b"w" * 16)
    now = START
    for _ in range(500):
        now += draw.random() * policy.window_s / 4
        if count.has_room(now):
            count.add(policy.slot_at(now))
            continue
        wait_s = count.wait_s(now)
        assert 1 <= wait_s <= policy.window_s
        assert count.has_room(now + wait_s)


def test_never_more_than_the_quota_in_a_window_less_one_slot():
    draw = random.Random(11)
    count = Count(MINUTE, b"w" * 16)
    now, taken = START, []
    for _ in range(5000):
        now += draw.random()
        if count.has_room(now):
            count.add(MINUTE.slot_at(now))
            taken.append(now)

    assert len(taken) > 50
    assert all(later - first > 59 for first, later in zip(taken, taken[3:], strict=False))


def test_what_was_taken_back_is_there_again():
    count = count_of(MINUTE, START, START, START)

    count.add(MINUTE.slot_at(START), -1)

    assert count.has_room(START)
    assert count.left() == 1


# -- replicas


def settle(*counts: Count, now: float) -> None:
    """As the database would: everybody's own, summed, then read by all."""
    sums: dict[int, int] = {}
    for count in counts:
        for slot, times in count.take_ours().items():
            sums[slot] = sums.get(slot, 0) + times
    for count in counts:
        count.learn(sums, now)


def test_after_a_settling_each_replica_knows_what_all_did():
    one, two = count_of(MINUTE, START), count_of(MINUTE, START, START + 1)

    settle(one, two, now=START + 2)

    assert (one.total, two.total) == (3, 3)
    assert not one.has_room(START + 2)


def test_what_came_while_the_sums_were_read_is_counted_once():
    one = count_of(MINUTE, START)
    told = one.take_ours()
    one.add(MINUTE.slot_at(START + 1))

    one.learn(told, START + 1)

    assert one.total == 2
    assert one.take_ours() == {MINUTE.slot_at(START + 1): 1}


def test_what_could_not_be_told_is_told_the_next_time():
    one = count_of(MINUTE, START, START)
    one.give_back(one.take_ours())

    assert one.total == 2
    assert one.take_ours() == {MINUTE.slot_at(START): 2}


def test_sums_of_long_ago_count_no_longer():
    one = count_of(MINUTE, START)
    one.take_ours()
    old = MINUTE.slot_at(START - 61)

    one.learn({old: 50, MINUTE.slot_at(START): 1}, START)

    assert one.total == 1


def test_a_count_is_over_when_nothing_counts_and_what_was_not_told_by_then_need_not_be():
    count = count_of(MINUTE, START)

    assert not count.is_over(START + 59)
    assert count.is_over(START + 61)
    assert count.take_ours() == {}


def test_without_a_quota_there_is_always_room():
    assert count_of(Policy("account", None, 60), *[START] * 99).has_room(START)

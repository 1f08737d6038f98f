"""The rules by themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from contracts.problem import ChangeNotAllowed, PreconditionFailed, ValidationFailed
from programs import domain
from programs.domain import Merchant, Program, Reward, Settings, Store, Tier

BORN = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=30)
ID = UUID("0197c1c2-0000-7000-8000-00000000000a")
SOMEONE = UUID("0197c1c2-0000-7000-8000-00000000000b")
DELETION = UUID("0197c1c2-0000-7000-8000-00000000000c")
THING: dict[str, Any] = {"id": ID, "created_at": BORN, "updated_at": BORN}

merchant = Merchant(
    **THING, name="Chez Nous", slug="chez-nous", country="LU", contact_email="us@shop.example"
)
program = Program(**THING, merchant_id=ID)
reward = Reward(**THING, program_id=ID, merchant_id=ID, name="Free coffee", points_required=100)
store = Store(**THING, merchant_id=ID, code="GARE", name="Gare")


def test_a_change_moves_the_version_by_one_and_says_when():
    changed = domain.change(program, {"stamps_target": 8}, NOW)

    assert (changed.stamps_target, changed.version, changed.updated_at) == (8, 2, NOW)
    assert (program.stamps_target, program.version) == (10, 1)


def test_a_change_that_changes_nothing_is_no_change():
    assert domain.change(program, {"stamps_target": 10}, NOW) is program
    assert domain.change(program, {}, NOW) is program


@pytest.mark.parametrize("field", ["currency", "timezone"])
def test_currency_and_time_zone_stay_once_the_program_was_activated(field: str):
    other = {"currency": "CHF", "timezone": "Europe/Zurich"}[field]

    with pytest.raises(ChangeNotAllowed) as refused:
        domain.change_merchant(merchant, {field: other}, activated=True, now=NOW)

    assert refused.value.members["field"] == field
    assert domain.change_merchant(merchant, {field: other}, activated=False, now=NOW).version == 2


def test_the_same_currency_said_again_is_allowed_after_activation():
    changed = domain.change_merchant(merchant, {"currency": "EUR", "name": "Nous"}, activated=True, now=NOW)

    assert (changed.name, changed.currency) == ("Nous", "EUR")


def test_the_first_activation_is_remembered_for_ever():
    on = domain.activate(program, NOW)
    off = domain.deactivate(on, {}, NOW + timedelta(days=1))
    on_again = domain.activate(off, NOW + timedelta(days=2))

    assert (on.is_active, off.is_active, on_again.is_active) == (True, False, True)
    assert on.activated_at == off.activated_at == on_again.activated_at == NOW
    assert on_again.version == 4


def test_switching_on_what_is_on_changes_nothing():
    on = domain.activate(program, NOW)

    assert domain.activate(on, LATER) is on


def test_switching_on_ends_the_time_in_which_the_rest_could_be_redeemed():
    off = domain.deactivate(domain.activate(program, NOW), {"redeem_until": LATER}, NOW)

    assert off.redeem_until == LATER
    assert domain.activate(off, NOW).redeem_until is None


@pytest.mark.parametrize("until", [NOW, NOW - timedelta(microseconds=1)])
def test_redeem_until_must_be_in_the_future(until: datetime):
    with pytest.raises(ValidationFailed) as refused:
        domain.deactivate(domain.activate(program, BORN), {"redeem_until": until}, NOW)

    assert refused.value.members["errors"][0]["field"] == "redeem_until"


def test_switching_off_twice_keeps_what_the_first_time_promised():
    off = domain.deactivate(domain.activate(program, BORN), {"redeem_until": LATER}, NOW)

    assert domain.deactivate(off, {}, NOW) is off
    assert domain.deactivate(off, {"redeem_until": None}, NOW).redeem_until is None


def test_a_restore_brings_back_exactly_what_was_there():
    gone = domain.delete(program, SOMEONE, DELETION, NOW)
    back = domain.restore(gone, LATER)

    assert (gone.deleted_at, gone.deleted_by, gone.deletion_id) == (NOW, SOMEONE, DELETION)
    assert replace(back, version=program.version, updated_at=program.updated_at) == program
    assert back.version == 3


def test_restoring_what_is_not_deleted_changes_nothing():
    assert domain.restore(store, NOW) is store


def test_only_the_version_that_was_read_may_be_changed():
    domain.check_seen(program, frozenset({1}))
    domain.check_seen(program, frozenset({7, 1}))
    domain.check_seen(program, None)

    for seen in (frozenset({2}), frozenset[int]()):
        with pytest.raises(PreconditionFailed):
            domain.check_seen(program, seen)


@pytest.mark.parametrize(
    ("starts", "field"),
    [
        ([1], "tier_config.tiers.0.from_points"),
        ([0, 1000, 1000], "tier_config.tiers.2.from_points"),
        ([0, 1000, 999], "tier_config.tiers.2.from_points"),
        ([0, 0], "tier_config.tiers.1.from_points"),
    ],
)
def test_tiers_that_do_not_ascend_from_zero_are_refused(starts: list[int], field: str):
    tiers = tuple(Tier("T", start, 100) for start in starts)

    with pytest.raises(ValidationFailed) as refused:
        domain.change(program, {"tiers": tiers}, NOW)

    assert refused.value.members["errors"][0]["field"] == field


def test_tiers_that_ascend_from_zero_are_taken():
    tiers = (Tier("Bronze", 0, 100), Tier("Silver", 1000, 125), Tier("Gold", 5000, 150))

    assert domain.change(program, {"tiers": tiers}, NOW).tiers == tiers
    assert domain.change(replace(program, tiers=tiers), {"tiers": ()}, NOW).tiers == ()


def test_a_reward_is_valid_for_a_while_or_not_at_all():
    for until in (NOW, NOW - timedelta(seconds=1)):
        with pytest.raises(ValidationFailed):
            domain.change(reward, {"valid_from": NOW, "valid_until": until}, NOW)

    begun = domain.change(reward, {"valid_from": NOW}, NOW)
    with pytest.raises(ValidationFailed):
        domain.change(begun, {"valid_until": BORN}, NOW)
    assert domain.change(begun, {"valid_until": LATER}, NOW).version == 3


@pytest.mark.parametrize("field", ["latitude", "longitude"])
def test_half_a_place_is_no_place(field: str):
    with pytest.raises(ValidationFailed):
        domain.change(store, {field: 49.6}, NOW)


def test_settings_begin_with_the_defaults_of_the_domain():
    settings = Settings(**THING)

    assert (settings.staff_pin_policy, settings.pin_lockout_attempts, settings.pin_lockout_minutes) == (
        "required",
        5,
        30,
    )
    assert (settings.enrollment_confirmation, settings.require_order_reference) == ("none", False)

"""Facts, states and instants: what every event rests on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from pydantic import BaseModel, ValidationError

from contracts.cards import CardChanged
from contracts.event import Instant, instant_text
from contracts.programs import SettingsChanged
from contracts.wallet import PassAdded

THING = UUID("019cd1a9-eba0-79e7-886c-ce0d95f0f608")


class Visit(BaseModel):
    at: Instant


def test_an_instant_is_written_in_utc_with_six_decimals():
    noon_in_luxembourg = datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=2)))

    assert instant_text(noon_in_luxembourg) == "2026-07-01T10:00:00.000000Z"
    assert Visit(at=noon_in_luxembourg).model_dump_json() == '{"at":"2026-07-01T10:00:00.000000Z"}'
    assert Visit(at=noon_in_luxembourg).at.tzinfo is UTC


def test_a_time_without_its_zone_is_refused():
    with pytest.raises(ValidationError):
        Visit(at=datetime(2026, 7, 1, 12))  # noqa: DTZ001 - that is what is refused


def test_a_state_is_keyed_by_its_kind_and_ordered_by_its_version():
    state = SettingsChanged(id=THING, version=3)

    assert (state.key(), state.order()) == (f"settings:{THING}", 3)


def test_a_version_begins_at_one():
    with pytest.raises(ValidationError):
        SettingsChanged(id=THING, version=0)


def test_what_is_about_a_card_is_keyed_by_the_card_alone():
    added = PassAdded(card_id=THING, merchant_id=THING, platform="apple", change=2, at=datetime.now(UTC))

    assert (added.key(), added.order()) == (str(THING), 2)
    assert CardChanged.key is not SettingsChanged.key


def test_a_fact_cannot_be_changed_once_it_is_stated():
    state = SettingsChanged(id=THING, version=1)

    with pytest.raises(ValidationError):
        state.version = 2

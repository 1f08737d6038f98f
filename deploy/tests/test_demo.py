"""The demo is drawn from its seed, and holds what it promises."""

import json

from punchcard.demo.cast import cast
from punchcard.demo.seed import load


def test_the_same_seed_draws_the_same_demo():
    assert cast(7) == cast(7)
    assert cast(7) != cast(8)


def test_there_are_three_merchants_of_each_kind_in_different_places():
    merchants = cast()

    assert [merchant.program["loyalty_type"] for merchant in merchants] == ["stamps", "points", "hybrid"]
    assert len({merchant.body["country"] for merchant in merchants}) == 3
    assert len({merchant.body["timezone"] for merchant in merchants}) == 3
    assert sum(len(merchant.stores) for merchant in merchants) == 12
    assert sum(len(merchant.members) for merchant in merchants) == 200


def test_nobody_waits_for_a_cooldown_in_the_demo():
    for merchant in cast():
        assert merchant.program["cooldown_minutes"] == 0
        assert merchant.program["max_daily_stamps"] is None


def test_pins_are_neither_all_equal_nor_counting():
    for merchant in (merchant for seed in range(50) for merchant in cast(seed)):
        for staff in merchant.staff:
            steps = {int(b) - int(a) for a, b in zip(staff.pin, staff.pin[1:], strict=False)}
            assert len(staff.pin) == 6
            assert steps not in ({0}, {1}, {-1})


def test_stamps_and_purchases_fit_the_program():
    stamps, points, hybrid = cast()

    assert not any(member.purchases for member in stamps.members)
    assert not any(member.stamps for member in points.members)
    assert any(member.stamps for member in hybrid.members)
    assert any(member.purchases for member in hybrid.members)


def test_a_demo_file_that_is_not_whole_counts_as_none(tmp_path):
    path = tmp_path / "demo.json"
    assert load(path) is None

    path.write_text('{"gateway": "http://localhost:8000"')
    assert load(path) is None

    path.write_text(json.dumps({"gateway": "http://localhost:8000", "merchants": [{"cards": []}]}))
    assert load(path) is None

"""Kafka away for a minute: the tills don't notice, and all is told once it is back."""

from __future__ import annotations

import time

import pytest

AWAY_S = 60


@pytest.mark.timeout(240)
def test_no_stamp_fails_while_kafka_is_away_and_all_is_told_afterwards(platform, tills, whole, until):
    kafka = platform.stack.kafka

    with tills(2, pause_s=0.2) as load:
        kafka.kill9(stay_down=True)
        time.sleep(AWAY_S)
        untold = platform.one("ledger", "SELECT count(*) FROM outbox")
        kafka.start()

    assert not load.troubled
    load.check_ledger()
    assert len(load.asked) > 4 * AWAY_S, "about ten stamps a second"
    assert untold > 4 * AWAY_S, "Kafka was not away: this run shows nothing"
    load.wait_for_passes(60)
    until(lambda: platform.one("ledger", "SELECT count(*) FROM outbox") == 0, within_s=60)
    platform.stack.wait_ready(60)
    assert whole()

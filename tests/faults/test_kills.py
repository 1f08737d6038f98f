"""kill -9 in the middle of load: every answer that was given has one effect, and nobody lends a hand."""

from __future__ import annotations

import pytest

#: Those that a stamp passes through; while the others are away no till notices.
ON_THE_WAY = ("ledger", "gateway", "postgres")


def victim_of(stack, name):
    return {"kafka": stack.kafka, "postgres": stack.postgres}.get(name) or stack.service(name)


@pytest.mark.parametrize("name", ["ledger", "wallet", "gateway", "kafka", "postgres"])
def test_what_was_answered_is_done_once_whoever_is_killed(platform, tills, whole, until, name):
    victim = victim_of(platform.stack, name)
    restarts = victim.restarts

    with tills(4) as load:
        load.go_on(2)
        victim.kill9()
        load.go_on(5)

    # One that was killed often of late is started again after a pause.
    until(lambda: victim.restarts == restarts + 1, within_s=30)
    load.check_ledger()
    if name in ON_THE_WAY:
        assert load.troubled, "the kill met no stamp: this run shows nothing"
    else:
        assert not load.troubled
    load.wait_for_passes(60)
    platform.stack.wait_ready(60)
    assert whole()


def test_a_second_kill_right_after_the_restart_loses_nothing(platform, tills, whole):
    ledger = platform.stack.service("ledger")

    with tills(4) as load:
        load.go_on(1)
        ledger.kill9()
        ledger.wait_ready()
        ledger.kill9()
        load.go_on(2)

    load.check_ledger()
    load.wait_for_passes(60)
    assert whole()

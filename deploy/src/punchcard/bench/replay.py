"""Events a second while the statistics are rebuilt from the topic beside the live ones, and found equal."""

from __future__ import annotations

import asyncio
import time

from ledger.statistics.rebuilding import rebuild
from punchcard.bench import watch
from punchcard.bench.ground import Ground
from punchcard.bench.shop import internal_token, open_shop
from punchcard.problems import Found

CAUGHT_UP_WITHIN_S = 600.0
ROWS_TOPIC = "ledger-events"


def measure(ground: Ground) -> dict[str, float]:
    """As `punchcard rebuild ledger-statistics` does it; found when the live ones were wrong."""
    _fill(ground)
    _catch_up(ground)
    ground.slowness.look()
    urls = ground.stack.urls("ledger")
    rebuilt = asyncio.run(rebuild(urls.superuser, ground.stack.bootstrap))
    if rebuilt.differences:
        raise Found(f"The statistics that were replaced were wrong: {rebuilt.differences}")
    ground.seen["replay"].append({"events": rebuilt.events, "seconds": rebuilt.seconds})
    return {"replay_events_per_s": rebuilt.events / rebuilt.seconds}


def _fill(ground: Ground) -> None:
    """Stamps until the topic holds enough of them."""
    before = there = watch.events_in(ground.stack)
    if there >= ground.sizes.replayed_events:
        return
    shop = open_shop(ground.stack, 20_000)
    done = 0
    while there < ground.sizes.replayed_events:
        plan = ground.at_gateway(shop, rate=None) | {
            "url": f"unix:{ground.stack.service('ledger').socket}",
            "authorization": internal_token(ground.stack, shop.caller), "seconds": 10.0,
        }  # fmt: skip
        (seen,) = ground.send(("stamps to replay", plan))
        done += seen["operations"]
        there = before + done
    ground.check(shop, done, before)


def _catch_up(ground: Ground) -> None:
    """Until the live statistics have counted the topic to its end."""
    query = (
        "SELECT coalesce(sum(next_offset), 0) FROM statistics_offsets JOIN statistics_generations"
        " USING (generation) WHERE state = 'live' AND topic = %s"
    )
    ends = watch.events_in(ground.stack, ROWS_TOPIC)
    deadline = time.monotonic() + CAUGHT_UP_WITHIN_S
    while watch.ask(ground.stack.urls("ledger").owner, query, ROWS_TOPIC) < ends:
        if time.monotonic() > deadline:
            raise Found(f"After {CAUGHT_UP_WITHIN_S:.0f} s the statistics have not counted all events.")
        time.sleep(0.5)

"""Stamps while the wallet platforms are down, against stamps while they answer: no sale waits for them."""

from __future__ import annotations

import statistics
import time
from typing import Any

import psycopg

from punchcard.bench import watch
from punchcard.bench.ground import Ground
from punchcard.bench.shop import Shop, open_shop
from punchcard.problems import Found
from punchcard.stack import Stack
from punchcard.verify_all import passes_of
from punchcard.verify_wallet import deliveries_of

#: An open loop, so that a slow answer does not lower the load.
STAMPS_PER_S = 100.0
#: Each is stamped again and again: every pass is behind all the time.
CARDS = 500
CAUGHT_UP_S = 180.0
PLATFORMS = ["apple", "google"]

_HAND_OUT = """
WITH made AS (
    INSERT INTO deliveries (card_id, platform, merchant_id, program_id)
    SELECT card_id, name, merchant_id, program_id FROM passes, unnest(%s::text[]) AS name
    WHERE merchant_id = %s ON CONFLICT DO NOTHING RETURNING card_id)
INSERT INTO registrations (device, card_id, push_token)
SELECT DISTINCT 'bench-' || card_id, card_id, encode(sha256(card_id::text::bytea), 'hex') FROM made
ON CONFLICT DO NOTHING
"""
_BEHIND = """
SELECT count(*) FROM deliveries d JOIN providers p USING (platform)
WHERE d.merchant_id = %s AND d.status = 'behind' AND p.last_success_at IS NOT NULL
"""


def measure(ground: Ground) -> dict[str, float]:
    """The median of the rounds' ratios of the stamps' p95, and how soon all passes are right afterwards."""
    stand_ins = ground.stack.stand_ins
    if stand_ins is None:
        raise Found("There are no stand-ins of the wallet platforms on this stack: nothing to switch off.")
    before = watch.events_in(ground.stack)
    shop = open_shop(ground.stack, CARDS)
    stamps = ground.at_gateway(shop, rate=STAMPS_PER_S)
    (warm,) = ground.send(("stamps, warm-up", stamps))
    done = warm["operations"]
    watch.settle(ground.stack, shop.merchant_id, done)
    _write(ground.stack, _HAND_OUT, PLATFORMS, shop.merchant_id)
    ratios, behind = [], 0
    for _ in range(max(3, ground.rounds)):
        (well,) = ground.send(("stamps, wallets answer", stamps))
        stand_ins.stop()
        (down,) = ground.send(("stamps, wallets down", stamps))
        behind = max(behind, _behind(ground.stack, shop))
        stand_ins.start()
        stand_ins.wait_ready()
        ratios.append(down["p95_ms"] / well["p95_ms"])
        done += well["operations"] + down["operations"]
    caught_up_s = _catch_up(ground.stack, shop)
    ground.seen["outage"].append({"behind": behind, "caught_up_s": caught_up_s, "ratios": ratios})
    ground.check(shop, done, before)
    _check(ground.stack, behind)
    return {"outage_stamp_p95_ratio": statistics.median(ratios), "outage_caught_up_s": caught_up_s}


def _catch_up(stack: Stack, shop: Shop) -> float:
    """The seconds until no pass is behind on a platform that ever answered."""
    began = time.monotonic()
    while left := _behind(stack, shop):
        if time.monotonic() - began > CAUGHT_UP_S:
            raise Found(f"{left} passes are still behind {CAUGHT_UP_S:.0f} s after the outage.")
        time.sleep(0.2)
    return time.monotonic() - began


def _check(stack: Stack, behind: int) -> None:
    """There was an outage, and every pass shows what the ledger holds."""
    if not behind:
        raise Found("No pass was behind while the platforms were down: this run shows nothing.")
    ledger, wallet = stack.urls("ledger").owner, stack.urls("wallet").owner
    if passes_of(ledger, wallet).wrong or deliveries_of(wallet).wrong:
        raise Found(
            "After the outage passes are not what the ledger holds; `punchcard verify --all` names them."
        )


def _behind(stack: Stack, shop: Shop) -> int:
    with psycopg.connect(stack.urls("wallet").owner) as connection:
        row = connection.execute(_BEHIND, [shop.merchant_id]).fetchone()
    assert row is not None
    return int(row[0])


def _write(stack: Stack, statement: str, *given: Any) -> None:
    with psycopg.connect(stack.urls("wallet").owner) as connection:
        connection.execute(statement, given)

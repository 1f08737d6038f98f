"""How soon a stamp reaches Apple, and how quickly many passes catch up once Apple is back.

Apple is the stand-in: real HTTP/2 over TLS in a process of its own, which writes down when a push came.
"""

from __future__ import annotations

import hashlib
import time
from collections import defaultdict
from typing import Any
from uuid import UUID

import psycopg

from punchcard.bench.ground import Ground
from punchcard.bench.load import percentile
from punchcard.bench.shop import Shop, open_shop
from punchcard.problems import Found
from punchcard.stack import Stack
from punchcard.standins import journal
from punchcard.standins.process import SHOWN_SIGNS

#: Cards on phones that are stamped, at so many stamps a second.
CARDS, RATE = 2000, 100.0
LOST_AFTER_S = 30.0
DIRTY_PASSES = 20_000
#: Long enough for every pass to have failed, and for the platform to have given up on Apple for a while.
OUTAGE_S, CATCH_UP_S = 10.0, 600.0


def measure(ground: Ground) -> dict[str, float]:
    """Both, one after the other."""
    if ground.stack.stand_ins is None or not ground.stack.stand_ins.member.apple_port:
        raise Found("Pushes are measured against the stand-in only: unset APPLE_PASS_CERTIFICATE.")
    return _event_to_push(ground) | {"catch_up_pushes_per_s_apple": catch_up(ground, DIRTY_PASSES)}


def _event_to_push(ground: Ground) -> dict[str, float]:
    """From the ledger's time of a transaction to the first push to the card's phone after it."""
    shop = open_shop(ground.stack, CARDS)
    put_on_phones(ground.stack, shop, shop.cards)
    ground.send(("event-to-push", ground.at_gateway(shop, rate=RATE)))
    query = "SELECT card_id::text, created_at FROM transactions WHERE merchant_id = %s"
    with psycopg.connect(ground.stack.urls("ledger").owner) as conn:
        made = [(card, at.timestamp()) for card, at in conn.execute(query, (shop.merchant_id,)).fetchall()]
    delays = sorted(_delays_ms(ground.stack, made))
    ground.seen["pushes"].append({"stamps": len(made), "most_ms": delays[-1]})
    return {
        "event_to_push_p99_ms_at_100": percentile(delays, 0.99),
        "event_to_push_p50_ms_at_100": percentile(delays, 0.5),
    }


def _delays_ms(stack: Stack, made: list[tuple[str, float]]) -> list[float]:
    """Of each transaction; Found when one is followed by no push."""
    deadline = time.monotonic() + LOST_AFTER_S
    while True:
        came: dict[str, list[float]] = defaultdict(list)
        for row in journal.read(stack.home.arrivals):
            if row["wallet"] == "apple" and row["status"] == 200:
                came[row["device"]].append(row["at"])
        found = [_first_after(came[push_token(card)[:SHOWN_SIGNS]], at) for card, at in made]
        delays = [
            (first - at) * 1000 for first, (_, at) in zip(found, made, strict=True) if first is not None
        ]
        if len(delays) == len(made) > 0:
            return delays
        if time.monotonic() > deadline:
            raise Found(f"{len(made) - len(delays)} of {len(made)} stamps were followed by no push.")
        time.sleep(0.5)


def _first_after(times: list[float], at: float) -> float | None:
    return min((one for one in times if one >= at), default=None)


def catch_up(ground: Ground, passes: int) -> float:
    """Pushes a second, from the first that Apple takes to the last of these passes."""
    stand_ins = ground.stack.stand_ins
    assert stand_ins is not None, "it was looked at before"
    shop = open_shop(ground.stack, 0)
    cards = [str(UUID(bytes=hashlib.md5(f"{shop.slug} {n}".encode()).digest())) for n in range(passes)]  # noqa: S324 - a name
    stand_ins.stop()
    put_on_phones(ground.stack, shop, cards, behind=True)
    time.sleep(OUTAGE_S)
    back_at = time.time()
    stand_ins.start()
    wanted = {push_token(card)[:SHOWN_SIGNS] for card in cards}
    took = _until_all_came(ground.stack, wanted, back_at)
    ground.seen["pushes"].append({"dirty": passes, "seconds": took, "first_after_s": _first(ground, back_at)})
    return passes / took


def _first(ground: Ground, since: float) -> float:
    rows = journal.read(ground.stack.home.arrivals)
    times = [float(row["at"]) for row in rows if row["wallet"] == "apple"]
    return min(at for at in times if at >= since) - since


def _until_all_came(stack: Stack, wanted: set[str], since: float) -> float:
    """Seconds from the first to the last of the first pushes to each."""
    deadline = time.monotonic() + CATCH_UP_S
    while True:
        first: dict[str, float] = {}
        for row in journal.read(stack.home.arrivals):
            if row["at"] >= since and row["status"] == 200 and row.get("device") in wanted:
                first.setdefault(row["device"], row["at"])
        if len(first) == len(wanted):
            return max(first.values()) - min(first.values())
        if time.monotonic() > deadline:
            raise Found(f"After {CATCH_UP_S:.0f} s {len(wanted) - len(first)} devices were not told.")
        time.sleep(1)


def push_token(card: str) -> str:
    """The push token of the phone that holds this card's pass."""
    return hashlib.sha256(card.encode()).hexdigest()


def put_on_phones(stack: Stack, shop: Shop, cards: list[str], *, behind: bool = False) -> None:
    """Passes of these cards, each on a phone of its own; enrolling so many would take longer than the run."""
    given: dict[str, Any] = {
        "cards": cards,
        "tokens": [push_token(card) for card in cards],
        "merchant": shop.merchant_id,
        "program": shop.program_id,
        "status": "behind" if behind else "current",
        "told": 0 if behind else 1,
    }
    with psycopg.connect(stack.urls("wallet").owner) as conn:
        conn.execute(
            "INSERT INTO passes (card_id, merchant_id, program_id)"
            " SELECT c, %(merchant)s, %(program)s FROM unnest(%(cards)s::uuid[]) c ON CONFLICT DO NOTHING",
            given,
        )
        conn.execute(
            "INSERT INTO registrations (device, card_id, push_token, revision_told)"
            " SELECT 'phone ' || t, c, t, %(told)s"
            " FROM unnest(%(cards)s::uuid[], %(tokens)s::text[]) u (c, t)",
            given,
        )
        conn.execute(
            "INSERT INTO deliveries (card_id, platform, merchant_id, program_id, status, behind_since)"
            " SELECT c, 'apple', %(merchant)s, %(program)s, %(status)s,"
            " CASE WHEN %(status)s = 'behind' THEN now() END FROM unnest(%(cards)s::uuid[]) c",
            given,
        )

"""Stamps beside constant PIN sign-ins, against stamps alone: hashing must not take the tills' turn."""

from __future__ import annotations

import statistics
from typing import Any

from punchcard.bench import watch
from punchcard.bench.ground import Ground
from punchcard.bench.person import VENDOR, Person
from punchcard.bench.shop import Shop, open_shop
from punchcard.stack import Stack

#: Open loops, so that neither waits for the other; what a merchant with some hundred tills does.
STAMPS_PER_S, SIGN_INS_PER_S = 50.0, 2.0
#: A till and a staff member have one sign-in at a time, so they are several.
TILLS = 4
PIN = "482913"


def measure(ground: Ground) -> dict[str, float]:
    """The median of the rounds' ratios of the stamps' p95."""
    before = watch.events_in(ground.stack)
    shop = open_shop(ground.stack, 10_000)
    stamps = ground.at_gateway(shop, rate=STAMPS_PER_S) | {"seconds": max(5.0, ground.seconds)}
    sign_ins = [
        (f"PIN sign-ins, till {till}", stamps | _sign_ins(key, till))
        for till, key in enumerate(_staffed_tills(ground.stack, shop))
    ]
    # On a slow machine the bounded queue sends some away: the stamps are what is measured.
    names = [name for name, _ in sign_ins]
    (warm, *_) = ground.send(("stamps, warm-up", stamps), *sign_ins, may_wait=names)
    done = warm["operations"]
    ratios: list[float] = []
    signed_in = asked = 0
    for _ in range(max(3, ground.rounds)):
        (alone,) = ground.send(("stamps alone", stamps))
        beside, *tills = ground.send(("stamps beside sign-ins", stamps), *sign_ins, may_wait=names)
        signed_in += sum(seen["operations"] for seen in tills)
        asked += sum(sum(seen["statuses"].values()) for seen in tills)
        ratios.append(beside["p95_ms"] / alone["p95_ms"])
        done += alone["operations"] + beside["operations"]
    ground.check(shop, done, before)
    return {
        "pin_logins_stamp_p95_ratio": statistics.median(ratios),
        "pin_logins_accepted_share": signed_in / max(1, asked),
    }


def _staffed_tills(stack: Stack, shop: Shop) -> list[str]:
    """Keys of tills, with a staff member each."""
    with Person.signed_in(stack, shop.owner) as owner:
        keys = []
        for till in range(TILLS):
            owner.does("POST", "/pins", {"code": f"0{till}", "name": "Staff", "pin": PIN, "role": "staff"})
            body = {"store_id": str(shop.caller.store_id), "name": f"Till {till}"}
            keys.append(owner.does("POST", "/terminals", body)["api_key"])
        return keys


def _sign_ins(api_key: str, till: int) -> dict[str, Any]:
    """What is otherwise than in the stamps' plan."""
    return {
        "path": f"{VENDOR}/staff-sessions", "cards": [], "rate": SIGN_INS_PER_S / TILLS, "connections": 4,
        "authorization": f"Bearer {api_key}", "body": {"staff_code": f"0{till}", "pin": PIN},
    }  # fmt: skip

"""How quickly passes catch up at Google after an outage: at its quota, and in no second above it.

Google is the stand-in of the stack, which counts what comes by its own clock.
"""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

import httpx
import psycopg

from punchcard.bench.ground import Ground
from punchcard.bench.shop import Shop, open_shop
from punchcard.problems import Found
from punchcard.stack import Stack

#: All of them would take a quarter of an hour: the pace is that of the first part.
DIRTY_PASSES, MEASURED_S = 20_000, 15.0
OUTAGE_S, WARM_UP_S, LOST_AFTER_S = 5.0, 5.0, 60.0


def measure(ground: Ground) -> dict[str, float]:
    """Requests a second that Google takes, and the most that came in any one second."""
    stand_ins = ground.stack.stand_ins
    if stand_ins is None or not stand_ins.member.google_port:
        raise Found("Google's catch-up is measured against the stand-in only: unset GOOGLE_ISSUER_ID.")
    with httpx.Client(base_url=f"http://127.0.0.1:{stand_ins.member.google_port}", timeout=10) as google:
        google.post("/standin", json={"what": "fail", "status": 503}).raise_for_status()
        shop = open_shop(ground.stack, 0)
        put_on_google(ground.stack, shop, DIRTY_PASSES)
        time.sleep(OUTAGE_S)
        google.post("/standin", json={"what": "obey"}).raise_for_status()
        per_second = _pace(google)
        seen = google.get("/standin").json()
    ground.seen["google-catch-up"].append({"dirty": DIRTY_PASSES, **seen})
    if seen["refused"]:
        raise Found(f"Google would refuse what came: {seen['refused'][0]}")
    return {
        "catch_up_pushes_per_s_google": per_second,
        "google_requests_in_a_second_most": seen["most_in_a_second"],
    }


def _pace(google: httpx.Client) -> float:
    """Taken requests a second, once they flow."""
    deadline = time.monotonic() + LOST_AFTER_S
    while not _taken(google):
        if time.monotonic() > deadline:
            raise Found(f"Google was back for {LOST_AFTER_S:.0f} s, and nothing came.")
        time.sleep(0.1)
    time.sleep(WARM_UP_S)
    before, began = _taken(google), time.monotonic()
    time.sleep(MEASURED_S)
    return (_taken(google) - before) / (time.monotonic() - began)


def _taken(google: httpx.Client) -> int:
    statuses: dict[str, int] = google.get("/standin").json()["statuses"]
    return statuses.get("200", 0)


def put_on_google(stack: Stack, shop: Shop, count: int) -> list[UUID]:
    """So many passes that Google was never shown; enrolling so many would take longer than the run."""
    given: dict[str, Any] = {"merchant": shop.merchant_id, "program": shop.program_id, "count": count}
    with psycopg.connect(stack.urls("wallet").owner) as conn:
        rows = conn.execute(
            "INSERT INTO passes"
            " (card_id, merchant_id, program_id, card_version, card_number, qr_code, locale)"
            " SELECT md5(%(merchant)s::text || g)::uuid, %(merchant)s, %(program)s, 1,"
            " lpad(g::text, 12, '0'), md5(%(merchant)s::text || g), 'en' FROM generate_series(1, %(count)s) g"
            " RETURNING card_id",
            given,
        ).fetchall()
        conn.execute(
            "INSERT INTO deliveries (card_id, platform, merchant_id, program_id)"
            " SELECT card_id, 'google', merchant_id, program_id FROM passes WHERE program_id = %(program)s",
            given,
        )
    return [row[0] for row in rows]

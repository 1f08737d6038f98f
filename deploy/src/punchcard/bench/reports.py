"""How long owners wait for reports and figures, from counters as millions of rows leave them."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from punchcard.bench.generated import fill
from punchcard.bench.ground import Ground
from punchcard.bench.load import percentile
from punchcard.bench.person import Person
from punchcard.bench.shop import Shop, open_shop
from punchcard.problems import Found

DAYS, STORES, STAFF_PER_STORE, REWARDS, ROWS_PER_CARD = 400, 12, 5, 10, 20
EACH_KIND = 20
NAMES = ("activity", "liability", "rewards", "staff", "cohorts")


def measure(ground: Ground) -> dict[str, float]:
    """The p95 of all reports and the figures together: of 30 days, of all days, of one store."""
    shop = open_shop(ground.stack, 0)
    given = _generate(ground, shop)
    first = (given["today"] - timedelta(days=DAYS - 1)).isoformat()
    all_days = {"from": first, "to": given["today"].isoformat()}
    asked: list[tuple[str, str, dict[str, str]]] = [("figures", "/stats", {})]
    for name in NAMES:
        asked += [(name, f"/reports/{name}", {}), (f"{name}, all days", f"/reports/{name}", all_days)]
    took_ms: dict[str, list[float]] = {}
    ground.slowness.look()
    with Person.signed_in(ground.stack, shop.owner) as person:
        _check(person, all_days, given)
        for _ in range(EACH_KIND):
            for kind, path, params in asked:
                took_ms.setdefault(kind, []).append(person.get(path, params)[1])
    for kind, each in took_ms.items():
        ground.seen["reports"].append({"kind": kind, "p50_ms": _p(each, 0.5), "p95_ms": _p(each, 0.95)})
    every = [took for each in took_ms.values() for took in each]
    return {"report_p95_ms_5m_rows": _p(every, 0.95), "report_p50_ms_5m_rows": _p(every, 0.5)}


def _p(values: list[float], share: float) -> float:
    return percentile(sorted(values), share)


def _check(person: Person, all_days: dict[str, str], given: dict[str, Any]) -> None:
    """The rows that the report tells are those that the counters stand for."""
    report, _ = person.get("/reports/activity", all_days)
    told = sum(row["transactions"] for row in report["rows"])
    if told != given["n"] * DAYS * STORES:
        raise Found(f"The counters stand for {given['n'] * DAYS * STORES} rows, the report tells {told}.")


def _generate(ground: Ground, shop: Shop) -> dict[str, Any]:
    now = datetime.now(UTC)
    given: dict[str, Any] = {
        "merchant": shop.merchant_id, "program": shop.program_id, "seed": shop.slug, "today": now.date(),
        "hour": int(time.time()) // 3600, "days": DAYS, "stores": STORES, "staff": STAFF_PER_STORE,
        "rewards": REWARDS, "rows": ground.sizes.report_rows, "per_card": ROWS_PER_CARD,
        "n": ground.sizes.report_rows // (DAYS * STORES),
    }  # fmt: skip
    fill(ground, "ledger", "reports.sql", given)
    return given

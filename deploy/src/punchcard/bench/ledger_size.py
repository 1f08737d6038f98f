"""What millions of rows do to a stamp: two platforms side by side, one ledger full and one nearly empty."""

from __future__ import annotations

import statistics
import time
from typing import Any

from punchcard.bench import watch
from punchcard.bench.generated import fill
from punchcard.bench.ground import Ground
from punchcard.bench.shop import Shop, internal_token, open_shop

#: Both ledgers have the same cards; those that are stamped have no generated rows.
STAMPED_CARDS, ROWS_PER_CARD = 20_000, 50
STAMPS_PER_S = 100.0
#: Many short rounds: between the two of a pair the machine changes little.
ROUNDS, ROUND_S = 12, 3.0
#: The generated rows spread over so many days.
DAYS = 400


def measure(few: Ground, many: Ground) -> dict[str, float]:
    """The p50 of stamps at the ledger's door, in turns; the median of the rounds' ratios."""
    sides = [_Side(few, few.sizes.ledger_rows_few, "few"), _Side(many, many.sizes.ledger_rows, "many")]
    for side in sides:
        side.stamp("warm-up")
    ratios: dict[str, list[float]] = {"p50_ms": [], "p95_ms": []}
    for number in range(ROUNDS):
        # Each is as often the first as the other.
        seen = {side: side.stamp("stamps") for side in sides[:: -1 if number % 2 else 1]}
        for name, each in ratios.items():
            each.append(seen[sides[1]][name] / seen[sides[0]][name])
    for side in sides:
        side.check()
    return {
        "latency_5m_vs_10k_rows": statistics.median(ratios["p50_ms"]),
        "latency_p95_5m_vs_10k_rows": statistics.median(ratios["p95_ms"]),
    }


class _Side:
    """One platform, its ledger filled with so many rows."""

    def __init__(self, ground: Ground, rows: int, name: str) -> None:
        self._ground, self._rows, self._name = ground, rows, name
        self._shop = open_shop(ground.stack, STAMPED_CARDS)
        self._events_before = watch.events_in(ground.stack)
        self._done = 0
        _generate(ground, self._shop, rows)

    def stamp(self, what: str) -> dict[str, Any]:
        plan = self._ground.at_gateway(self._shop, rate=STAMPS_PER_S) | {
            "url": f"unix:{self._ground.stack.service('ledger').socket}",
            "authorization": internal_token(self._ground.stack, self._shop.caller),
            "seconds": ROUND_S,
        }  # fmt: skip
        (seen,) = self._ground.send((f"{what}, {self._name} rows", plan))
        self._done += seen["operations"]
        return seen

    def check(self) -> None:
        """Accepted stamps = rows beside the generated ones = events = what the passes show."""
        self._ground.check(self._shop, self._done, self._events_before, generated=self._rows)


def _generate(ground: Ground, shop: Shop, rows: int) -> None:
    """Rows of other cards of the same merchant, with keys, so that every index is as large as a real one."""
    given: dict[str, Any] = {
        "merchant": shop.merchant_id, "program": shop.program_id, "store": shop.caller.store_id,
        "till": shop.caller.terminal_id, "seed": shop.slug, "rows": rows, "per_card": ROWS_PER_CARD,
        "cards": ground.sizes.ledger_rows // ROWS_PER_CARD, "step_ms": DAYS * 86_400_000 // rows,
        "from_ms": (int(time.time()) - DAYS * 86_400) * 1000,
    }  # fmt: skip
    fill(ground, "ledger", "ledger_size.sql", given, ("transactions",))
    size = watch.ask(ground.stack.urls("ledger").owner, "SELECT pg_total_relation_size('transactions')")
    ground.seen["size"].append({"rows": rows, "bytes": size})

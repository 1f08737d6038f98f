"""What millions of rows do to a stamp: two platforms side by side, one ledger full and one nearly empty."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg

from punchcard.bench import watch
from punchcard.bench.generated import fill
from punchcard.bench.ground import Ground
from punchcard.bench.shop import Shop, internal_token, open_shop

#: Both ledgers have the same cards; those that are stamped have no generated rows.
STAMPED_CARDS, ROWS_PER_CARD = 20_000, 50
STAMPS_PER_S = 100.0
#: Many short rounds: between the two of a pair the machine changes little.
ROUNDS, ROUND_S = 20, 1.0
#: What is not counted: until both keep in memory what stamps need.
WARM_UP_S = 6.0
#: The generated rows spread over so many days.
DAYS = 400


def measure(few: Ground, many: Ground) -> dict[str, float]:
    """The p50 of stamps at the ledger's door, in turns; how the two platforms' quiet rounds compare."""
    sides = [_Side(few, few.sizes.ledger_rows_few, "few"), _Side(many, many.sizes.ledger_rows, "many")]
    for side in sides:
        side.rest()
    for side in sides:
        side.stamp("warm-up", WARM_UP_S)
    seen: dict[str, list[dict[str, Any]]] = {"few": [], "many": []}
    for number in range(ROUNDS):
        # Each is as often the first as the other.
        for side in sides[:: -1 if number % 2 else 1]:
            seen[side.name].append(side.stamp("stamps", ROUND_S))
    for side in sides:
        side.check()
    return {
        f"latency_{what}5m_vs_10k_rows": quiet(seen["many"], member) / quiet(seen["few"], member)
        for what, member in (("", "p50_ms"), ("p95_", "p95_ms"))
    }


def quiet(rounds: Sequence[Mapping[str, Any]], member: str) -> float:
    """The median of the quicker half of the rounds: what else the machine does only ever adds."""
    values = sorted(float(each[member]) for each in rounds)
    return statistics.median(values[: max(1, len(values) // 2)])


class _Side:
    """One platform, its ledger filled with so many rows."""

    def __init__(self, ground: Ground, rows: int, name: str) -> None:
        self._ground, self._rows, self.name = ground, rows, name
        self._shop = open_shop(ground.stack, STAMPED_CARDS)
        self._events_before = watch.events_in(ground.stack)
        self._done = 0
        _generate(ground, self._shop, rows)

    def rest(self) -> None:
        """Do now what the database would do beside the stamps after so many rows were put in."""
        with psycopg.connect(self._ground.stack.urls("ledger").superuser, autocommit=True) as conn:
            conn.execute("VACUUM (ANALYZE)")
        watch.checkpoint(self._ground.stack)

    def stamp(self, what: str, seconds: float) -> dict[str, Any]:
        plan = self._ground.at_gateway(self._shop, rate=STAMPS_PER_S) | {
            "url": f"unix:{self._ground.stack.service('ledger').socket}",
            "authorization": internal_token(self._ground.stack, self._shop.caller),
            "seconds": seconds,
        }  # fmt: skip
        (seen,) = self._ground.send((f"{what}, {self.name} rows", plan))
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

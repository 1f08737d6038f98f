"""What every measurement of its own stands on: the stack, the sizes, loads that are sent and counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from rich.console import Console

from punchcard.bench import watch
from punchcard.bench.sending import send_beside
from punchcard.bench.shop import MOVE, Shop
from punchcard.bench.sizes import Sizes
from punchcard.bench.slowness import Slowness
from punchcard.problems import Found
from punchcard.stack import Stack


class Ground:
    """One for all measurements on one stack. `seen` goes into the context, by measurement."""

    def __init__(
        self, stack: Stack, sizes: Sizes, slowness: Slowness, *, rounds: int, seconds: float, out: Console
    ) -> None:
        self.stack = stack
        self.sizes = sizes
        self.slowness = slowness
        self.rounds = rounds
        self.seconds = seconds
        self.out = out
        self.seen: dict[str, list[dict[str, Any]]] = defaultdict(list)

    def at_gateway(self, shop: Shop, *, rate: float | None, cards: list[str] | None = None) -> dict[str, Any]:
        """A plan of stamps at this shop's till."""
        return {
            "url": self.stack.gateway_url, "path": MOVE, "authorization": f"Bearer {shop.api_key}",
            "cards": shop.cards if cards is None else cards, "connections": 32, "seconds": self.seconds,
            "rate": rate,
        }  # fmt: skip

    def send(
        self, *plans: tuple[str, dict[str, Any]], may_wait: Collection[str] = ()
    ) -> list[dict[str, Any]]:
        """Send these at the same time; what they saw is kept under their names."""
        watch.checkpoint(self.stack)
        self.slowness.look()
        found = send_beside(dict(plans), may_wait)
        for (name, _), seen in zip(plans, found, strict=True):
            seen.pop("accepted")
            self.seen[name].append(seen)
        return found

    def check(self, shop: Shop, rows: int, events_before: int, generated: int = 0) -> None:
        """So many rows of this merchant beside generated ones = events since then = what the passes show."""
        watch.settle(self.stack, shop.merchant_id, rows)
        counted = {
            "rows": watch.rows_of(self.stack, shop.merchant_id) - generated,
            "events": watch.events_in(self.stack) - events_before,
        }
        if any(count != rows for count in counted.values()):
            raise Found(f"{rows} operations were accepted, but {counted}.")

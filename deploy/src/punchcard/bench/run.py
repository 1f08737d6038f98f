"""The platform's throughput against pgbench, same server, same run; every operation is checked."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from typing import Any

from rich.console import Console
from rich.table import Table

from punchcard.bench import watch
from punchcard.bench.load import percentile
from punchcard.bench.sending import send
from punchcard.bench.shop import MOVE, Shop, internal_token, open_shop
from punchcard.bench.slowness import Slowness
from punchcard.bench.yardstick import Yardstick
from punchcard.problems import Found
from punchcard.stack import Stack
from punchcard.verify import verify


class Bench:
    """One run on one stack."""

    def __init__(
        self, stack: Stack, slowness: Slowness, *, cards: int, rounds: int, seconds: float, out: Console
    ) -> None:
        self._stack = stack
        self._slowness = slowness
        self._rounds = rounds
        self._seconds = seconds
        self._out = out
        self._shop: Shop = open_shop(stack, cards)
        self._accepted: dict[str, int] = defaultdict(int)
        self._runs: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.figures: dict[str, float] = {}

    def run(self) -> None:
        """Everything, in an order that lets nothing wait for what came before."""
        yardstick = Yardstick(self._stack)
        before = watch.kept_bytes(self._stack), watch.answer_bytes(self._stack)
        self._load("warm-up", self._ledger, 32, min(2.0, self._seconds))
        self._load("warm-up", self._gateway, 32, min(2.0, self._seconds))
        for number in range(1, self._rounds + 1):
            self._out.print(f"round {number} of {self._rounds}")
            self._round(yardstick)
        self._settle()
        self._bytes(*before)
        self._wallet_delay()
        self.figures["service_pss_mb_max"] = max(watch.memory_mb(self._stack).values())
        self.figures["cold_start_s"] = self._stack.started_s
        self._ratios()
        self._out.print(self.table())
        self._check()

    # -- measuring

    def _round(self, yardstick: Yardstick) -> None:
        for connections in (32, 1):
            seconds = self._seconds if connections == 32 else self._seconds / 2
            if connections == 32:
                self._ledger_alone(yardstick)
                # The broker started a moment ago: until it is warm it takes more than its share.
                self._load("warm-up", self._gateway, 32, min(2.0, self._seconds))
                self._settle()
            else:
                self._pgbench(yardstick, connections, seconds)
            self._load(f"ledger {connections}, all running", self._ledger, connections, seconds)
            self._settle()
            began, used = self._done(), watch.processor_s(self._stack)
            self._load(f"gateway {connections}", self._gateway, connections, seconds)
            self._settle()
            if connections == 32:
                used = watch.processor_s(self._stack) - used
                self._runs["cpu"].append({"ms": used * 1000 / max(1, self._done() - began)})
        self._load(
            "gateway 32, open loop", self._gateway, 32, self._seconds, rate=self._half_of_the_gateway()
        )
        self._settle()

    def _pgbench(self, yardstick: Yardstick, connections: int, seconds: float) -> None:
        watch.checkpoint(self._stack)
        per_second = yardstick.per_second(connections, seconds)
        self._runs[f"pgbench {connections}"].append({"per_second": per_second})

    def _ledger_alone(self, yardstick: Yardstick) -> None:
        """The ledger as the yardstick is: events are written, nobody takes them yet. Then they leave.

        Half of the yardstick comes before and half after: a machine changes its speed within seconds.
        """
        self._stack.kafka.stop()
        self._pgbench(yardstick, 32, self._seconds / 2)
        self._load("ledger 32", self._ledger, 32, self._seconds)
        self._pgbench(yardstick, 32, self._seconds / 2)
        self._load("ledger 32, one card", self._ledger, 32, self._seconds, self._shop.cards[:1])
        self._relay()
        self._settle()

    def _half_of_the_gateway(self) -> float:
        return max(50.0, self._median("gateway 32", "per_second") / 2)

    def _ledger(self) -> tuple[str, str]:
        return f"unix:{self._stack.service('ledger').socket}", internal_token(self._stack, self._shop.caller)

    def _gateway(self) -> tuple[str, str]:
        return self._stack.gateway_url, f"Bearer {self._shop.api_key}"

    def _load(
        self,
        name: str,
        door: Any,
        connections: int,
        seconds: float,
        cards: list[str] | None = None,
        rate: float | None = None,
    ) -> dict[str, Any]:
        """Load from a process of its own; what was accepted is taken down for the check at the end."""
        watch.checkpoint(self._stack)
        url, authorization = door()
        plan = {
            "url": url, "path": MOVE, "authorization": authorization, "cards": cards or self._shop.cards,
            "connections": connections, "seconds": seconds, "rate": rate, "seed": len(self._runs[name]) + 1,
        }  # fmt: skip
        self._slowness.look()
        seen = send(name, plan)
        for card, times in seen.pop("accepted").items():
            self._accepted[card] += times
        self._runs[name].append(seen)
        return seen

    def _done(self) -> int:
        return sum(self._accepted.values())

    def _settle(self) -> None:
        """Until the broker has every event and every pass has followed."""
        watch.settle(self._stack, self._shop.merchant_id, self._done())

    def _bytes(self, kept: int, answers: int) -> None:
        """What stays, after the tables have been written to for a while; accounts' own growth counts too."""
        self.figures["bytes_per_operation"] = (watch.kept_bytes(self._stack) - kept) / self._done()
        self.figures["answer_bytes"] = (watch.answer_bytes(self._stack) - answers) / self._done()

    def _wallet_delay(self) -> None:
        """From the transaction's time to the pass, at a hundred operations a second."""
        watching = watch.PassWatch(self._stack, self._shop.merchant_id)
        watching.start()
        self._load("gateway, 100 a second", self._gateway, 32, max(8.0, self._seconds), rate=100)
        self._settle()
        delays = watching.stop()
        self.figures["event_to_wallet_p99_ms_at_100"] = percentile(delays, 0.99)
        self.figures["event_to_wallet_p50_ms_at_100"] = percentile(delays, 0.5)

    def _relay(self) -> None:
        """How fast the backlog leaves once the broker is back."""
        backlog = watch.waiting(self._stack)
        self._stack.kafka.start()
        seen: list[tuple[float, int]] = []
        deadline = time.monotonic() + watch.CATCH_UP_S
        while (left := watch.waiting(self._stack)) and time.monotonic() < deadline:
            if left < backlog:
                seen.append((time.monotonic(), left))
            time.sleep(0.02)
        seen.append((time.monotonic(), 0))
        (first_at, first), (last_at, _) = seen[0], seen[-1]
        self._runs["relay"].append({"per_second": first / max(0.001, last_at - first_at), "backlog": backlog})

    # -- figures

    def _median(self, name: str, what: str) -> float:
        return float(statistics.median(run[what] for run in self._runs[name]))

    def _ratio(self, name: str, to: str) -> float:
        """The median of the ratios of each round: what slows the machine slows both."""
        pairs = zip(self._runs[name], self._runs[to], strict=True)
        return float(statistics.median(one["per_second"] / other["per_second"] for one, other in pairs))

    def _ratios(self) -> None:
        self.figures |= {
            "ledger_vs_pgbench_32": self._ratio("ledger 32", "pgbench 32"),
            "ledger_all_running_vs_pgbench_32": self._ratio("ledger 32, all running", "pgbench 32"),
            "ledger_all_running_vs_pgbench_1": self._ratio("ledger 1, all running", "pgbench 1"),
            "gateway_vs_pgbench_32": self._ratio("gateway 32", "pgbench 32"),
            "gateway_vs_pgbench_1": self._ratio("gateway 1", "pgbench 1"),
            "gateway_p99_ms_32": self._median("gateway 32", "p99_ms"),
            "gateway_p99_ms_1": self._median("gateway 1", "p99_ms"),
            "hot_card_vs_spread": self._ratio("ledger 32, one card", "ledger 32"),
            "relay_vs_ledger": self._ratio("relay", "ledger 32"),
            "cpu_ms_per_operation": self._median("cpu", "ms"),
        }

    def _check(self) -> None:
        """Accepted operations = rows = events = pass sequences; the hash chains hold."""
        merchant_id, done = self._shop.merchant_id, self._done()
        passes = watch.passes_of(self._stack, merchant_id)
        wrong = [card for card, times in self._accepted.items() if passes.get(card) != times]
        counted = {
            "rows": watch.rows_of(self._stack, merchant_id),
            "events": watch.events_in(self._stack),
            "pass sequences": sum(passes.values()),
        }
        if wrong or any(count != done for count in counted.values()):
            raise Found(f"{done} operations were accepted, but {counted}; {len(wrong)} cards differ.")
        verdict = verify(self._stack.urls("ledger").owner)
        if verdict.faulty_cards:
            raise Found(f"{verdict.faulty_cards} cards do not verify: {verdict.faults[0]}")
        self._out.print(f"checked: {done} operations = rows = events = pass sequences; every chain holds")

    def table(self) -> Table:
        """Operations a second and latencies: the median of the rounds."""
        table = Table("load", "rounds", "op/s", "p50 ms", "p95 ms", "p99 ms", box=None)
        for name, runs in self._runs.items():
            if "per_second" in runs[0] and name != "warm-up":
                cells = [
                    f"{self._median(name, p):.1f}" if p in runs[0] else ""
                    for p in ("p50_ms", "p95_ms", "p99_ms")
                ]
                table.add_row(name, str(len(runs)), f"{self._median(name, 'per_second'):.0f}", *cells)
        return table

    def context(self) -> dict[str, Any]:
        return {
            "cards": len(self._shop.cards),
            "rounds": self._rounds,
            "seconds": self._seconds,
            "memory_mb": {name: round(mb, 1) for name, mb in watch.memory_mb(self._stack).items()},
            "runs": self._runs,
        }

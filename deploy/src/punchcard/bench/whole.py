"""`punchcard bench`: the parts that were asked for, on a stack of their own; figures, bounds and context."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console

from punchcard.bench import (
    freshness,
    google_catch_up,
    imports,
    ledger_size,
    outage,
    passes,
    pushes,
    replay,
    reports,
    search,
    sign_ins,
)
from punchcard.bench.figures import holds, table_of
from punchcard.bench.ground import Ground
from punchcard.bench.run import Bench
from punchcard.bench.sizes import FULL, SMALL, Sizes
from punchcard.bench.slowness import Slowness
from punchcard.environment import RAISED_LIMITS
from punchcard.problems import WrongUsage
from punchcard.stack import Stack

THROUGHPUT = "throughput"
#: Measured after the throughput, in this order: what generates rows by SQL comes after what counts them.
MEASUREMENTS: Mapping[str, Callable[[Ground], dict[str, float]]] = {
    "freshness": freshness.measure,
    "import": imports.measure,
    "sign-ins": sign_ins.measure,
    "outage": outage.measure,
    "replay": replay.measure,
    "search": search.measure,
    "reports": reports.measure,
    "passes": passes.measure,
    # Last: passes that Google's quota lets through one by one are behind for long.
    "pushes": lambda ground: pushes.measure(ground) | google_catch_up.measure(ground),
}
#: On two stacks of its own.
LEDGER_SIZE = "ledger-size"
PARTS = (THROUGHPUT, *MEASUREMENTS, LEDGER_SIZE)


class Asked(NamedTuple):
    """What to measure. `cards`, `rounds` and `seconds` are those of the loads."""

    cards: int
    rounds: int
    seconds: float
    parts: Sequence[str] = PARTS
    full: bool = False

    @property
    def sizes(self) -> Sizes:
        return FULL if self.full else SMALL


def chosen(only: str | None) -> Sequence[str]:
    """The parts that `--only` names, in the order they are run in; all without it. WrongUsage."""
    if only is None:
        return PARTS
    names = {name.strip() for name in only.split(",")}
    if unknown := sorted(names - set(PARTS)):
        raise WrongUsage(f"There is no measurement {', '.join(unknown)!r}; there are {', '.join(PARTS)}.")
    return [part for part in PARTS if part in names]


def bench(folder: Path, asked: Asked, to: Path, out: Console) -> bool:
    """Measure, print the tables, write `to`. True when every figure holds its bound."""
    run = _Run(folder, asked, out)
    run.on_one_stack()
    run.on_two_stacks()
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_text(json.dumps({"figures": run.figures, "context": run.context}, indent=1))
    out.print(table_of(run.figures))
    out.print(
        f"the same loop took {run.slowness.slowdown:.2f} times its best time in the median of all loads"
    )
    return all(holds(name, value) for name, value in run.figures.items())


class _Run:
    """What is found goes into `figures` and `context`."""

    def __init__(self, folder: Path, asked: Asked, out: Console) -> None:
        self._folder = folder
        self._asked = asked
        self._out = out
        self.slowness = Slowness()
        self.figures: dict[str, float] = {}
        self._context: dict[str, Any] = {}
        self._measured: dict[str, Any] = {}
        self._took_s: dict[str, float] = {}

    def on_one_stack(self) -> None:
        """All that one platform is enough for."""
        if set(self._asked.parts) == {LEDGER_SIZE}:
            return
        with self._stack("var") as stack:
            self._context["postgresql"] = stack.postgres.member.version  # type: ignore[attr-defined]
            if THROUGHPUT in self._asked.parts:
                with self._told(THROUGHPUT):
                    self._throughput(stack)
            ground = self._ground(stack)
            for part in self._asked.parts:
                if part in MEASUREMENTS:
                    with self._told(part):
                        self.figures |= MEASUREMENTS[part](ground)
            self._measured |= ground.seen

    def on_two_stacks(self) -> None:
        """A nearly empty ledger beside a full one."""
        if LEDGER_SIZE not in self._asked.parts:
            return
        with self._told(LEDGER_SIZE), self._stack("few") as few, self._stack("many") as many:
            grounds = self._ground(few), self._ground(many)
            self.figures |= ledger_size.measure(*grounds)
        for ground in grounds:
            self._measured[f"ledger-size, {ground.stack.home.path.name}"] = ground.seen

    @property
    def context(self) -> dict[str, Any]:
        return {
            "machine": platform.machine(),
            "processors": os.cpu_count(),
            "python": platform.python_version(),
            "slowdown": self.slowness.slowdown,
            "parts": list(self._asked.parts),
            "sizes": self._asked.sizes._asdict(),
            "took_s": self._took_s,
            **self._context,
            "measured": self._measured,
        }

    def _throughput(self, stack: Stack) -> None:
        asked = self._asked
        running = Bench(
            stack, self.slowness, cards=asked.cards, rounds=asked.rounds, seconds=asked.seconds, out=self._out
        )
        running.run()
        self.figures |= running.figures
        self._context |= running.context()

    def _ground(self, stack: Stack) -> Ground:
        asked = self._asked
        return Ground(
            stack, asked.sizes, self.slowness, rounds=asked.rounds, seconds=asked.seconds, out=self._out
        )

    @contextmanager
    def _told(self, part: str) -> Iterator[None]:
        """Say what is measured now and, at its end, how long that took."""
        self._out.print(f"measuring {part}")
        began = time.monotonic()
        yield
        took_s = time.monotonic() - began
        self._out.print(f"  {part:<26} {took_s:5.1f} s")
        self._took_s[part] = round(took_s, 1)

    def _stack(self, name: str) -> Stack:
        def tell(step: str, seconds: float) -> None:
            self._out.print(f"  {step:<26} {seconds:5.1f} s")

        return Stack(self._folder / name, durable=True, env={"gateway": RAISED_LIMITS}, on_step=tell)

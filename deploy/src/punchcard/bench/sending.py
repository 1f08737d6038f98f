"""Loads sent by processes of their own; every request of a load that is counted has to be accepted."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Collection, Mapping
from typing import Any

from punchcard.problems import Found

LATER = ("503",)
COMMAND = (sys.executable, "-m", "punchcard.bench.load")


def send(name: str, plan: Mapping[str, Any]) -> dict[str, Any]:
    """Run the load and tell what it saw. Found when a request was not accepted."""
    (seen,) = send_beside({name: plan})
    return seen


def send_beside(
    plans: Mapping[str, Mapping[str, Any]], may_wait: Collection[str] = ()
) -> list[dict[str, Any]]:
    """Run these loads at the same time. Those that `may_wait` names may be told to come back later (503)."""
    running = [
        (name, plan, subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE))
        for name, plan in plans.items()
    ]
    try:
        for _, plan, process in running:
            assert process.stdin is not None
            process.stdin.write(json.dumps(plan).encode())
            process.stdin.close()
        return [
            _seen(name, process, {"200", *LATER} if name in may_wait else {"200"})
            for name, _, process in running
        ]
    finally:
        for _, _, process in running:
            process.kill()
            process.wait()


def _seen(name: str, process: subprocess.Popen[bytes], fine: set[str]) -> dict[str, Any]:
    assert process.stdout is not None
    answer = process.stdout.read()
    process.stdout.close()
    if code := process.wait():
        raise Found(f"{name}: the load ended with code {code}.")
    seen: dict[str, Any] = json.loads(answer)
    others = {status: n for status, n in seen["statuses"].items() if status not in fine}
    if others or seen["unanswered"]:
        raise Found(f"{name}: not every operation was accepted: {others}, {seen['unanswered']} unanswered.")
    return seen

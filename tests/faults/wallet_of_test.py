"""The wallet service with providers of the tests: they bring passes to a stand-in over a socket.

Run as a process of its own, so that it can be killed; the stand-in's port is in WALLET_STAND_IN_PORT.
"""

from __future__ import annotations

import asyncio
import json
import os

from kit.serving import serve
from wallet.domain import Delivered, NotNow, Outcome, Pass, Platform
from wallet.main import build
from wallet.settings import WalletSettings


class OverSocket:
    """Tells the stand-in what a pass is to show: a line of JSON out, a status in."""

    def __init__(self, platform: Platform, port: int) -> None:
        self.platform = platform
        self._port = port

    async def deliver(self, held: Pass) -> Outcome:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            writer.write(json.dumps(self._state(held)).encode() + b"\n")
            answer = (await reader.readline()).decode().strip()
        finally:
            writer.close()
        if answer == "200":
            return Delivered(devices=1, answer="200")
        return NotNow("no-answer" if not answer else "unavailable", answer=answer or None)

    def _state(self, held: Pass) -> dict[str, object]:
        return {
            "platform": self.platform,
            "card": str(held.card_id),
            "sequence": held.sequence_wanted,
            "stamps": held.stamp_count,
            "points": held.points_balance,
            "revision": held.revision,
            "ended": held.ended,
        }


if __name__ == "__main__":
    port = int(os.environ["WALLET_STAND_IN_PORT"])
    serve(build(WalletSettings.load(), [OverSocket("apple", port), OverSocket("google", port)]))

"""Rewards as they are read: what programs knows of a reward, with what the ledger counted of its stock."""

from __future__ import annotations

from typing import Any

import msgspec

from gateway.clients import Reply
from gateway.edge.ledger import Ledger

TAKEN = "/internal/rewards-taken"


class RewardStock:
    """Asks only where there is a stock."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def into(self, member: str, reply: Reply) -> Reply:
        """The answer with `stock_left` of each of its rewards. UpstreamUnavailable rather than a guess."""
        value = reply.json()
        held = value[member] if member else value
        rewards: list[dict[str, Any]] = held if isinstance(held, list) else [held]
        limited = [reward["id"] for reward in rewards if reward["stock"] is not None]
        taken = (await self._ledger.ask(TAKEN, {"reward_ids": limited}))["taken"] if limited else {}
        for reward in rewards:
            stock = reward["stock"]
            reward["stock_left"] = None if stock is None else max(0, stock - taken.get(reward["id"], 0))
        return reply._replace(body=msgspec.json.encode(value))

"""Programs as administrators list them: what programs knows of each, with the figures the ledger counted."""

from __future__ import annotations

from typing import Any

import msgspec

from contracts.problem import UpstreamUnavailable
from gateway.clients import Reply
from gateway.edge.ledger import Ledger

STATISTICS = "/internal/program-statistics"


class ProgramStatistics:
    """Asks once for a page."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def into(self, member: str, reply: Reply) -> Reply:
        """The answer with the `statistics` of each of its programs; null while the ledger does not answer."""
        value = reply.json()
        programs: list[dict[str, Any]] = value[member]
        ids = [program["id"] for program in programs]
        try:
            counted = (await self._ledger.ask(STATISTICS, {"program_ids": ids}))["statistics"] if ids else {}
        except UpstreamUnavailable:
            # A list of programs can be worked with without figures; made-up ones could not.
            counted = {}
        for program in programs:
            program["statistics"] = counted.get(program["id"])
        return reply._replace(body=msgspec.json.encode(value))

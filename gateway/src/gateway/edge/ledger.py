"""The ledger, asked in the gateway's own name for what it adds to another service's answer."""

from __future__ import annotations

from typing import Any

import msgspec

from contracts.problem import UpstreamUnavailable, said
from gateway.clients import Client, Reply
from kit import telemetry
from kit.identity import Signer


class Ledger:
    """Whose cards and rewards they are was decided when their service answered."""

    def __init__(self, client: Client, signer: Signer) -> None:
        self._client = client
        self._signer = signer

    async def ask(self, path: str, asked: dict[str, Any]) -> Any:
        """What it answers. UpstreamUnavailable when it does not."""
        current = telemetry.trace.get()
        headers = [
            (b"authorization", b"Bearer " + self._signer.internal().encode()),
            (b"content-type", b"application/json"),
            (b"x-request-id", current.request_id.encode()),
            (b"traceparent", current.traceparent.encode()),
        ]
        reply = await self._client.ask("POST", path, headers, msgspec.json.encode(asked), safe_to_repeat=True)
        if reply.status != 200:
            raise answered("ledger", reply)
        return reply.json()


def answered(service: str, reply: Reply) -> UpstreamUnavailable:
    """What stands for an answer that is of no use."""
    return UpstreamUnavailable(said("{service} answered {status}", service=service, status=reply.status))

"""The live feed: a merchant's transactions as server-sent events, as they are heard."""

from __future__ import annotations

from gateway.edge.feed.described import DOCUMENT, PATH
from gateway.edge.feed.doorway import Doorway
from gateway.edge.feed.hub import Hub, Told
from gateway.edge.identity import Identities, Identity
from gateway.edge.requests import HEAD, Ongoing
from gateway.settings import GatewaySettings
from kit.app import Service
from kit.edge import Answer, HotRequest, Receive, Scope, Send

__all__ = ["DOCUMENT", "PATH", "Feed"]


class Feed:
    """The gateway's own operation."""

    def __init__(self, service: Service, identities: Identities, settings: GatewaySettings) -> None:
        assert service.listener is not None
        self._hub = Hub(service.work)
        self._doorway = Doorway(service.work, self._hub, identities, settings, lambda: service.leaving)
        service.listener.hear(self._hub.hear, Told, wanted=self._hub.wanted)
        service.background("live feed", self._hub.run)
        service.background("live feed's listeners", self._doorway.watch)
        service.background("live feed's window", self._hub.forget_old)

    async def answer(self, request: HotRequest, identity: Identity) -> Answer | Ongoing:
        """The stream for this caller."""
        stream = await self._doorway.open(request, identity)
        if request.scope.get(HEAD):
            return Answer(200, b"", [(b"content-type", b"text/event-stream; charset=utf-8")])

        async def go_on(scope: Scope, receive: Receive, send: Send) -> None:
            self._doorway.enter(stream)
            try:
                await stream.run(scope, receive, send)
            finally:
                self._doorway.leave(stream)

        return go_on

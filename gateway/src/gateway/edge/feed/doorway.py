"""Who may listen, to what, and from where on; and who may no longer."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from urllib.parse import parse_qs
from uuid import UUID

from contracts.problem import StoreNotFound, Unauthenticated, UpstreamUnavailable, ValidationFailed
from gateway.edge.feed import lines, window
from gateway.edge.feed.hub import Hub, Reader
from gateway.edge.feed.stream import Pace, Pages, Stream
from gateway.edge.identity import Identities, Identity
from gateway.settings import GatewaySettings
from kit.edge import HotRequest
from kit.identity import Caller
from kit.telemetry import log
from kit.work import Work

#: Beyond that many of one caller, the one that was opened first ends: perhaps nobody is there any more.
STREAMS_OF_ONE = 10
LOOK_EVERY_S = 0.5
#: While a stream is open its merchant is listened to; told so often that a missed time or two do no harm.
SAY_EVERY_S = 600.0
#: This many credentials are looked at side by side: one whose owner has to be asked holds up no other.
LOOKED_AT_ONCE = 100
_NUMBER = re.compile(r"[0-9]{1,18}")


class Doorway:
    """Opens streams, and keeps an eye on all that are open."""

    def __init__(
        self,
        work: Work,
        hub: Hub,
        identities: Identities,
        settings: GatewaySettings,
        leaving: Callable[[], bool],
    ) -> None:
        self._work = work
        self._hub = hub
        self._identities = identities
        self._leaving = leaving
        self._most = settings.feed_streams
        self._pages = Pages(work, hub)
        self._pace = Pace(settings.feed_heartbeat_s, settings.feed_write_timeout_s)
        self._open: dict[Stream, None] = {}

    async def open(self, request: HotRequest, identity: Identity) -> Stream:
        """A stream for this caller. ValidationFailed, StoreNotFound, UpstreamUnavailable."""
        merchant_id = identity.caller.merchant
        store_id = await self._store(request, identity.caller)
        if len(self._open) >= self._most or self._leaving():
            raise UpstreamUnavailable("as many listen to the live feed as can")
        given = request.headers.get(b"last-event-id", b"").decode("latin-1").strip()
        number, began = await self._place(merchant_id, given)
        reader = Reader(merchant_id, store_id, number)
        authorization = request.headers[b"authorization"]
        return Stream(reader, identity.caller, authorization, began, self._pages, self._pace)

    async def _store(self, request: HotRequest, caller: Caller) -> UUID | None:
        """Of which store; None for all of the merchant."""
        query = request.scope.get("query_string", b"").decode("latin-1")
        given = parse_qs(query, keep_blank_values=True).get("store_id", [None])[-1]
        if given is None:
            return caller.store_id
        try:
            store_id = UUID(given)
        except ValueError:
            raise ValidationFailed.of("store_id", "bad-format", "must be a UUID") from None
        if caller.store_id is not None:
            if store_id != caller.store_id:
                raise ValidationFailed.of("store_id", "not-allowed", "a till acts for its own store")
            return store_id
        store = await self._identities.store(store_id)
        if store is None or store.merchant_id != caller.merchant_id or store.deleted_at is not None:
            raise StoreNotFound
        return store_id

    async def _place(self, merchant_id: UUID, given: str) -> tuple[int, bytes]:
        """The number to go on from, and what is said of it."""
        async with self._work() as tx:
            await window.listen(tx.conn, [merchant_id])
        async with self._work.read() as conn:
            if not given:
                number = await window.last_number(conn, merchant_id)
                return number, lines.opening(number)
            if _NUMBER.fullmatch(given) and await window.reaches(conn, merchant_id, int(given)):
                return int(given), lines.opening(int(given))
            number = await window.last_number(conn, merchant_id)
            return number, lines.reset(number)

    # -- while they are open

    def enter(self, stream: Stream) -> None:
        same = [other for other in self._open if other.caller == stream.caller]
        if len(same) >= STREAMS_OF_ONE:
            same[0].reader.end()
        self._open[stream] = None

    def leave(self, stream: Stream) -> None:
        stream.reader.end()
        self._hub.detach(stream.reader)
        self._open.pop(stream, None)

    async def watch(self) -> None:
        """End streams of those who may not listen any more, and all of them when we end."""
        clock = asyncio.get_running_loop().time
        say_at = clock() + SAY_EVERY_S
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            streams = list(self._open)
            if streams and clock() >= say_at:
                say_at = clock() + SAY_EVERY_S
                async with self._work() as tx:
                    await window.listen(tx.conn, {stream.reader.merchant_id for stream in streams})
            if self._leaving():
                for stream in streams:
                    stream.reader.end()
                continue
            for first in range(0, len(streams), LOOKED_AT_ONCE):
                await asyncio.gather(*map(self._check, streams[first : first + LOOKED_AT_ONCE]))

    async def _check(self, stream: Stream) -> None:
        try:
            identity = await self._identities.of(stream.authorization)
        except Unauthenticated:
            stream.reader.end()
        except UpstreamUnavailable as error:
            log.warning("a listener's credential goes on as it was: %s", error)
        else:
            if identity is None or identity.caller != stream.caller:
                stream.reader.end()

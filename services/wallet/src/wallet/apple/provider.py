"""Apple as a provider: each device that holds a changed pass is told so by a push; then it asks us."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote
from uuid import UUID

from prometheus_client import Counter

from kit.http2 import Http2, NoAnswer, client_context
from kit.ids import now
from kit.telemetry import registry
from kit.together import Together
from kit.work import Work
from wallet import store
from wallet.apple.answers import Gone, Later, Meaning, Refused, Told, meaning, outcome
from wallet.apple.identity import AppleIdentity
from wallet.domain import Outcome, Pass, Platform
from wallet.saved import tell_saved
from wallet.settings import WalletSettings
from wallet.store.registrations import Registration

TIMEOUT_S, IN_FLIGHT = 10.0, 500
BODY = b"{}"

_pushes = Counter("apple_pushes_total", "Pushes to devices by outcome", ["answer"], registry=registry)


class ApplePushes:
    """One connection to Apple's push service; `topic` is the pass type identifier."""

    platform: Platform = "apple"

    def __init__(self, work: Work, server: Http2, topic: str) -> None:
        self._work = work
        self._server = server
        self._headers = {"apns-topic": topic}
        self._registered = Together(self._read)
        self._note_told = Together(self._write)

    async def deliver(self, held: Pass) -> Outcome:
        """Tell the devices that were not told of this revision yet."""
        devices = await self._registered(held.card_id)
        waiting = [one for one in devices if one.revision_told < held.revision]
        meanings = await asyncio.gather(*(self._tell(one, held) for one in waiting))
        return outcome(meanings, len(devices) - len(waiting))

    async def close(self) -> None:
        await self._server.close()

    async def _tell(self, device: Registration, held: Pass) -> Meaning:
        found = await self._push(device.push_token)
        _pushes.labels(type(found).__name__.lower()).inc()
        match found:
            case Gone(before, reason):
                is_forgotten = await self._forget(device, held, before)
                # It came back after that time: then it is told later.
                return found if is_forgotten else Later(reason, of_device=True)
            case Told() | Refused():
                # Those that are refused are not asked again for this revision either.
                await self._note_told((device, held.revision))
        return found

    async def _forget(self, device: Registration, held: Pass, before: datetime) -> bool:
        async with self._work() as tx:
            await store.hold(tx.conn, held.card_id)
            is_forgotten = await store.forget(tx.conn, device, before)
            if is_forgotten and not await store.is_anywhere(tx.conn, held.card_id):
                await tell_saved(tx, held.card_id, held.merchant_id, "apple", added=False)
        return is_forgotten

    async def _push(self, token: str) -> Meaning:
        sent_at = now()
        path = f"/3/device/{quote(token, safe='')}"
        try:
            reply = await self._server.ask("POST", path, self._headers, BODY)
        except NoAnswer as error:
            return Later(str(error))
        return meaning(reply.status, reply.body, reply.headers.get("retry-after"), sent_at)

    async def _read(self, card_ids: list[UUID]) -> Sequence[Sequence[Registration]]:
        async with self._work.read() as conn:
            found = await store.registered(conn, card_ids)
        return [found[card_id] for card_id in card_ids]

    async def _write(self, told: list[tuple[Registration, int]]) -> Sequence[None]:
        async with self._work() as tx:
            await store.note_told(tx.conn, told)
        return [None] * len(told)


def make(work: Work, settings: WalletSettings, identity: AppleIdentity) -> ApplePushes:
    """The provider of these settings, whose identity this is."""
    certificate, key = settings.apple_pass_certificate, settings.apple_pass_key
    intermediate, ca = settings.apple_wwdr_certificate, settings.apple_push_ca
    assert certificate is not None, "the identity was read from it"
    assert key is not None, "the identity was read from it"
    assert intermediate is not None, "the identity was read from it"
    context = client_context(
        certificate=certificate.get_secret_value(),
        intermediate=intermediate.get_secret_value(),
        key=key.get_secret_value(),
        ca=ca.get_secret_value() if ca else None,
    )
    server = Http2(settings.apple_push_url, context, timeout_s=TIMEOUT_S, in_flight=IN_FLIGHT)
    return ApplePushes(work, server, identity.pass_type_id)

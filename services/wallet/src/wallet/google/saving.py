"""Handing a card out to Google Wallet, and what Google tells of saves: links, and callbacks taken once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from contracts.problem import CardNotFound, Unauthenticated, UpstreamUnavailable, WalletNotAvailable, said
from contracts.programs import MerchantChanged, ProgramChanged
from kit.projection import Projection
from kit.work import Work
from wallet import commands
from wallet.commands import Passes
from wallet.domain import Pass
from wallet.google import callbacks, rules, store
from wallet.google.account import ServiceAccount
from wallet.google.root_keys import RootKeys
from wallet.saved import tell_saved

#: A save link needs its object to be there: so long somebody waits for it, looking so often.
OBJECT_WAIT_S, LOOK_EVERY_S = 1.5, 0.05
#: What a phone takes as an address.
LINK_MAX = 1800
NOT_SIGNED = "This callback is not signed as Google signs"
STALE = "This callback is over, or the key that signed it"
SEEN_BEFORE = "This callback came before"


class SaveLinks:
    """Makes a save link when it is asked for; it is kept nowhere."""

    def __init__(
        self, work: Work, projection: Projection, account: ServiceAccount, save_url: str, base_url: str
    ) -> None:
        self._work = work
        self._projection = projection
        self._account = account
        self._save_url = save_url.rstrip("/")
        self._base_url = base_url

    async def of(self, held: Pass) -> str:
        """Where a phone saves this pass. CardNotFound, WalletNotAvailable, UpstreamUnavailable."""
        program = await self._projection.load(ProgramChanged, held.program_id)
        merchant = await self._projection.load(MerchantChanged, held.merchant_id)
        if program is None or merchant is None or rules.Look(merchant, program).gone or held.ended:
            raise CardNotFound
        shown = await self._brought(held.card_id)
        link = f"{self._save_url}/{self._account.sign(self._claims(shown))}"
        assert len(link) < LINK_MAX, "claims and ids have bounds"
        return link

    def _claims(self, shown: store.ShownObject) -> dict[str, Any]:
        return {
            "iss": self._account.email,
            "aud": "google",
            "typ": "savetowallet",
            "iat": int(time.time()),
            "origins": [self._base_url],
            "payload": {"loyaltyObjects": [{"id": shown.object_id, "classId": shown.class_id}]},
        }

    async def _brought(self, card_id: UUID) -> store.ShownObject:
        """The object, once Google has it; it is brought before all that is behind."""
        async with self._work() as tx:
            await commands.hand_out(tx, card_id, "google")
            shown = await store.find_object(tx.conn, card_id)
            if shown is None or shown.digest is None:
                await store.first_in_line(tx.conn, card_id)
        deadline = time.monotonic() + OBJECT_WAIT_S
        while shown is None or shown.digest is None:
            if time.monotonic() > deadline:
                raise UpstreamUnavailable(said("{service} did not answer in time", service="Google"))
            await asyncio.sleep(LOOK_EVERY_S)
            async with self._work.read() as conn:
                shown = await store.find_object(conn, card_id)
        return shown


class Callbacks:
    """Takes callbacks that Google signed for our issuers, each once."""

    def __init__(self, work: Work, projection: Projection, roots: RootKeys, issuer: str) -> None:
        self._work = work
        self._projection = projection
        self._roots = roots
        self._issuer = issuer

    async def take(self, message: Mapping[str, Any]) -> None:
        """Keep what it says. Unauthenticated for what is forged, over or known; CardNotFound."""
        notice = await self._verified(message)
        async with self._work() as tx:
            over = datetime.fromtimestamp(min(notice.expires_ms / 1000, _FAR), UTC)
            if not await store.see_nonce(tx.conn, notice.nonce, over):
                raise Unauthenticated(SEEN_BEFORE)
            added = notice.event == "save"
            marked = await store.mark_saved(tx.conn, notice.object_id, notice.class_id, added)
            if marked is None:
                raise CardNotFound
            if marked.changed:
                await tell_saved(tx, marked.card_id, marked.merchant_id, "google", added=added)

    async def _verified(self, message: Mapping[str, Any]) -> callbacks.Notice:
        issuers = {self._issuer} | {
            rules.issuer_of(program, self._issuer) for program in self._projection.all(ProgramChanged)
        }
        now_ms = int(time.time() * 1000)
        try:
            try:
                return callbacks.verify(message, await self._roots.known(), issuers, now_ms)
            except callbacks.UnknownRoot:
                return callbacks.verify(message, await self._roots.newer(), issuers, now_ms)
        except callbacks.Forged:
            raise Unauthenticated(NOT_SIGNED) from None
        except callbacks.Stale:
            raise Unauthenticated(STALE) from None


#: The year 2100, in seconds: a time that lies further is kept as this.
_FAR = 4_102_444_800


class GoogleDoors:
    """What the routes ask; without an identity with Google there is nothing to save to."""

    def __init__(
        self, passes: Passes, links: SaveLinks | None = None, taken: Callbacks | None = None
    ) -> None:
        self._passes = passes
        self._links = links
        self._taken = taken

    async def save_link(self, card_id: UUID) -> str:
        if self._links is None:
            raise WalletNotAvailable
        return await self._links.of(await self._passes.find(card_id))

    async def callback(self, message: Mapping[str, Any]) -> None:
        if self._taken is None:
            raise WalletNotAvailable
        await self._taken.take(message)

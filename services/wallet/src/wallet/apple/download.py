"""For whoever has a card's link: the card as a pass for Apple Wallet."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from contracts.problem import CardNotFound, Forbidden, UpstreamUnavailable, WalletNotAvailable
from kit.described import problems
from kit.edge import Answer, Hot, HotRequest
from kit.identity import Caller, Callers, allow
from kit.together import Together
from kit.work import Work
from wallet import store
from wallet.apple.passfile import MEDIA_TYPE, PassFiles
from wallet.commands import Passes
from wallet.links import Links

#: The pass is one person's, and older by the next stamp.
HEADERS = {
    "cache-control": "private, no-store",
    "content-disposition": 'attachment; filename="loyalty-card.pkpass"',
}
_HEADERS = [(b"content-type", MEDIA_TYPE.encode()), *((k.encode(), v.encode()) for k, v in HEADERS.items())]
PATH = "/api/v1/loyalty/cards/{link_token}/pass.pkpass"
_BEFORE, _BEHIND = PATH.split("{link_token}")
HANDED_OUT_LIMIT = 50_000
#: A pass that somebody holds is waited for so long, looking so often: the gateway waits little longer.
HELD_S, LOOK_EVERY_S = 1.5, 0.05

_PASS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The pass",
        "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
        "headers": {
            "Content-Disposition": {
                "description": "Names the file",
                "schema": {"type": "string", "example": HEADERS["content-disposition"]},
            }
        },
    }
}


class Download:
    """Hands a pass out. `files` is None where Apple's wallet is not set up."""

    def __init__(self, work: Work, links: Links, passes: Passes, files: PassFiles | None) -> None:
        self._work = work
        self._links = links
        self._passes = passes
        self._files = files
        self._hand_out = Together(self._handed_over)
        self._handed_out: OrderedDict[UUID, None] = OrderedDict()

    async def of(self, link_token: str) -> bytes:
        """The file. CardNotFound, WalletNotAvailable; UpstreamUnavailable when it can't be made now."""
        card_id = await self._links.card_of(link_token)
        if self._files is None:
            raise WalletNotAvailable
        held = await self._passes.find_whole(card_id)
        look = await self._files.look_of(held)
        if held.ended or look.ended:
            raise CardNotFound
        file = await self._files.of(held)
        # Once is enough; what is remembered spares a write with every download.
        if card_id not in self._handed_out:
            await self._hand_over(card_id, file.revision)
        return file.content

    async def _hand_over(self, card_id: UUID, revision: int) -> None:
        """One that somebody holds is asked for again: no other download waits for it, and no connection."""
        deadline = time.monotonic() + HELD_S
        while not await self._hand_out((card_id, revision)):
            if time.monotonic() > deadline:
                raise UpstreamUnavailable
            await asyncio.sleep(LOOK_EVERY_S)

    async def _handed_over(self, files: Sequence[tuple[UUID, int]]) -> Sequence[bool]:
        # One statement that commits by itself: two round trips less than a transaction.
        async with self._work.read() as conn:
            done = await store.hand_over(conn, files)
        self._handed_out |= dict.fromkeys(done)
        while len(self._handed_out) > HANDED_OUT_LIMIT:
            self._handed_out.popitem(last=False)
        return [card_id in done for card_id, _ in files]


class Door:
    """The download as a hot route: many come at once, and a framework would be a large part of each."""

    def __init__(self, download: Download, callers: Callers) -> None:
        self._download = download
        self._callers = callers

    def find(self, method: str, path: str) -> tuple[str, Hot] | None:
        """As `kit.app.Service.find_hot`."""
        if method != "GET" or not (path.startswith(_BEFORE) and path.endswith(_BEHIND)):
            return None
        token = path[len(_BEFORE) : -len(_BEHIND)]
        return None if "/" in token else (PATH, partial(self._answer, token))

    async def _answer(self, token: str, request: HotRequest) -> Answer:
        said = request.headers.get(b"authorization")
        caller = self._callers.of(None if said is None else said.decode("latin-1"))
        request.scope["caller"] = caller.name
        if caller.role != "public":
            raise Forbidden
        return Answer(200, await self._download.of(token), _HEADERS)


def routes(download: Download) -> APIRouter:
    """The same for the document, and for addresses that the door does not take."""
    router = APIRouter(tags=["public"])

    @router.get(
        PATH,
        operation_id="downloadApplePass",
        summary="Add one's own card to Apple Wallet",
        description="The card as a signed pass, with what the ledger holds now. An iPhone opens it by itself."
        " A link that ended, a deleted card and a deleted merchant are answered alike.",
        response_class=Response,
        responses={**_PASS, **problems(CardNotFound, WalletNotAvailable, UpstreamUnavailable)},
    )
    async def download_apple_pass(
        link_token: str, caller: Annotated[Caller, Depends(allow("public"))]
    ) -> Response:
        return Response(await download.of(link_token), media_type=MEDIA_TYPE, headers=HEADERS)

    return router

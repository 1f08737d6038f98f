"""For whoever has a card's link: the card as a pass for Apple Wallet."""

from __future__ import annotations

from collections import OrderedDict
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from contracts.problem import CardNotFound, UpstreamUnavailable, WalletNotAvailable
from kit.described import problems
from kit.identity import Caller, allow
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
HANDED_OUT_LIMIT = 50_000

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
        await self._hand_out(card_id)
        return file.content

    async def _hand_out(self, card_id: UUID) -> None:
        """Once is enough; what is remembered spares a write with every download."""
        if card_id in self._handed_out:
            return
        # One statement that commits by itself: two round trips less than a transaction.
        async with self._work.read() as conn:
            await store.hand_out(conn, card_id, "apple")
        self._handed_out[card_id] = None
        if len(self._handed_out) > HANDED_OUT_LIMIT:
            self._handed_out.popitem(last=False)


def routes(download: Download) -> APIRouter:
    router = APIRouter(tags=["public"])

    @router.get(
        "/api/v1/loyalty/cards/{link_token}/pass.pkpass",
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

"""Pass files: made and signed when a device fetches one, and kept while there is room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

import msgspec

from contracts.problem import CardNotFound, WalletNotAvailable
from wallet.apple.archive import Part, archive, manifest, part
from wallet.apple.content import Issuer, document
from wallet.apple.identity import AppleIdentity
from wallet.apple.kept import Kept
from wallet.apple.look import Look
from wallet.apple.studio import Studio
from wallet.apple.words import STRINGS
from wallet.domain import Pass

MEDIA_TYPE = "application/vnd.apple.pkpass"
KEPT_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True)
class PassFile:
    """A finished pass: what it holds, and which state of the pass that is."""

    content: bytes
    revision: int
    sequence: int
    changed_at: datetime


class FindsLooks(Protocol):
    """As `wallet.apple.looks.Looks` does."""

    async def of(self, program_id: UUID) -> Look | None: ...


class PassFiles:
    """Makes pass files. What is kept of one are its own parts: its pictures are those of many passes."""

    def __init__(
        self,
        identity: AppleIdentity,
        issuer: Issuer,
        looks: FindsLooks,
        studio: Studio,
        limit_bytes: int = KEPT_BYTES,
    ) -> None:
        self._identity = identity
        self._issuer = issuer
        self._looks = looks
        self._studio = studio
        self._own: Kept[tuple[Part, ...]] = Kept(limit_bytes)
        #: How many were signed ever.
        self.signed = 0

    async def look_of(self, held: Pass) -> Look:
        """WalletNotAvailable where its program names another pass type; CardNotFound without a program."""
        look = await self._looks.of(held.program_id)
        if look is None:
            raise CardNotFound
        if look.program.apple_pass_type_id not in (None, "", self._issuer.pass_type_id):
            raise WalletNotAvailable
        return look

    async def of(self, held: Pass) -> PassFile:
        """The pass as it is to look now."""
        look = await self.look_of(held)
        shared = (*STRINGS, *await self._studio.pictures(held, look))
        key = (held.card_id, held.revision, look.version, held.locale)
        own = self._own.get(key)
        if own is None:
            own = self._made(held, look, shared)
            self._own.keep(key, own, sum(len(one.entry) for one in own))
        return PassFile(archive((*own, *shared)), held.revision, held.sequence_wanted, held.changed_at)

    def _made(self, held: Pass, look: Look, shared: tuple[Part, ...]) -> tuple[Part, ...]:
        """The parts that are this pass's alone, signed."""
        shown = part("pass.json", msgspec.json.encode(document(held, look, self._issuer)))
        listed = part("manifest.json", manifest((shown, *shared)))
        self.signed += 1
        return shown, listed, part("signature", self._identity.sign(listed.content))

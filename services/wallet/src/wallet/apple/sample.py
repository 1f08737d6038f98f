"""A pass of nobody's card: made to see whether an identity makes good ones."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from contracts.programs import MerchantChanged, ProgramChanged, RewardChanged, Tier
from kit.ids import now, uuid7
from wallet import recent
from wallet.apple.content import Issuer
from wallet.apple.identity import AppleIdentity
from wallet.apple.look import Look, Pictures, look_of
from wallet.apple.passfile import PassFiles
from wallet.apple.studio import Studio
from wallet.domain import Pass


class _OneLook:
    def __init__(self, look: Look) -> None:
        self._look = look

    async def of(self, program_id: UUID) -> Look | None:
        return self._look


async def sample(
    identity: AppleIdentity, base_url: str, kind: Literal["stamps", "points", "hybrid"], language: str
) -> bytes:
    """A finished pass, with letters beyond ASCII."""
    look = _look(kind)
    studio = Studio(_no_picture)
    issuer = Issuer(identity.pass_type_id, identity.team_id, base_url)
    try:
        file = await PassFiles(identity, issuer, _OneLook(look), studio).of(_pass(look, language))
        return file.content
    finally:
        await studio.close()


async def _no_picture(sha256: str) -> bytes | None:
    return None


def _look(kind: Literal["stamps", "points", "hybrid"]) -> Look:
    at, merchant_id, program_id = now(), uuid7(), uuid7()
    merchant = MerchantChanged(
        id=merchant_id,
        version=1,
        name="Café “Ënnert de Steiler”",
        slug="sample",
        country="LU",
        currency="EUR",
        timezone="Europe/Luxembourg",
        default_locale="lb",
    )
    program = ProgramChanged(
        id=program_id,
        version=1,
        merchant_id=merchant_id,
        loyalty_type=kind,
        tiers=(Tier(name="Bronze", from_points=0, multiplier_percent=100),),
        is_active=True,
        created_at=at,
    )
    reward = RewardChanged(
        id=uuid7(),
        version=1,
        program_id=program_id,
        merchant_id=merchant_id,
        name="Kaffi & Kéisecker",
        points_required=400,
    )
    return look_of(merchant, program, [], [reward], Pictures(), at)


def _pass(look: Look, language: str) -> Pass:
    at = now()
    return Pass(
        card_id=uuid7(),
        merchant_id=look.merchant.id,
        program_id=look.program.id,
        serial_number=uuid7(),
        authentication_token=bytes(32),
        card_number="000000000000",
        qr_code="sample",
        locale=language,
        is_active=True,
        stamp_count=7,
        stamps_redeemed=0,
        total_stamps_earned=7,
        points_balance=340,
        points_redeemed=0,
        total_points_earned=340,
        total_points_voided=0,
        sequence_wanted=1,
        last_hash="00",
        last_transaction_at=at,
        revision=1,
        changed_at=at,
        deleted_at=None,
        recent=[recent.written(1, at, "stamp_earned", 1, 0)],
    )

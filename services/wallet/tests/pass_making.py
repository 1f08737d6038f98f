"""Makes passes for tests: a held pass, a look, and the identity that signs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from contracts.programs import MerchantChanged, ProgramChanged, RewardChanged, StoreChanged, Tier
from kit.ids import now, uuid7
from punchcard.embedded.wallet_identities import WalletIdentities
from wallet.apple.content import Issuer
from wallet.apple.identity import AppleIdentity
from wallet.apple.look import Look, Pictures, look_of
from wallet.apple.passfile import PassFiles
from wallet.apple.studio import Studio
from wallet.domain import Pass

AT = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
MERCHANT, PROGRAM = uuid7(), uuid7()
BASE = "https://cards.example"


def a_pass(**changes: Any) -> Pass:
    whole: dict[str, Any] = {
        "card_id": uuid7(),
        "merchant_id": MERCHANT,
        "program_id": PROGRAM,
        "serial_number": UUID("5f6c2f0e-6a0e-4b0a-9a52-0c5f3f1f8a11"),
        "authentication_token": bytes(range(32)),
        "card_number": "482100771930",
        "qr_code": "pXQk2v5m8y0b3e6h9k2n5q8t1w4z7C0F",
        "locale": "en",
        "is_active": True,
        "stamp_count": 7,
        "stamps_redeemed": 0,
        "total_stamps_earned": 7,
        "points_balance": 340,
        "points_redeemed": 0,
        "total_points_earned": 1240,
        "total_points_voided": 0,
        "sequence_wanted": 9,
        "last_hash": "00",
        "last_transaction_at": AT,
        "revision": 10,
        "changed_at": AT,
        "deleted_at": None,
    }
    return Pass(**{**whole, **changes})


def a_merchant(**changes: Any) -> MerchantChanged:
    whole: dict[str, Any] = {
        "id": MERCHANT,
        "version": 1,
        "name": "Café Grund",
        "slug": "cafe-grund",
        "country": "LU",
        "currency": "EUR",
        "timezone": "Europe/Luxembourg",
        "default_locale": "fr",
    }
    return MerchantChanged(**{**whole, **changes})


def a_program(**changes: Any) -> ProgramChanged:
    whole: dict[str, Any] = {
        "id": PROGRAM,
        "version": 1,
        "merchant_id": MERCHANT,
        "loyalty_type": "stamps",
        "is_active": True,
        "created_at": AT,
        "tiers": (
            Tier(name="Bronze", from_points=0, multiplier_percent=100),
            Tier(name="Silver", from_points=1000, multiplier_percent=125),
        ),
    }
    return ProgramChanged(**{**whole, **changes})


def a_reward(name: str, points: int, **changes: Any) -> RewardChanged:
    whole = {
        "id": uuid7(),
        "version": 1,
        "program_id": PROGRAM,
        "merchant_id": MERCHANT,
        "name": name,
        "points_required": points,
    }
    return RewardChanged(**{**whole, **changes})


def a_store(name: str, **changes: Any) -> StoreChanged:
    whole = {"id": uuid7(), "version": 1, "merchant_id": MERCHANT, "code": name[:3], "name": name}
    return StoreChanged(**{**whole, **changes})


def a_look(
    *,
    merchant: MerchantChanged | None = None,
    stores: Any = (),
    rewards: Any = (),
    pictures: Pictures | None = None,
    **program: Any,
) -> Look:
    return look_of(
        merchant or a_merchant(), a_program(**program), stores, rewards, pictures or Pictures(), now()
    )


def identity_of(files: WalletIdentities) -> AppleIdentity:
    return AppleIdentity.read(
        files.pass_certificate.read_text(), files.pass_key.read_text(), files.authority.read_text()
    )


class OneLook:
    """Looks that always answer the same; a test may change it."""

    def __init__(self, look: Look | None) -> None:
        self.look = look

    async def of(self, program_id: UUID) -> Look | None:
        return self.look


async def no_picture(sha256: str) -> bytes | None:
    return None


#: What is drawn for one test is there for the next.
_STUDIO = Studio(no_picture)


def pass_files(identity: AppleIdentity, looks: Any, studio: Studio | None = None, **more: Any) -> PassFiles:
    issuer = Issuer(identity.pass_type_id, identity.team_id, BASE)
    return PassFiles(identity, issuer, looks, studio or _STUDIO, **more)

"""HTTP in: what the wallets show of a card's pass; and a pass whole, for other services."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from contracts.event import Instant
from kit.identity import Caller, allow
from kit.work import Work
from wallet import queries
from wallet.commands import Passes
from wallet.domain import Delivery, Pass, Platform, Status

_EXAMPLE: JsonDict = {
    "platform": "apple",
    "serial_number": "5f6c2f0e-6a0e-4b0a-9a52-0c5f3f1f8a11",
    "status": "current",
    "sequence_shown": 12,
    "sequence_wanted": 12,
    "devices": 1,
    "last_delivered_at": "2026-11-20T10:00:01.000000Z",
    "last_error": None,
}


class PassView(BaseModel):
    """A card's pass on one platform."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})

    platform: Platform = Field(description="Which wallet")
    serial_number: UUID = Field(description="The pass's own number; it never changes")
    status: Status = Field(
        description="`current`: it shows the newest state; `behind`: it is tried until it does;"
        " `failed`: the platform refused this state, the next change is tried; `removed`: the card is deleted"
    )
    sequence_shown: int = Field(description="The ledger sequence that it shows; 0 while it shows nothing")
    sequence_wanted: int = Field(description="The ledger sequence that it is to show")
    devices: int = Field(
        description="Apple: devices told at the last delivery; Google: 1 while somebody has the card saved"
    )
    last_delivered_at: Instant | None = Field(description="When the platform last took a state")
    last_error: str | None = Field(description="Why it does not; `wallet-not-available`: not configured")


class PassList(BaseModel):
    """One item a platform."""

    items: list[PassView] = Field(description="The card's passes")
    next_cursor: str | None = Field(default=None, description="Always null: there are no more")


class PassState(BaseModel):
    """What a pass is to show, as this service holds it."""

    card_id: UUID
    merchant_id: UUID
    program_id: UUID
    serial_number: UUID
    card_number: str | None
    locale: str | None
    is_active: bool
    sequence: int
    stamp_count: int
    stamps_redeemed: int
    total_stamps_earned: int
    points_balance: int
    points_redeemed: int
    total_points_earned: int
    total_points_voided: int
    hash: str | None
    last_transaction_at: Instant | None
    revision: int
    changed_at: Instant
    deleted_at: Instant | None


def routes(work: Work, passes: Passes, available: Collection[Platform]) -> APIRouter:
    router = APIRouter()

    @router.get(
        "/api/v1/vendor/loyalty/cards/{card_id}/passes",
        operation_id="listPasses",
        tags=["cards"],
        summary="The passes of a card",
        description="What each wallet shows of this card, and whether it is what the ledger holds.",
        response_model=PassList,
        responses={404: {"description": "`card-not-found`"}, 503: {"description": "`upstream-unavailable`"}},
    )
    async def list_passes(
        card_id: UUID, caller: Annotated[Caller, Depends(allow("terminal", "owner", "manager"))]
    ) -> PassList:
        held = await passes.find_for(caller.merchant, card_id)
        rows = await queries.shown(work, held, available)
        return PassList(items=[_view(held, row) for row in rows])

    @router.get("/internal/cards/{card_id}/passes", operation_id="listPassesForArchive")
    async def list_for_archive(card_id: UUID, _: Annotated[Caller, Depends(allow("service"))]) -> PassList:
        """As vendors see them, for the archive that the card's customer may ask for."""
        held = await passes.find(card_id)
        rows = await queries.shown(work, held, available)
        return PassList(items=[_view(held, row) for row in rows])

    @router.get("/internal/passes/{card_id}", operation_id="readPassState", response_model=PassState)
    async def read_pass(card_id: UUID, _: Annotated[Caller, Depends(allow("service"))]) -> PassState:
        return _state(await passes.find(card_id))

    return router


def _view(held: Pass, row: Delivery) -> PassView:
    return PassView(
        platform=row.platform,
        serial_number=held.serial_number,
        status=row.status,
        sequence_shown=row.sequence_shown,
        sequence_wanted=held.sequence_wanted,
        devices=row.devices,
        last_delivered_at=row.last_delivered_at,
        last_error=row.last_error,
    )


def _state(held: Pass) -> PassState:
    return PassState(
        card_id=held.card_id,
        merchant_id=held.merchant_id,
        program_id=held.program_id,
        serial_number=held.serial_number,
        card_number=held.card_number,
        locale=held.locale,
        is_active=held.is_active,
        sequence=held.sequence_wanted,
        stamp_count=held.stamp_count,
        stamps_redeemed=held.stamps_redeemed,
        total_stamps_earned=held.total_stamps_earned,
        points_balance=held.points_balance,
        points_redeemed=held.points_redeemed,
        total_points_earned=held.total_points_earned,
        total_points_voided=held.total_points_voided,
        hash=held.last_hash,
        last_transaction_at=held.last_transaction_at,
        revision=held.revision,
        changed_at=held.changed_at,
        deleted_at=held.deleted_at,
    )

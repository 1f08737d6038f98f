"""What the programs service tells: merchants, stores, settings, programs, rewards, each as a whole state."""

from __future__ import annotations

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from contracts.event import Instant, State

LoyaltyType = Literal["stamps", "points", "hybrid"]
StaffPinPolicy = Literal["required", "optional", "disabled"]


class _ProgramsState(State):
    topic: ClassVar[str] = "programs-events"
    deleted_at: Instant | None = None


class MerchantChanged(_ProgramsState):
    """A merchant without its contact fields. Deleting it hides all that is its."""

    type: ClassVar[str] = "programs.merchant-changed.v1"
    kind: ClassVar[str] = "merchant"

    name: str
    slug: str
    country: str
    currency: str
    timezone: str
    default_locale: str


class StoreChanged(_ProgramsState):
    type: ClassVar[str] = "programs.store-changed.v1"
    kind: ClassVar[str] = "store"

    merchant_id: UUID
    code: str
    name: str
    address: str | None = None
    city: str | None = None
    country: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    timezone: str | None = None


class SettingsChanged(_ProgramsState):
    """A merchant's settings; `id` is the merchant's."""

    type: ClassVar[str] = "programs.settings-changed.v1"
    kind: ClassVar[str] = "settings"

    staff_pin_policy: StaffPinPolicy = "required"
    pin_lockout_attempts: int = 5
    pin_lockout_minutes: int = 30
    allow_self_enrollment: bool = True
    enrollment_confirmation: Literal["none", "email"] = "none"
    allow_void: bool = True
    allow_cross_location_redemption: bool = True
    require_order_reference: bool = False
    recover_shortfall: bool = True
    log_ip_addresses: bool = True


class Tier(BaseModel):
    """From `from_points` tier points on, purchases earn `multiplier_percent` of the program's points."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(description="The tier's name")
    from_points: int = Field(description="Tier points from which it holds")
    multiplier_percent: int = Field(description="Percent of the program's points")


class ProgramChanged(_ProgramsState):
    """One program's rules. After it is switched off, what was earned can be redeemed until `redeem_until`."""

    type: ClassVar[str] = "programs.program-changed.v1"
    kind: ClassVar[str] = "program"

    merchant_id: UUID
    loyalty_type: LoyaltyType = "points"
    stamps_target: int = 10
    stamps_reward_description: str = "Free item"
    stamps_reward_value_cents: int | None = None
    points_per_euro: int = 1
    points_expiration_days: int | None = None
    welcome_bonus_points: int = 0
    minimum_redemption_points: int = 100
    minimum_purchase_cents: int = 0
    tiers: tuple[Tier, ...] = ()
    cooldown_minutes: int = 15
    max_daily_stamps: int | None = 5
    require_staff_pin: bool = True
    card_name: str | None = None
    card_color: str = "#4F46E5"
    card_secondary_color: str | None = None
    logo_url: str | None = None
    hero_image_url: str | None = None
    google_issuer_id: str | None = None
    google_class_id: str | None = None
    apple_pass_type_id: str | None = None
    terms_text: str | None = None
    privacy_url: str | None = None
    is_active: bool = False
    activated_at: Instant | None = None
    redeem_until: Instant | None = None
    created_at: Instant


class RewardChanged(_ProgramsState):
    """A reward as offered; what was taken of its stock is counted by the ledger."""

    type: ClassVar[str] = "programs.reward-changed.v1"
    kind: ClassVar[str] = "reward"

    program_id: UUID
    merchant_id: UUID
    name: str
    description: str = ""
    points_required: int
    value_cents: int | None = None
    is_active: bool = True
    stock: int | None = None
    max_per_card: int | None = None
    valid_from: Instant | None = None
    valid_until: Instant | None = None
    image_url: str | None = None
    sort_order: int = 0

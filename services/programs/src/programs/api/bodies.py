"""The bodies of requests. A change holds only what it changes: what is left out stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from kit.fields import Body, example
from programs.api import words as w
from programs.domain import Merchant, Program, Reward, Store, Tier


class NoBody(Body):
    """Nothing needs to be said; an empty object may be."""

    model_config = example()


def whole(body: Body, *without: str) -> dict[str, Any]:
    """All fields, defaults too, as the domain names them."""
    return _fields(
        body, {name: getattr(body, name) for name in type(body).model_fields if name not in without}
    )


def given(body: Body | None) -> dict[str, Any]:
    """Only the fields that were sent."""
    return _fields(body, {name: getattr(body, name) for name in body.model_fields_set}) if body else {}


def _fields(body: Body, values: Mapping[str, Any]) -> dict[str, Any]:
    fields = dict(values)
    if "tier_config" in fields:
        config: TierConfig | None = fields.pop("tier_config")
        fields["tiers"] = tuple(Tier(**dict(tier)) for tier in config.tiers) if config else ()
    return fields


# -- merchants, stores, settings


class NewMerchant(Body):
    model_config = example(
        name="Boulangerie Schmit",
        slug="boulangerie-schmit",
        country="LU",
        contact_email="hello@schmit.example",
    )

    name: w.Name
    slug: w.Slug
    country: w.Country
    currency: w.Currency = Merchant.currency
    timezone: w.Timezone = Merchant.timezone
    default_locale: w.Locale = "en"
    contact_email: w.ContactEmail


class MerchantChanges(Body):
    model_config = example(name="Boulangerie Schmit & Fils")

    name: w.Name = Field(default_factory=w.absent)
    slug: w.Slug = Field(default_factory=w.absent)
    country: w.Country = Field(default_factory=w.absent)
    currency: w.Currency = Field(default_factory=w.absent)
    timezone: w.Timezone = Field(default_factory=w.absent)
    default_locale: w.Locale = Field(default_factory=w.absent)
    contact_email: w.ContactEmail = Field(default_factory=w.absent)


class NewStore(Body):
    model_config = example(
        merchant_id="0197c1c2-7b1a-7e11-9d5c-3a8c6f1f0a01",
        code="GARE",
        name="Gare",
        city="Luxembourg",
        country="LU",
    )

    merchant_id: w.MerchantId
    code: w.StoreCode
    name: w.Name
    address: w.Address = Store.address
    city: w.City = Store.city
    country: w.StoreCountry = Store.country
    latitude: w.Latitude = Store.latitude
    longitude: w.Longitude = Store.longitude
    timezone: w.StoreTimezone = Store.timezone


class StoreChanges(Body):
    model_config = example(latitude=49.6003, longitude=6.1342)

    code: w.StoreCode = Field(default_factory=w.absent)
    name: w.Name = Field(default_factory=w.absent)
    address: w.Address = Field(default_factory=w.absent)
    city: w.City = Field(default_factory=w.absent)
    country: w.StoreCountry = Field(default_factory=w.absent)
    latitude: w.Latitude = Field(default_factory=w.absent)
    longitude: w.Longitude = Field(default_factory=w.absent)
    timezone: w.StoreTimezone = Field(default_factory=w.absent)


class SettingsChanges(Body):
    model_config = example(staff_pin_policy="optional", pin_lockout_minutes=15)

    staff_pin_policy: w.PinPolicy = Field(default_factory=w.absent)
    pin_lockout_attempts: w.LockoutAttempts = Field(default_factory=w.absent)
    pin_lockout_minutes: w.LockoutMinutes = Field(default_factory=w.absent)
    allow_self_enrollment: w.SelfEnrollment = Field(default_factory=w.absent)
    enrollment_confirmation: w.EnrollmentConfirmation = Field(default_factory=w.absent)
    allow_void: w.AllowVoid = Field(default_factory=w.absent)
    allow_cross_location_redemption: w.CrossLocation = Field(default_factory=w.absent)
    require_order_reference: w.OrderReferenceRequired = Field(default_factory=w.absent)
    recover_shortfall: w.RecoverShortfall = Field(default_factory=w.absent)
    log_ip_addresses: w.LogAddresses = Field(default_factory=w.absent)


# -- the program


class TierBody(Body):
    name: w.TierName
    from_points: w.TierFrom
    multiplier_percent: w.Multiplier


class TierConfig(Body):
    """Tiers ascend, the first from 0."""

    model_config = example(
        tiers=[
            {"name": "Bronze", "from_points": 0, "multiplier_percent": 100},
            {"name": "Silver", "from_points": 1000, "multiplier_percent": 125},
        ]
    )

    tiers: list[TierBody] = Field(min_length=1, max_length=10, description="One to ten tiers")


Tiers = Annotated[TierConfig | None, Field(description="Tiers multiply what purchases earn; null: none")]


class NewProgram(Body):
    """The merchant's program, made switched off."""

    model_config = example(
        loyalty_type="hybrid", stamps_target=8, stamps_reward_description="A loaf of your choice"
    )

    loyalty_type: w.LoyaltyType = Program.loyalty_type
    stamps_target: w.StampsTarget = Program.stamps_target
    stamps_reward_description: w.StampsRewardDescription = Program.stamps_reward_description
    stamps_reward_value_cents: w.StampsRewardValue = Program.stamps_reward_value_cents
    points_per_euro: w.PointsPerEuro = Program.points_per_euro
    points_expiration_days: w.ExpirationDays = Program.points_expiration_days
    welcome_bonus_points: w.WelcomeBonus = Program.welcome_bonus_points
    minimum_redemption_points: w.MinimumRedemption = Program.minimum_redemption_points
    minimum_purchase_cents: w.MinimumPurchase = Program.minimum_purchase_cents
    tier_config: Tiers = None
    cooldown_minutes: w.CooldownMinutes = Program.cooldown_minutes
    max_daily_stamps: w.MaxDailyStamps = Program.max_daily_stamps
    require_staff_pin: w.RequireStaffPin = Program.require_staff_pin
    card_name: w.CardName = Program.card_name
    card_color: w.CardColor = Program.card_color
    card_secondary_color: w.SecondaryColor = Program.card_secondary_color
    logo_url: w.LogoUrl = Program.logo_url
    hero_image_url: w.HeroImageUrl = Program.hero_image_url
    google_issuer_id: w.GoogleIssuerId = Program.google_issuer_id
    google_class_id: w.GoogleClassId = Program.google_class_id
    apple_pass_type_id: w.ApplePassTypeId = Program.apple_pass_type_id
    terms_text: w.TermsText = Program.terms_text
    privacy_url: w.PrivacyUrl = Program.privacy_url


class NewProgramOf(NewProgram):
    """The program of the merchant that is named, made switched off."""

    model_config = example(merchant_id="0197c1c2-7b1a-7e11-9d5c-3a8c6f1f0a01", loyalty_type="stamps")

    merchant_id: w.MerchantId


class ProgramChanges(Body):
    model_config = example(stamps_target=10, cooldown_minutes=0)

    loyalty_type: w.LoyaltyType = Field(default_factory=w.absent)
    stamps_target: w.StampsTarget = Field(default_factory=w.absent)
    stamps_reward_description: w.StampsRewardDescription = Field(default_factory=w.absent)
    stamps_reward_value_cents: w.StampsRewardValue = Field(default_factory=w.absent)
    points_per_euro: w.PointsPerEuro = Field(default_factory=w.absent)
    points_expiration_days: w.ExpirationDays = Field(default_factory=w.absent)
    welcome_bonus_points: w.WelcomeBonus = Field(default_factory=w.absent)
    minimum_redemption_points: w.MinimumRedemption = Field(default_factory=w.absent)
    minimum_purchase_cents: w.MinimumPurchase = Field(default_factory=w.absent)
    tier_config: Tiers = Field(default_factory=w.absent)
    cooldown_minutes: w.CooldownMinutes = Field(default_factory=w.absent)
    max_daily_stamps: w.MaxDailyStamps = Field(default_factory=w.absent)
    require_staff_pin: w.RequireStaffPin = Field(default_factory=w.absent)
    card_name: w.CardName = Field(default_factory=w.absent)
    card_color: w.CardColor = Field(default_factory=w.absent)
    card_secondary_color: w.SecondaryColor = Field(default_factory=w.absent)
    logo_url: w.LogoUrl = Field(default_factory=w.absent)
    hero_image_url: w.HeroImageUrl = Field(default_factory=w.absent)
    google_issuer_id: w.GoogleIssuerId = Field(default_factory=w.absent)
    google_class_id: w.GoogleClassId = Field(default_factory=w.absent)
    apple_pass_type_id: w.ApplePassTypeId = Field(default_factory=w.absent)
    terms_text: w.TermsText = Field(default_factory=w.absent)
    privacy_url: w.PrivacyUrl = Field(default_factory=w.absent)


class Deactivation(Body):
    model_config = example(redeem_until="2027-01-31T23:00:00.000000Z")

    redeem_until: Annotated[
        w.Moment | None, Field(description="Until then what was earned can still be redeemed; in the future")
    ] = None


# -- rewards


class NewReward(Body):
    model_config = example(name="Free coffee", points_required=100, value_cents=320, stock=500)

    name: w.Name
    description: w.RewardDescription = Reward.description
    points_required: w.PointsRequired
    value_cents: w.RewardValue = Reward.value_cents
    is_active: w.RewardActive = Reward.is_active
    stock: w.Stock = Reward.stock
    max_per_card: w.MaxPerCard = Reward.max_per_card
    valid_from: w.ValidFrom = Reward.valid_from
    valid_until: w.ValidUntil = Reward.valid_until
    image_url: w.ImageUrl = Reward.image_url
    sort_order: w.SortOrder = Reward.sort_order


class RewardChanges(Body):
    model_config = example(points_required=120, is_active=False)

    name: w.Name = Field(default_factory=w.absent)
    description: w.RewardDescription = Field(default_factory=w.absent)
    points_required: w.PointsRequired = Field(default_factory=w.absent)
    value_cents: w.RewardValue = Field(default_factory=w.absent)
    is_active: w.RewardActive = Field(default_factory=w.absent)
    stock: w.Stock = Field(default_factory=w.absent)
    max_per_card: w.MaxPerCard = Field(default_factory=w.absent)
    valid_from: w.ValidFrom = Field(default_factory=w.absent)
    valid_until: w.ValidUntil = Field(default_factory=w.absent)
    image_url: w.ImageUrl = Field(default_factory=w.absent)
    sort_order: w.SortOrder = Field(default_factory=w.absent)

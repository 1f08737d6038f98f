"""The rules: what merchants, stores, settings, programs and rewards are, and how they may change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any, Literal, TypeVar
from uuid import UUID

from contracts.problem import ChangeNotAllowed, PreconditionFailed, ValidationFailed, said


@dataclass(frozen=True, kw_only=True)
class Thing:
    """Something with a version that goes up by one at every change."""

    id: UUID
    version: int = 1
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, kw_only=True)
class Deletable(Thing):
    """Deletion is soft; all that one deletion took carries its id."""

    deleted_at: datetime | None = None
    deleted_by: UUID | None = None
    deletion_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Merchant(Deletable):
    """The tenant. Deleting it hides all that is its by this state alone: nothing else is touched."""

    name: str
    slug: str
    country: str
    currency: str = "EUR"
    timezone: str = "Europe/Luxembourg"
    default_locale: str = "en"
    contact_email: str


@dataclass(frozen=True, kw_only=True)
class Store(Deletable):
    merchant_id: UUID
    code: str
    name: str
    address: str | None = None
    city: str | None = None
    country: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    timezone: str | None = None


@dataclass(frozen=True, kw_only=True)
class Settings(Thing):
    """A merchant's settings; `id` is the merchant's."""

    staff_pin_policy: Literal["required", "optional", "disabled"] = "required"
    pin_lockout_attempts: int = 5
    pin_lockout_minutes: int = 30
    allow_self_enrollment: bool = True
    enrollment_confirmation: Literal["none", "email"] = "none"
    allow_void: bool = True
    allow_cross_location_redemption: bool = True
    require_order_reference: bool = False
    recover_shortfall: bool = True
    log_ip_addresses: bool = True


@dataclass(frozen=True)
class Tier:
    """From `from_points` tier points on, purchases earn `multiplier_percent` of the program's points."""

    name: str
    from_points: int
    multiplier_percent: int


@dataclass(frozen=True, kw_only=True)
class Program(Deletable):
    merchant_id: UUID
    loyalty_type: Literal["stamps", "points", "hybrid"] = "points"
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
    activated_at: datetime | None = None
    redeem_until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Reward(Deletable):
    """What points buy, as offered; what was taken of it is counted by the ledger."""

    program_id: UUID
    merchant_id: UUID
    name: str
    description: str = ""
    points_required: int
    value_cents: int | None = None
    is_active: bool = True
    stock: int | None = None
    max_per_card: int | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    image_url: str | None = None
    sort_order: int = 0


AnyThing = TypeVar("AnyThing", bound=Thing)
AnyDeletable = TypeVar("AnyDeletable", bound=Deletable)

#: The versions that a caller has read, from its If-Match; None when it takes any.
Seen = frozenset[int] | None


def check_seen(thing: Thing, seen: Seen) -> None:
    """PreconditionFailed when the caller read another version than there is now."""
    if seen is not None and thing.version not in seen:
        raise PreconditionFailed


def change(thing: AnyThing, changes: Mapping[str, Any], now: datetime) -> AnyThing:
    """The thing with these changes, one version on; the very same thing when they change nothing."""
    if all(getattr(thing, name) == value for name, value in changes.items()):
        return thing
    changed = replace(thing, **changes, version=thing.version + 1, updated_at=now)
    check(changed)
    return changed


def delete(thing: AnyDeletable, by: UUID | None, deletion_id: UUID, now: datetime) -> AnyDeletable:
    return change(thing, {"deleted_at": now, "deleted_by": by, "deletion_id": deletion_id}, now)


def restore(thing: AnyDeletable, now: datetime) -> AnyDeletable:
    """Exactly what was there; what is not deleted stays as it is."""
    return change(thing, {"deleted_at": None, "deleted_by": None, "deletion_id": None}, now)


def change_merchant(
    merchant: Merchant, changes: Mapping[str, Any], *, activated: bool, now: datetime
) -> Merchant:
    """Balances are counted in the merchant's currency and days: both stay once a program was activated."""
    changed = change(merchant, changes, now)
    if activated:
        for name in ("currency", "timezone"):
            if getattr(changed, name) != getattr(merchant, name):
                raise ChangeNotAllowed(
                    said("{field} stays as it is once the program has been activated", field=name), field=name
                )
    return changed


def activate(program: Program, now: datetime) -> Program:
    """Switch it on; the first time is remembered for ever."""
    first = program.activated_at or now
    return change(program, {"is_active": True, "activated_at": first, "redeem_until": None}, now)


def deactivate(program: Program, given: Mapping[str, Any], now: datetime) -> Program:
    """Switch it off. `given` may hold `redeem_until`: until then what was earned can still be redeemed.

    Switching off what is off changes nothing but a `redeem_until` that is given.
    """
    until: datetime | None = given.get("redeem_until")
    if until is not None and until <= now:
        raise ValidationFailed.of("redeem_until", "too-small", "must be in the future")
    return change(program, {"is_active": False, **given}, now)


def check(thing: Thing) -> None:
    """ValidationFailed when fields that are right one by one don't go together."""
    match thing:
        case Store(latitude=latitude, longitude=longitude):
            _check_place(latitude, longitude)
        case Program(tiers=tiers):
            check_tiers(tiers)
        case Reward(valid_from=begin, valid_until=end) if begin and end and end <= begin:
            raise ValidationFailed.of("valid_until", "too-small", "must be after valid_from")


def _check_place(latitude: float | None, longitude: float | None) -> None:
    if (latitude is None) != (longitude is None):
        lacking = "latitude" if latitude is None else "longitude"
        raise ValidationFailed.of(lacking, "required", "latitude and longitude go together")


def check_tiers(tiers: Sequence[Tier]) -> None:
    """Tiers ascend, the first from 0; no tiers at all is fine."""
    if tiers and tiers[0].from_points != 0:
        raise ValidationFailed.of(
            "tier_config.tiers.0.from_points", "not-allowed", "the first tier begins at 0"
        )
    for index, (lower, upper) in enumerate(pairwise(tiers), start=1):
        if upper.from_points <= lower.from_points:
            field = f"tier_config.tiers.{index}.from_points"
            raise ValidationFailed.of(field, "too-small", "must be above the tier before it")

"""The answers: each thing as its callers see it, its ETag, and lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self
from uuid import UUID

import msgspec
from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from contracts.event import Instant
from contracts.programs import LoyaltyType, StaffPinPolicy, Tier
from kit.cursors import cursor_of
from kit.fields import Body
from kit.idempotency import Made
from programs.api.bodies import NewMerchant, NewProgram, NewReward, NewStore, SettingsChanges
from programs.domain import AnyThing, Program, Thing
from programs.queries import Page


def _with_words(schema: dict[str, Any], kind: type[Answer]) -> None:
    """A field means in an answer what it means in the body that it was given in."""
    for name, member in schema.get("properties", {}).items():
        told = kind.told_by.model_fields.get(name)
        if "description" not in member:
            member["description"] = told.description if told else _WORDS[name]


_WORDS = {
    "id": "Its id",
    "merchant_id": "The merchant",
    "program_id": "The program that it belongs to",
    "is_active": "Whether it is switched on",
    "created_at": "When it was made",
    "updated_at": "When it was changed last",
}


class Answer(BaseModel):
    #: The body that a thing of this kind is made or changed by.
    told_by: ClassVar[type[Body]]

    model_config = ConfigDict(from_attributes=True, frozen=True, json_schema_extra=_with_words)

    @classmethod
    def of(cls, thing: Thing) -> Self:
        return cls.model_validate(thing)


# Shown to admins only, who alone see what is deleted.
DeletedAt = Annotated[Instant | None, Field(description="When it was deleted; null while it is live")]
DeletedBy = Annotated[UUID | None, Field(description="The user who deleted it")]


class MerchantAnswer(Answer):
    told_by = NewMerchant

    id: UUID
    name: str
    slug: str
    country: str
    currency: str
    timezone: str
    default_locale: str
    contact_email: str
    created_at: Instant
    updated_at: Instant
    deleted_at: DeletedAt
    deleted_by: DeletedBy


class StoreAnswer(Answer):
    told_by = NewStore

    id: UUID
    merchant_id: UUID
    code: str
    name: str
    address: str | None
    city: str | None
    country: str | None
    latitude: float | None
    longitude: float | None
    timezone: str | None = Field(description="For display; days are the merchant's")
    created_at: Instant
    updated_at: Instant
    deleted_at: DeletedAt
    deleted_by: DeletedBy


class SettingsAnswer(Answer):
    told_by = SettingsChanges

    staff_pin_policy: StaffPinPolicy
    pin_lockout_attempts: int
    pin_lockout_minutes: int
    allow_self_enrollment: bool
    enrollment_confirmation: str
    allow_void: bool
    allow_cross_location_redemption: bool
    require_order_reference: bool
    recover_shortfall: bool
    log_ip_addresses: bool
    updated_at: Instant


class TiersAnswer(BaseModel):
    tiers: tuple[Tier, ...] = Field(description="In ascending order, the first from 0")


class ProgramAnswer(Answer):
    told_by = NewProgram

    id: UUID
    merchant_id: UUID
    loyalty_type: LoyaltyType
    stamps_target: int
    stamps_reward_description: str
    stamps_reward_value_cents: int | None
    points_per_euro: int
    points_expiration_days: int | None
    welcome_bonus_points: int
    minimum_redemption_points: int
    minimum_purchase_cents: int
    tier_config: TiersAnswer | None
    cooldown_minutes: int
    max_daily_stamps: int | None
    require_staff_pin: bool
    card_name: str | None
    card_color: str
    card_secondary_color: str | None
    logo_url: str | None
    hero_image_url: str | None
    google_issuer_id: str | None
    google_class_id: str | None
    apple_pass_type_id: str | None
    terms_text: str | None
    privacy_url: str | None
    is_active: bool
    activated_at: Instant | None = Field(description="When it was switched on for the first time")
    redeem_until: Instant | None = Field(
        description="Switched off: until then what was earned can be redeemed"
    )
    version: int = Field(description="Goes up by one at every change")
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, thing: Thing) -> Self:
        assert isinstance(thing, Program)
        tiers = [vars(tier) for tier in thing.tiers]
        return cls.model_validate({**vars(thing), "tier_config": {"tiers": tiers} if tiers else None})


class AdminProgramAnswer(ProgramAnswer):
    """A program as admins see it."""

    deleted_at: DeletedAt
    deleted_by: DeletedBy


class ListedProgramAnswer(AdminProgramAnswer):
    """A program in the list of all; the gateway adds what the ledger counted."""


class RewardAnswer(Answer):
    told_by = NewReward

    id: UUID
    program_id: UUID
    name: str
    description: str
    points_required: int
    value_cents: int | None
    is_active: bool
    stock: int | None = Field(description="How many are offered in all; null: no limit")
    max_per_card: int | None
    valid_from: Instant | None
    valid_until: Instant | None
    image_url: str | None
    sort_order: int
    created_at: Instant
    updated_at: Instant


class ReadReward(RewardAnswer):
    """A reward as it is read: the gateway adds its `stock_left`, which the ledger counts."""


class ListAnswer(BaseModel):
    """Newest first."""

    next_cursor: str | None = Field(description="Asks for the next page; null on the last one")
    total: int = Field(
        default=0, description="How many there are in all; only where `count=true` asks for it"
    )


class MerchantList(ListAnswer):
    items: list[MerchantAnswer] = Field(description="Newest first")


class StoreList(ListAnswer):
    items: list[StoreAnswer] = Field(description="Newest first")


class ProgramList(ListAnswer):
    items: list[ListedProgramAnswer] = Field(description="Newest first")


class RewardList(ListAnswer):
    items: list[ReadReward] = Field(description="Newest first")


def etag(thing: Thing) -> str:
    return f'"{thing.version}"'


def shown(thing: Thing, answer: type[Answer]) -> Response:
    """200 with the thing and its ETag."""
    return _json(answer.of(thing).model_dump(mode="json"), {"etag": etag(thing)})


def made(thing: Thing, answer: type[Answer], location: str) -> Made:
    """201 with the new thing, where it is, and its ETag."""
    return Made(201, answer.of(thing), {"location": location, "etag": etag(thing)})


def switched(thing: Thing, answer: type[Answer]) -> Made:
    """200 with the thing as it is now, and its ETag."""
    return Made(200, answer.of(thing), {"etag": etag(thing)})


def listed(page: Page[AnyThing], answer: type[Answer]) -> Response:
    """200 with one page."""
    items = [answer.of(thing).model_dump(mode="json") for thing in page.items]
    body: dict[str, Any] = {"items": items, "next_cursor": cursor_of(page.after)}
    return _json(body if page.total is None else {**body, "total": page.total}, {})


def gone() -> Response:
    return Response(status_code=204)


def _json(value: Any, headers: Mapping[str, str]) -> Response:
    return Response(msgspec.json.encode(value), 200, dict(headers), "application/json")

"""For anyone: what the page needs on which a customer joins. It holds no internal id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, TypeVar

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from contracts.problem import ProgramNotFound
from kit.identity import Caller, allow
from programs import queries
from programs.api.asked import TheService
from programs.api.described import problems
from programs.domain import Merchant, Program, Reward, Settings, Store, Thing

Anybody = Annotated[Caller, Depends(allow("public"))]

CARD_NAME = "Loyalty Card"
router = APIRouter(prefix="/api/v1/loyalty", tags=["public"])


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class PublicStore(_Answer):
    code: str = Field(description="Names the store when joining", examples=["grund"])
    name: str = Field(description="Its name", examples=["Grund"])
    address: str | None = Field(description="Street and number", examples=["1, rue Münster"])
    city: str | None = Field(description="City", examples=["Luxembourg"])


class PublicReward(_Answer):
    name: str = Field(description="Its name", examples=["Mug"])
    description: str = Field(description="What it is", examples=[""])
    points_required: int = Field(description="What it costs", examples=[100])
    image_url: str | None = Field(description="A picture", examples=[None])


class PublicProgram(_Answer):
    """A merchant's program as somebody sees it who may join."""

    merchant_slug: str = Field(description="Names the merchant", examples=["cafe-grund"])
    merchant_name: str = Field(description="The merchant's name", examples=["Café Grund"])
    default_locale: str = Field(description="The merchant's language", examples=["fr"])
    currency: str = Field(description="Its currency", examples=["EUR"])
    loyalty_type: Literal["stamps", "points", "hybrid"] = Field(
        description="How it rewards", examples=["stamps"]
    )
    card_name: str = Field(description="What the card is called", examples=["Loyalty Card"])
    card_color: str = Field(description="The card's colour", examples=["#4F46E5"])
    card_secondary_color: str | None = Field(description="Its second colour", examples=[None])
    logo_url: str | None = Field(description="The logo", examples=[None])
    hero_image_url: str | None = Field(description="The picture on the card", examples=[None])
    stamps_target: int | None = Field(description="Stamps for the reward; null without stamps", examples=[10])
    stamps_reward_description: str | None = Field(
        description="What they buy; null without stamps", examples=["Free item"]
    )
    points_per_euro: int | None = Field(description="Points a unit spent; null without points", examples=[1])
    welcome_bonus_points: int = Field(description="Points for joining", examples=[0])
    rewards: list[PublicReward] = Field(description="What points buy")
    terms_text: str | None = Field(description="The terms", examples=[None])
    privacy_url: str | None = Field(description="The privacy notice", examples=[None])
    enrollment_open: bool = Field(description="Whether one can join here now", examples=[True])
    enrollment_confirmation: Literal["none", "email"] = Field(
        description="`email`: the card's link is sent by mail, and an address is needed", examples=["none"]
    )
    store_required: bool = Field(description="Whether a store must be named to join", examples=[False])
    stores: list[PublicStore] = Field(description="The stores, by name")


@router.get(
    "/programs/{merchant_slug}",
    operation_id="getPublicProgram",
    summary="A merchant's program, for those who may join",
    response_model=PublicProgram,
    responses=problems(ProgramNotFound),
)
async def get_program(merchant_slug: str, caller: Anybody, service: TheService) -> PublicProgram:
    """What is unknown, deleted or was never switched on is answered alike."""
    async with service.work.read() as conn:
        found = await queries.public(conn, merchant_slug)
    merchant, settings = _one(found, Merchant), _one(found, Settings)
    program = _one(found, Program)
    if merchant is None or settings is None or program is None or program.activated_at is None:
        raise ProgramNotFound
    rewards = [one for one in found if isinstance(one, Reward) and one.is_active]
    return _shown(merchant, settings, program, rewards, [one for one in found if isinstance(one, Store)])


AThing = TypeVar("AThing", bound=Thing)


def _one(found: Sequence[Thing], kind: type[AThing]) -> AThing | None:
    return next((one for one in found if isinstance(one, kind)), None)


def _shown(
    merchant: Merchant, settings: Settings, program: Program, rewards: list[Reward], stores: list[Store]
) -> PublicProgram:
    stamps, points = program.loyalty_type != "points", program.loyalty_type != "stamps"
    return PublicProgram(
        merchant_slug=merchant.slug,
        merchant_name=merchant.name,
        default_locale=merchant.default_locale,
        currency=merchant.currency,
        loyalty_type=program.loyalty_type,
        card_name=program.card_name or CARD_NAME,
        card_color=program.card_color,
        card_secondary_color=program.card_secondary_color,
        logo_url=program.logo_url,
        hero_image_url=program.hero_image_url,
        stamps_target=program.stamps_target if stamps else None,
        stamps_reward_description=program.stamps_reward_description if stamps else None,
        points_per_euro=program.points_per_euro if points else None,
        welcome_bonus_points=program.welcome_bonus_points if points else 0,
        rewards=[
            PublicReward.model_validate(one, from_attributes=True)
            for one in sorted(rewards, key=lambda one: (one.sort_order, one.points_required, one.id))
            if points
        ],
        terms_text=program.terms_text,
        privacy_url=program.privacy_url,
        enrollment_open=program.is_active and settings.allow_self_enrollment,
        enrollment_confirmation=settings.enrollment_confirmation,
        store_required=not settings.allow_cross_location_redemption,
        stores=[
            PublicStore.model_validate(one, from_attributes=True)
            for one in sorted(stores, key=lambda one: (one.name.casefold(), one.id))
        ],
    )

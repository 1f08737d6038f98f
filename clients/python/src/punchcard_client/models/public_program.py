from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.public_program_enrollment_confirmation import (
    PublicProgramEnrollmentConfirmation,
    check_public_program_enrollment_confirmation,
)
from ..models.public_program_loyalty_type import PublicProgramLoyaltyType, check_public_program_loyalty_type

if TYPE_CHECKING:
    from ..models.public_reward import PublicReward
    from ..models.public_store import PublicStore


T = TypeVar("T", bound="PublicProgram")


@_attrs_define
class PublicProgram:
    """A merchant's program as somebody sees it who may join."""

    card_color: str
    """ The card's colour """
    card_name: str
    """ What the card is called """
    card_secondary_color: str | None
    """ Its second colour """
    currency: str
    """ Its currency """
    default_locale: str
    """ The merchant's language """
    enrollment_confirmation: PublicProgramEnrollmentConfirmation
    """ `email`: the card's link is sent by mail, and an address is needed """
    enrollment_open: bool
    """ Whether one can join here now """
    hero_image_url: str | None
    """ The picture on the card """
    logo_url: str | None
    """ The logo """
    loyalty_type: PublicProgramLoyaltyType
    """ How it rewards """
    merchant_name: str
    """ The merchant's name """
    merchant_slug: str
    """ Names the merchant """
    points_per_euro: int | None
    """ Points a unit spent; null without points """
    privacy_url: str | None
    """ The privacy notice """
    rewards: list[PublicReward]
    """ What points buy """
    stamps_reward_description: str | None
    """ What they buy; null without stamps """
    stamps_target: int | None
    """ Stamps for the reward; null without stamps """
    store_required: bool
    """ Whether a store must be named to join """
    stores: list[PublicStore]
    """ The stores, by name """
    terms_text: str | None
    """ The terms """
    welcome_bonus_points: int
    """ Points for joining """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        card_color = self.card_color

        card_name = self.card_name

        card_secondary_color: str | None
        card_secondary_color = self.card_secondary_color

        currency = self.currency

        default_locale = self.default_locale

        enrollment_confirmation: str = self.enrollment_confirmation

        enrollment_open = self.enrollment_open

        hero_image_url: str | None
        hero_image_url = self.hero_image_url

        logo_url: str | None
        logo_url = self.logo_url

        loyalty_type: str = self.loyalty_type

        merchant_name = self.merchant_name

        merchant_slug = self.merchant_slug

        points_per_euro: int | None
        points_per_euro = self.points_per_euro

        privacy_url: str | None
        privacy_url = self.privacy_url

        rewards = []
        for rewards_item_data in self.rewards:
            rewards_item = rewards_item_data.to_dict()
            rewards.append(rewards_item)

        stamps_reward_description: str | None
        stamps_reward_description = self.stamps_reward_description

        stamps_target: int | None
        stamps_target = self.stamps_target

        store_required = self.store_required

        stores = []
        for stores_item_data in self.stores:
            stores_item = stores_item_data.to_dict()
            stores.append(stores_item)

        terms_text: str | None
        terms_text = self.terms_text

        welcome_bonus_points = self.welcome_bonus_points

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "card_color": card_color,
                "card_name": card_name,
                "card_secondary_color": card_secondary_color,
                "currency": currency,
                "default_locale": default_locale,
                "enrollment_confirmation": enrollment_confirmation,
                "enrollment_open": enrollment_open,
                "hero_image_url": hero_image_url,
                "logo_url": logo_url,
                "loyalty_type": loyalty_type,
                "merchant_name": merchant_name,
                "merchant_slug": merchant_slug,
                "points_per_euro": points_per_euro,
                "privacy_url": privacy_url,
                "rewards": rewards,
                "stamps_reward_description": stamps_reward_description,
                "stamps_target": stamps_target,
                "store_required": store_required,
                "stores": stores,
                "terms_text": terms_text,
                "welcome_bonus_points": welcome_bonus_points,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.public_reward import PublicReward
        from ..models.public_store import PublicStore

        d = dict(src_dict)
        card_color = d.pop("card_color")

        card_name = d.pop("card_name")

        def _parse_card_secondary_color(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        card_secondary_color = _parse_card_secondary_color(d.pop("card_secondary_color"))

        currency = d.pop("currency")

        default_locale = d.pop("default_locale")

        enrollment_confirmation = check_public_program_enrollment_confirmation(
            d.pop("enrollment_confirmation")
        )

        enrollment_open = d.pop("enrollment_open")

        def _parse_hero_image_url(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        hero_image_url = _parse_hero_image_url(d.pop("hero_image_url"))

        def _parse_logo_url(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        logo_url = _parse_logo_url(d.pop("logo_url"))

        loyalty_type = check_public_program_loyalty_type(d.pop("loyalty_type"))

        merchant_name = d.pop("merchant_name")

        merchant_slug = d.pop("merchant_slug")

        def _parse_points_per_euro(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        points_per_euro = _parse_points_per_euro(d.pop("points_per_euro"))

        def _parse_privacy_url(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        privacy_url = _parse_privacy_url(d.pop("privacy_url"))

        rewards = []
        _rewards = d.pop("rewards")
        for rewards_item_data in _rewards:
            rewards_item = PublicReward.from_dict(rewards_item_data)

            rewards.append(rewards_item)

        def _parse_stamps_reward_description(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        stamps_reward_description = _parse_stamps_reward_description(d.pop("stamps_reward_description"))

        def _parse_stamps_target(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        stamps_target = _parse_stamps_target(d.pop("stamps_target"))

        store_required = d.pop("store_required")

        stores = []
        _stores = d.pop("stores")
        for stores_item_data in _stores:
            stores_item = PublicStore.from_dict(stores_item_data)

            stores.append(stores_item)

        def _parse_terms_text(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        terms_text = _parse_terms_text(d.pop("terms_text"))

        welcome_bonus_points = d.pop("welcome_bonus_points")

        public_program = cls(
            card_color=card_color,
            card_name=card_name,
            card_secondary_color=card_secondary_color,
            currency=currency,
            default_locale=default_locale,
            enrollment_confirmation=enrollment_confirmation,
            enrollment_open=enrollment_open,
            hero_image_url=hero_image_url,
            logo_url=logo_url,
            loyalty_type=loyalty_type,
            merchant_name=merchant_name,
            merchant_slug=merchant_slug,
            points_per_euro=points_per_euro,
            privacy_url=privacy_url,
            rewards=rewards,
            stamps_reward_description=stamps_reward_description,
            stamps_target=stamps_target,
            store_required=store_required,
            stores=stores,
            terms_text=terms_text,
            welcome_bonus_points=welcome_bonus_points,
        )

        public_program.additional_properties = d
        return public_program

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define

from ..models.new_program_of_loyalty_type import NewProgramOfLoyaltyType, check_new_program_of_loyalty_type
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.tier_config import TierConfig


T = TypeVar("T", bound="NewProgramOf")


@_attrs_define
class NewProgramOf:
    """The program of the merchant that is named, made switched off."""

    merchant_id: UUID
    """ The merchant's id """
    apple_pass_type_id: str | Unset | None = UNSET
    """ Apple Wallet's pass type id """
    card_color: str | Unset = "#4F46E5"
    """ The card's colour, #RRGGBB """
    card_name: str | Unset | None = UNSET
    """ What the card is called; "Loyalty Card" when empty """
    card_secondary_color: str | Unset | None = UNSET
    """ The card's second colour, #RRGGBB """
    cooldown_minutes: int | Unset = 15
    """ Between two stamps of a card; 0: none """
    google_class_id: str | Unset | None = UNSET
    """ Google Wallet's class id """
    google_issuer_id: str | Unset | None = UNSET
    """ Google Wallet's issuer id """
    hero_image_url: str | Unset | None = UNSET
    """ The wide image; https """
    logo_url: str | Unset | None = UNSET
    """ The logo; https """
    loyalty_type: NewProgramOfLoyaltyType | Unset = "points"
    """ What is collected """
    max_daily_stamps: int | Unset | None = 5
    """ Stamps of a card on one of the merchant's days; null: no limit """
    minimum_purchase_cents: int | Unset = 0
    """ Smaller purchases earn nothing, in minor units """
    minimum_redemption_points: int | Unset = 100
    """ The least points that a redemption may take """
    points_expiration_days: int | Unset | None = UNSET
    """ Points are lost after so many days without activity; null: never """
    points_per_euro: int | Unset = 1
    """ Points per whole currency unit spent """
    privacy_url: str | Unset | None = UNSET
    """ The privacy notice; https """
    require_staff_pin: bool | Unset = True
    """ Whether a staff member approves at the till """
    stamps_reward_description: str | Unset = "Free item"
    """ What full cards get """
    stamps_reward_value_cents: int | Unset | None = UNSET
    """ What the stamp reward is worth, in minor units """
    stamps_target: int | Unset = 10
    """ Stamps for one stamp reward """
    terms_text: str | Unset | None = UNSET
    """ The program's terms """
    tier_config: TierConfig | Unset | None = UNSET
    """ Tiers multiply what purchases earn; null: none """
    welcome_bonus_points: int | Unset = 0
    """ Points for a new member """

    def to_dict(self) -> dict[str, Any]:
        from ..models.tier_config import TierConfig

        merchant_id = str(self.merchant_id)

        apple_pass_type_id: str | Unset | None
        if isinstance(self.apple_pass_type_id, Unset):
            apple_pass_type_id = UNSET
        else:
            apple_pass_type_id = self.apple_pass_type_id

        card_color = self.card_color

        card_name: str | Unset | None
        if isinstance(self.card_name, Unset):
            card_name = UNSET
        else:
            card_name = self.card_name

        card_secondary_color: str | Unset | None
        if isinstance(self.card_secondary_color, Unset):
            card_secondary_color = UNSET
        else:
            card_secondary_color = self.card_secondary_color

        cooldown_minutes = self.cooldown_minutes

        google_class_id: str | Unset | None
        if isinstance(self.google_class_id, Unset):
            google_class_id = UNSET
        else:
            google_class_id = self.google_class_id

        google_issuer_id: str | Unset | None
        if isinstance(self.google_issuer_id, Unset):
            google_issuer_id = UNSET
        else:
            google_issuer_id = self.google_issuer_id

        hero_image_url: str | Unset | None
        if isinstance(self.hero_image_url, Unset):
            hero_image_url = UNSET
        else:
            hero_image_url = self.hero_image_url

        logo_url: str | Unset | None
        if isinstance(self.logo_url, Unset):
            logo_url = UNSET
        else:
            logo_url = self.logo_url

        loyalty_type: str | Unset = UNSET
        if not isinstance(self.loyalty_type, Unset):
            loyalty_type = self.loyalty_type

        max_daily_stamps: int | Unset | None
        if isinstance(self.max_daily_stamps, Unset):
            max_daily_stamps = UNSET
        else:
            max_daily_stamps = self.max_daily_stamps

        minimum_purchase_cents = self.minimum_purchase_cents

        minimum_redemption_points = self.minimum_redemption_points

        points_expiration_days: int | Unset | None
        if isinstance(self.points_expiration_days, Unset):
            points_expiration_days = UNSET
        else:
            points_expiration_days = self.points_expiration_days

        points_per_euro = self.points_per_euro

        privacy_url: str | Unset | None
        if isinstance(self.privacy_url, Unset):
            privacy_url = UNSET
        else:
            privacy_url = self.privacy_url

        require_staff_pin = self.require_staff_pin

        stamps_reward_description = self.stamps_reward_description

        stamps_reward_value_cents: int | Unset | None
        if isinstance(self.stamps_reward_value_cents, Unset):
            stamps_reward_value_cents = UNSET
        else:
            stamps_reward_value_cents = self.stamps_reward_value_cents

        stamps_target = self.stamps_target

        terms_text: str | Unset | None
        if isinstance(self.terms_text, Unset):
            terms_text = UNSET
        else:
            terms_text = self.terms_text

        tier_config: dict[str, Any] | Unset | None
        if isinstance(self.tier_config, Unset):
            tier_config = UNSET
        elif isinstance(self.tier_config, TierConfig):
            tier_config = self.tier_config.to_dict()
        else:
            tier_config = self.tier_config

        welcome_bonus_points = self.welcome_bonus_points

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "merchant_id": merchant_id,
            }
        )
        if apple_pass_type_id is not UNSET:
            field_dict["apple_pass_type_id"] = apple_pass_type_id
        if card_color is not UNSET:
            field_dict["card_color"] = card_color
        if card_name is not UNSET:
            field_dict["card_name"] = card_name
        if card_secondary_color is not UNSET:
            field_dict["card_secondary_color"] = card_secondary_color
        if cooldown_minutes is not UNSET:
            field_dict["cooldown_minutes"] = cooldown_minutes
        if google_class_id is not UNSET:
            field_dict["google_class_id"] = google_class_id
        if google_issuer_id is not UNSET:
            field_dict["google_issuer_id"] = google_issuer_id
        if hero_image_url is not UNSET:
            field_dict["hero_image_url"] = hero_image_url
        if logo_url is not UNSET:
            field_dict["logo_url"] = logo_url
        if loyalty_type is not UNSET:
            field_dict["loyalty_type"] = loyalty_type
        if max_daily_stamps is not UNSET:
            field_dict["max_daily_stamps"] = max_daily_stamps
        if minimum_purchase_cents is not UNSET:
            field_dict["minimum_purchase_cents"] = minimum_purchase_cents
        if minimum_redemption_points is not UNSET:
            field_dict["minimum_redemption_points"] = minimum_redemption_points
        if points_expiration_days is not UNSET:
            field_dict["points_expiration_days"] = points_expiration_days
        if points_per_euro is not UNSET:
            field_dict["points_per_euro"] = points_per_euro
        if privacy_url is not UNSET:
            field_dict["privacy_url"] = privacy_url
        if require_staff_pin is not UNSET:
            field_dict["require_staff_pin"] = require_staff_pin
        if stamps_reward_description is not UNSET:
            field_dict["stamps_reward_description"] = stamps_reward_description
        if stamps_reward_value_cents is not UNSET:
            field_dict["stamps_reward_value_cents"] = stamps_reward_value_cents
        if stamps_target is not UNSET:
            field_dict["stamps_target"] = stamps_target
        if terms_text is not UNSET:
            field_dict["terms_text"] = terms_text
        if tier_config is not UNSET:
            field_dict["tier_config"] = tier_config
        if welcome_bonus_points is not UNSET:
            field_dict["welcome_bonus_points"] = welcome_bonus_points

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.tier_config import TierConfig

        d = dict(src_dict)
        merchant_id = UUID(d.pop("merchant_id"))

        def _parse_apple_pass_type_id(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        apple_pass_type_id = _parse_apple_pass_type_id(d.pop("apple_pass_type_id", UNSET))

        card_color = d.pop("card_color", UNSET)

        def _parse_card_name(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        card_name = _parse_card_name(d.pop("card_name", UNSET))

        def _parse_card_secondary_color(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        card_secondary_color = _parse_card_secondary_color(d.pop("card_secondary_color", UNSET))

        cooldown_minutes = d.pop("cooldown_minutes", UNSET)

        def _parse_google_class_id(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        google_class_id = _parse_google_class_id(d.pop("google_class_id", UNSET))

        def _parse_google_issuer_id(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        google_issuer_id = _parse_google_issuer_id(d.pop("google_issuer_id", UNSET))

        def _parse_hero_image_url(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        hero_image_url = _parse_hero_image_url(d.pop("hero_image_url", UNSET))

        def _parse_logo_url(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        logo_url = _parse_logo_url(d.pop("logo_url", UNSET))

        _loyalty_type = d.pop("loyalty_type", UNSET)
        loyalty_type: NewProgramOfLoyaltyType | Unset
        if isinstance(_loyalty_type, Unset):
            loyalty_type = UNSET
        else:
            loyalty_type = check_new_program_of_loyalty_type(_loyalty_type)

        def _parse_max_daily_stamps(data: object) -> int | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        max_daily_stamps = _parse_max_daily_stamps(d.pop("max_daily_stamps", UNSET))

        minimum_purchase_cents = d.pop("minimum_purchase_cents", UNSET)

        minimum_redemption_points = d.pop("minimum_redemption_points", UNSET)

        def _parse_points_expiration_days(data: object) -> int | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        points_expiration_days = _parse_points_expiration_days(d.pop("points_expiration_days", UNSET))

        points_per_euro = d.pop("points_per_euro", UNSET)

        def _parse_privacy_url(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        privacy_url = _parse_privacy_url(d.pop("privacy_url", UNSET))

        require_staff_pin = d.pop("require_staff_pin", UNSET)

        stamps_reward_description = d.pop("stamps_reward_description", UNSET)

        def _parse_stamps_reward_value_cents(data: object) -> int | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        stamps_reward_value_cents = _parse_stamps_reward_value_cents(
            d.pop("stamps_reward_value_cents", UNSET)
        )

        stamps_target = d.pop("stamps_target", UNSET)

        def _parse_terms_text(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        terms_text = _parse_terms_text(d.pop("terms_text", UNSET))

        def _parse_tier_config(data: object) -> TierConfig | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                tier_config_type_0 = TierConfig.from_dict(data)

                return tier_config_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | TierConfig | Unset, data)

        tier_config = _parse_tier_config(d.pop("tier_config", UNSET))

        welcome_bonus_points = d.pop("welcome_bonus_points", UNSET)

        new_program_of = cls(
            merchant_id=merchant_id,
            apple_pass_type_id=apple_pass_type_id,
            card_color=card_color,
            card_name=card_name,
            card_secondary_color=card_secondary_color,
            cooldown_minutes=cooldown_minutes,
            google_class_id=google_class_id,
            google_issuer_id=google_issuer_id,
            hero_image_url=hero_image_url,
            logo_url=logo_url,
            loyalty_type=loyalty_type,
            max_daily_stamps=max_daily_stamps,
            minimum_purchase_cents=minimum_purchase_cents,
            minimum_redemption_points=minimum_redemption_points,
            points_expiration_days=points_expiration_days,
            points_per_euro=points_per_euro,
            privacy_url=privacy_url,
            require_staff_pin=require_staff_pin,
            stamps_reward_description=stamps_reward_description,
            stamps_reward_value_cents=stamps_reward_value_cents,
            stamps_target=stamps_target,
            terms_text=terms_text,
            tier_config=tier_config,
            welcome_bonus_points=welcome_bonus_points,
        )

        return new_program_of

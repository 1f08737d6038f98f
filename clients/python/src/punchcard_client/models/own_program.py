from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.own_program_loyalty_type import OwnProgramLoyaltyType, check_own_program_loyalty_type

T = TypeVar("T", bound="OwnProgram")


@_attrs_define
class OwnProgram:
    """The rules of the card's program, and how it looks."""

    card_color: str
    """ The card's colour """
    card_name: str
    """ What the card is called """
    card_secondary_color: str | None
    """ Its second colour """
    hero_image_url: str | None
    """ The picture on the card """
    is_active: bool
    """ Whether anything can be earned now """
    logo_url: str | None
    """ The logo """
    loyalty_type: OwnProgramLoyaltyType
    """ How it rewards """
    minimum_redemption_points: int
    """ Rewards begin at so many points """
    points_expiration_days: int | None
    """ Points are lost after so many days without activity; null: never """
    privacy_url: str | None
    """ The privacy notice """
    redeem_until: datetime.datetime | None
    """ Until when rewards are given after it was switched off """
    stamps_reward_description: str
    """ What a full card buys """
    terms_text: str | None
    """ The terms """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        card_color = self.card_color

        card_name = self.card_name

        card_secondary_color: str | None
        card_secondary_color = self.card_secondary_color

        hero_image_url: str | None
        hero_image_url = self.hero_image_url

        is_active = self.is_active

        logo_url: str | None
        logo_url = self.logo_url

        loyalty_type: str = self.loyalty_type

        minimum_redemption_points = self.minimum_redemption_points

        points_expiration_days: int | None
        points_expiration_days = self.points_expiration_days

        privacy_url: str | None
        privacy_url = self.privacy_url

        redeem_until: str | None
        if isinstance(self.redeem_until, datetime.datetime):
            redeem_until = self.redeem_until.isoformat()
        else:
            redeem_until = self.redeem_until

        stamps_reward_description = self.stamps_reward_description

        terms_text: str | None
        terms_text = self.terms_text

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "card_color": card_color,
                "card_name": card_name,
                "card_secondary_color": card_secondary_color,
                "hero_image_url": hero_image_url,
                "is_active": is_active,
                "logo_url": logo_url,
                "loyalty_type": loyalty_type,
                "minimum_redemption_points": minimum_redemption_points,
                "points_expiration_days": points_expiration_days,
                "privacy_url": privacy_url,
                "redeem_until": redeem_until,
                "stamps_reward_description": stamps_reward_description,
                "terms_text": terms_text,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        card_color = d.pop("card_color")

        card_name = d.pop("card_name")

        def _parse_card_secondary_color(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        card_secondary_color = _parse_card_secondary_color(d.pop("card_secondary_color"))

        def _parse_hero_image_url(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        hero_image_url = _parse_hero_image_url(d.pop("hero_image_url"))

        is_active = d.pop("is_active")

        def _parse_logo_url(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        logo_url = _parse_logo_url(d.pop("logo_url"))

        loyalty_type = check_own_program_loyalty_type(d.pop("loyalty_type"))

        minimum_redemption_points = d.pop("minimum_redemption_points")

        def _parse_points_expiration_days(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        points_expiration_days = _parse_points_expiration_days(d.pop("points_expiration_days"))

        def _parse_privacy_url(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        privacy_url = _parse_privacy_url(d.pop("privacy_url"))

        def _parse_redeem_until(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                redeem_until_type_0 = datetime.datetime.fromisoformat(data)

                return redeem_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        redeem_until = _parse_redeem_until(d.pop("redeem_until"))

        stamps_reward_description = d.pop("stamps_reward_description")

        def _parse_terms_text(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        terms_text = _parse_terms_text(d.pop("terms_text"))

        own_program = cls(
            card_color=card_color,
            card_name=card_name,
            card_secondary_color=card_secondary_color,
            hero_image_url=hero_image_url,
            is_active=is_active,
            logo_url=logo_url,
            loyalty_type=loyalty_type,
            minimum_redemption_points=minimum_redemption_points,
            points_expiration_days=points_expiration_days,
            privacy_url=privacy_url,
            redeem_until=redeem_until,
            stamps_reward_description=stamps_reward_description,
            terms_text=terms_text,
        )

        own_program.additional_properties = d
        return own_program

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

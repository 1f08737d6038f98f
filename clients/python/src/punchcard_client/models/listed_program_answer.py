from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.listed_program_answer_loyalty_type import (
    ListedProgramAnswerLoyaltyType,
    check_listed_program_answer_loyalty_type,
)

if TYPE_CHECKING:
    from ..models.program_totals import ProgramTotals
    from ..models.tiers_answer import TiersAnswer


T = TypeVar("T", bound="ListedProgramAnswer")


@_attrs_define
class ListedProgramAnswer:
    """A program in the list of all; the gateway adds what the ledger counted."""

    activated_at: datetime.datetime | None
    """ When it was switched on for the first time """
    apple_pass_type_id: str | None
    """ Apple Wallet's pass type id """
    card_color: str
    """ The card's colour, #RRGGBB """
    card_name: str | None
    """ What the card is called; "Loyalty Card" when empty """
    card_secondary_color: str | None
    """ The card's second colour, #RRGGBB """
    cooldown_minutes: int
    """ Between two stamps of a card; 0: none """
    created_at: datetime.datetime
    """ When it was made """
    deleted_at: datetime.datetime | None
    """ When it was deleted; null while it is live """
    deleted_by: UUID | None
    """ The user who deleted it """
    google_class_id: str | None
    """ Google Wallet's class id """
    google_issuer_id: str | None
    """ Google Wallet's issuer id """
    hero_image_url: str | None
    """ The wide image; https """
    id: UUID
    """ Its id """
    is_active: bool
    """ Whether it is switched on """
    logo_url: str | None
    """ The logo; https """
    loyalty_type: ListedProgramAnswerLoyaltyType
    """ What is collected """
    max_daily_stamps: int | None
    """ Stamps of a card on one of the merchant's days; null: no limit """
    merchant_id: UUID
    """ The merchant """
    minimum_purchase_cents: int
    """ Smaller purchases earn nothing, in minor units """
    minimum_redemption_points: int
    """ The least points that a redemption may take """
    points_expiration_days: int | None
    """ Points are lost after so many days without activity; null: never """
    points_per_euro: int
    """ Points per whole currency unit spent """
    privacy_url: str | None
    """ The privacy notice; https """
    redeem_until: datetime.datetime | None
    """ Switched off: until then what was earned can be redeemed """
    require_staff_pin: bool
    """ Whether a staff member approves at the till """
    stamps_reward_description: str
    """ What full cards get """
    stamps_reward_value_cents: int | None
    """ What the stamp reward is worth, in minor units """
    stamps_target: int
    """ Stamps for one stamp reward """
    statistics: ProgramTotals | None
    """ What was counted of it; null while the ledger does not answer """
    terms_text: str | None
    """ The program's terms """
    tier_config: TiersAnswer | None
    """ Tiers multiply what purchases earn; null: none """
    updated_at: datetime.datetime
    """ When it was changed last """
    version: int
    """ Goes up by one at every change """
    welcome_bonus_points: int
    """ Points for a new member """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.program_totals import ProgramTotals
        from ..models.tiers_answer import TiersAnswer

        activated_at: str | None
        if isinstance(self.activated_at, datetime.datetime):
            activated_at = self.activated_at.isoformat()
        else:
            activated_at = self.activated_at

        apple_pass_type_id: str | None
        apple_pass_type_id = self.apple_pass_type_id

        card_color = self.card_color

        card_name: str | None
        card_name = self.card_name

        card_secondary_color: str | None
        card_secondary_color = self.card_secondary_color

        cooldown_minutes = self.cooldown_minutes

        created_at = self.created_at.isoformat()

        deleted_at: str | None
        if isinstance(self.deleted_at, datetime.datetime):
            deleted_at = self.deleted_at.isoformat()
        else:
            deleted_at = self.deleted_at

        deleted_by: str | None
        if isinstance(self.deleted_by, UUID):
            deleted_by = str(self.deleted_by)
        else:
            deleted_by = self.deleted_by

        google_class_id: str | None
        google_class_id = self.google_class_id

        google_issuer_id: str | None
        google_issuer_id = self.google_issuer_id

        hero_image_url: str | None
        hero_image_url = self.hero_image_url

        id = str(self.id)

        is_active = self.is_active

        logo_url: str | None
        logo_url = self.logo_url

        loyalty_type: str = self.loyalty_type

        max_daily_stamps: int | None
        max_daily_stamps = self.max_daily_stamps

        merchant_id = str(self.merchant_id)

        minimum_purchase_cents = self.minimum_purchase_cents

        minimum_redemption_points = self.minimum_redemption_points

        points_expiration_days: int | None
        points_expiration_days = self.points_expiration_days

        points_per_euro = self.points_per_euro

        privacy_url: str | None
        privacy_url = self.privacy_url

        redeem_until: str | None
        if isinstance(self.redeem_until, datetime.datetime):
            redeem_until = self.redeem_until.isoformat()
        else:
            redeem_until = self.redeem_until

        require_staff_pin = self.require_staff_pin

        stamps_reward_description = self.stamps_reward_description

        stamps_reward_value_cents: int | None
        stamps_reward_value_cents = self.stamps_reward_value_cents

        stamps_target = self.stamps_target

        statistics: dict[str, Any] | None
        if isinstance(self.statistics, ProgramTotals):
            statistics = self.statistics.to_dict()
        else:
            statistics = self.statistics

        terms_text: str | None
        terms_text = self.terms_text

        tier_config: dict[str, Any] | None
        if isinstance(self.tier_config, TiersAnswer):
            tier_config = self.tier_config.to_dict()
        else:
            tier_config = self.tier_config

        updated_at = self.updated_at.isoformat()

        version = self.version

        welcome_bonus_points = self.welcome_bonus_points

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "activated_at": activated_at,
                "apple_pass_type_id": apple_pass_type_id,
                "card_color": card_color,
                "card_name": card_name,
                "card_secondary_color": card_secondary_color,
                "cooldown_minutes": cooldown_minutes,
                "created_at": created_at,
                "deleted_at": deleted_at,
                "deleted_by": deleted_by,
                "google_class_id": google_class_id,
                "google_issuer_id": google_issuer_id,
                "hero_image_url": hero_image_url,
                "id": id,
                "is_active": is_active,
                "logo_url": logo_url,
                "loyalty_type": loyalty_type,
                "max_daily_stamps": max_daily_stamps,
                "merchant_id": merchant_id,
                "minimum_purchase_cents": minimum_purchase_cents,
                "minimum_redemption_points": minimum_redemption_points,
                "points_expiration_days": points_expiration_days,
                "points_per_euro": points_per_euro,
                "privacy_url": privacy_url,
                "redeem_until": redeem_until,
                "require_staff_pin": require_staff_pin,
                "stamps_reward_description": stamps_reward_description,
                "stamps_reward_value_cents": stamps_reward_value_cents,
                "stamps_target": stamps_target,
                "statistics": statistics,
                "terms_text": terms_text,
                "tier_config": tier_config,
                "updated_at": updated_at,
                "version": version,
                "welcome_bonus_points": welcome_bonus_points,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.program_totals import ProgramTotals
        from ..models.tiers_answer import TiersAnswer

        d = dict(src_dict)

        def _parse_activated_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                activated_at_type_0 = datetime.datetime.fromisoformat(data)

                return activated_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        activated_at = _parse_activated_at(d.pop("activated_at"))

        def _parse_apple_pass_type_id(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        apple_pass_type_id = _parse_apple_pass_type_id(d.pop("apple_pass_type_id"))

        card_color = d.pop("card_color")

        def _parse_card_name(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        card_name = _parse_card_name(d.pop("card_name"))

        def _parse_card_secondary_color(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        card_secondary_color = _parse_card_secondary_color(d.pop("card_secondary_color"))

        cooldown_minutes = d.pop("cooldown_minutes")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_deleted_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                deleted_at_type_0 = datetime.datetime.fromisoformat(data)

                return deleted_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        deleted_at = _parse_deleted_at(d.pop("deleted_at"))

        def _parse_deleted_by(data: object) -> UUID | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                deleted_by_type_0 = UUID(data)

                return deleted_by_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        deleted_by = _parse_deleted_by(d.pop("deleted_by"))

        def _parse_google_class_id(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        google_class_id = _parse_google_class_id(d.pop("google_class_id"))

        def _parse_google_issuer_id(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        google_issuer_id = _parse_google_issuer_id(d.pop("google_issuer_id"))

        def _parse_hero_image_url(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        hero_image_url = _parse_hero_image_url(d.pop("hero_image_url"))

        id = UUID(d.pop("id"))

        is_active = d.pop("is_active")

        def _parse_logo_url(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        logo_url = _parse_logo_url(d.pop("logo_url"))

        loyalty_type = check_listed_program_answer_loyalty_type(d.pop("loyalty_type"))

        def _parse_max_daily_stamps(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        max_daily_stamps = _parse_max_daily_stamps(d.pop("max_daily_stamps"))

        merchant_id = UUID(d.pop("merchant_id"))

        minimum_purchase_cents = d.pop("minimum_purchase_cents")

        minimum_redemption_points = d.pop("minimum_redemption_points")

        def _parse_points_expiration_days(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        points_expiration_days = _parse_points_expiration_days(d.pop("points_expiration_days"))

        points_per_euro = d.pop("points_per_euro")

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

        require_staff_pin = d.pop("require_staff_pin")

        stamps_reward_description = d.pop("stamps_reward_description")

        def _parse_stamps_reward_value_cents(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        stamps_reward_value_cents = _parse_stamps_reward_value_cents(d.pop("stamps_reward_value_cents"))

        stamps_target = d.pop("stamps_target")

        def _parse_statistics(data: object) -> ProgramTotals | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                statistics_type_0 = ProgramTotals.from_dict(data)

                return statistics_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ProgramTotals, data)

        statistics = _parse_statistics(d.pop("statistics"))

        def _parse_terms_text(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        terms_text = _parse_terms_text(d.pop("terms_text"))

        def _parse_tier_config(data: object) -> TiersAnswer | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                tier_config_type_0 = TiersAnswer.from_dict(data)

                return tier_config_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | TiersAnswer, data)

        tier_config = _parse_tier_config(d.pop("tier_config"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        version = d.pop("version")

        welcome_bonus_points = d.pop("welcome_bonus_points")

        listed_program_answer = cls(
            activated_at=activated_at,
            apple_pass_type_id=apple_pass_type_id,
            card_color=card_color,
            card_name=card_name,
            card_secondary_color=card_secondary_color,
            cooldown_minutes=cooldown_minutes,
            created_at=created_at,
            deleted_at=deleted_at,
            deleted_by=deleted_by,
            google_class_id=google_class_id,
            google_issuer_id=google_issuer_id,
            hero_image_url=hero_image_url,
            id=id,
            is_active=is_active,
            logo_url=logo_url,
            loyalty_type=loyalty_type,
            max_daily_stamps=max_daily_stamps,
            merchant_id=merchant_id,
            minimum_purchase_cents=minimum_purchase_cents,
            minimum_redemption_points=minimum_redemption_points,
            points_expiration_days=points_expiration_days,
            points_per_euro=points_per_euro,
            privacy_url=privacy_url,
            redeem_until=redeem_until,
            require_staff_pin=require_staff_pin,
            stamps_reward_description=stamps_reward_description,
            stamps_reward_value_cents=stamps_reward_value_cents,
            stamps_target=stamps_target,
            statistics=statistics,
            terms_text=terms_text,
            tier_config=tier_config,
            updated_at=updated_at,
            version=version,
            welcome_bonus_points=welcome_bonus_points,
        )

        listed_program_answer.additional_properties = d
        return listed_program_answer

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

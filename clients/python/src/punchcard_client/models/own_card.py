from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.own_card_locale import OwnCardLocale, check_own_card_locale
from ..models.own_card_status import OwnCardStatus, check_own_card_status

if TYPE_CHECKING:
    from ..models.own_merchant import OwnMerchant
    from ..models.own_program import OwnProgram
    from ..models.own_reward import OwnReward
    from ..models.own_store import OwnStore
    from ..models.own_tier import OwnTier


T = TypeVar("T", bound="OwnCard")


@_attrs_define
class OwnCard:
    """One's own card as it stands now."""

    available_rewards: list[OwnReward]
    """ Rewards within the balance, valid now """
    can_redeem_stamps: bool
    """ Whether the stamp reward is due """
    card_number: str
    """ Number as printed """
    created_at: datetime.datetime
    """ When it was made """
    first_name: str
    """ Whose it is """
    locale: OwnCardLocale
    """ The customer's language """
    merchant: OwnMerchant
    points_balance: int
    """ Points now """
    points_redeemed: int
    """ Points spent ever """
    program: OwnProgram
    """ The rules of the card's program, and how it looks. """
    qr_code: str
    """ What its QR code holds """
    stamp_count: int
    """ Stamps on the card now """
    stamps_redeemed: int
    """ Stamp rewards taken """
    stamps_target: int
    """ Stamps that make a reward """
    stamps_until_reward: int
    """ How many are missing """
    status: OwnCardStatus
    """ Inactive: nothing can be earned """
    stores: list[OwnStore]
    """ The stores at which it works, by name """
    tier: OwnTier | None
    """ The tier in force; null without tiers """
    total_points_earned: int
    """ Points of purchases ever; the welcome bonus and corrections are not in it """
    total_stamps_earned: int
    """ Stamps earned ever """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.own_tier import OwnTier

        available_rewards = []
        for available_rewards_item_data in self.available_rewards:
            available_rewards_item = available_rewards_item_data.to_dict()
            available_rewards.append(available_rewards_item)

        can_redeem_stamps = self.can_redeem_stamps

        card_number = self.card_number

        created_at = self.created_at.isoformat()

        first_name = self.first_name

        locale: str = self.locale

        merchant = self.merchant.to_dict()

        points_balance = self.points_balance

        points_redeemed = self.points_redeemed

        program = self.program.to_dict()

        qr_code = self.qr_code

        stamp_count = self.stamp_count

        stamps_redeemed = self.stamps_redeemed

        stamps_target = self.stamps_target

        stamps_until_reward = self.stamps_until_reward

        status: str = self.status

        stores = []
        for stores_item_data in self.stores:
            stores_item = stores_item_data.to_dict()
            stores.append(stores_item)

        tier: dict[str, Any] | None
        if isinstance(self.tier, OwnTier):
            tier = self.tier.to_dict()
        else:
            tier = self.tier

        total_points_earned = self.total_points_earned

        total_stamps_earned = self.total_stamps_earned

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "available_rewards": available_rewards,
                "can_redeem_stamps": can_redeem_stamps,
                "card_number": card_number,
                "created_at": created_at,
                "first_name": first_name,
                "locale": locale,
                "merchant": merchant,
                "points_balance": points_balance,
                "points_redeemed": points_redeemed,
                "program": program,
                "qr_code": qr_code,
                "stamp_count": stamp_count,
                "stamps_redeemed": stamps_redeemed,
                "stamps_target": stamps_target,
                "stamps_until_reward": stamps_until_reward,
                "status": status,
                "stores": stores,
                "tier": tier,
                "total_points_earned": total_points_earned,
                "total_stamps_earned": total_stamps_earned,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.own_merchant import OwnMerchant
        from ..models.own_program import OwnProgram
        from ..models.own_reward import OwnReward
        from ..models.own_store import OwnStore
        from ..models.own_tier import OwnTier

        d = dict(src_dict)
        available_rewards = []
        _available_rewards = d.pop("available_rewards")
        for available_rewards_item_data in _available_rewards:
            available_rewards_item = OwnReward.from_dict(available_rewards_item_data)

            available_rewards.append(available_rewards_item)

        can_redeem_stamps = d.pop("can_redeem_stamps")

        card_number = d.pop("card_number")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        first_name = d.pop("first_name")

        locale = check_own_card_locale(d.pop("locale"))

        merchant = OwnMerchant.from_dict(d.pop("merchant"))

        points_balance = d.pop("points_balance")

        points_redeemed = d.pop("points_redeemed")

        program = OwnProgram.from_dict(d.pop("program"))

        qr_code = d.pop("qr_code")

        stamp_count = d.pop("stamp_count")

        stamps_redeemed = d.pop("stamps_redeemed")

        stamps_target = d.pop("stamps_target")

        stamps_until_reward = d.pop("stamps_until_reward")

        status = check_own_card_status(d.pop("status"))

        stores = []
        _stores = d.pop("stores")
        for stores_item_data in _stores:
            stores_item = OwnStore.from_dict(stores_item_data)

            stores.append(stores_item)

        def _parse_tier(data: object) -> OwnTier | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                tier_type_0 = OwnTier.from_dict(data)

                return tier_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | OwnTier, data)

        tier = _parse_tier(d.pop("tier"))

        total_points_earned = d.pop("total_points_earned")

        total_stamps_earned = d.pop("total_stamps_earned")

        own_card = cls(
            available_rewards=available_rewards,
            can_redeem_stamps=can_redeem_stamps,
            card_number=card_number,
            created_at=created_at,
            first_name=first_name,
            locale=locale,
            merchant=merchant,
            points_balance=points_balance,
            points_redeemed=points_redeemed,
            program=program,
            qr_code=qr_code,
            stamp_count=stamp_count,
            stamps_redeemed=stamps_redeemed,
            stamps_target=stamps_target,
            stamps_until_reward=stamps_until_reward,
            status=status,
            stores=stores,
            tier=tier,
            total_points_earned=total_points_earned,
            total_stamps_earned=total_stamps_earned,
        )

        own_card.additional_properties = d
        return own_card

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

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.card_answer_status import CardAnswerStatus, check_card_answer_status

if TYPE_CHECKING:
    from ..models.customer_short import CustomerShort
    from ..models.customer_whole import CustomerWhole
    from ..models.reward_within_reach import RewardWithinReach
    from ..models.tier_in_force import TierInForce


T = TypeVar("T", bound="CardAnswer")


@_attrs_define
class CardAnswer:
    """A card's identity; the gateway adds its balances."""

    available_rewards: list[RewardWithinReach]
    """ Rewards within the balance, valid now """
    can_redeem_stamps: bool
    """ Whether the stamp reward is due """
    can_stamp: bool
    """ Whether a stamp is possible now """
    card_number: str
    """ Number as printed """
    created_at: datetime.datetime
    """ When it was made """
    customer: CustomerShort | CustomerWhole
    """ Who holds it; whole for owner and manager """
    enrolled_at_store_id: UUID | None
    """ Where it was handed out """
    id: UUID
    """ The card """
    next_stamp_available_at: datetime.datetime | None
    """ When a stamp is possible again; null when it is now """
    points_balance: int
    """ Points on the card now """
    points_redeemed: int
    """ Points spent ever, less voided ones """
    qr_code: str
    """ What its QR code holds """
    stamp_count: int
    """ Stamps on the card now """
    stamps_redeemed: int
    """ Stamp rewards taken, less voided ones """
    stamps_remaining_today: int | None
    """ Stamps left today; null without a limit """
    stamps_target: int
    """ Stamps that make a reward """
    stamps_today: int
    """ Stamps of the merchant's day """
    status: CardAnswerStatus
    """ Inactive: nothing can be earned """
    tier: TierInForce | None
    """ The tier in force; null without tiers """
    total_points_earned: int
    """ Points of purchases ever; the welcome bonus and corrections are not in it """
    total_stamps_earned: int
    """ Stamps earned ever; corrections are not in it """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.customer_whole import CustomerWhole
        from ..models.tier_in_force import TierInForce

        available_rewards = []
        for available_rewards_item_data in self.available_rewards:
            available_rewards_item = available_rewards_item_data.to_dict()
            available_rewards.append(available_rewards_item)

        can_redeem_stamps = self.can_redeem_stamps

        can_stamp = self.can_stamp

        card_number = self.card_number

        created_at = self.created_at.isoformat()

        customer: dict[str, Any]
        if isinstance(self.customer, CustomerWhole):
            customer = self.customer.to_dict()
        else:
            customer = self.customer.to_dict()

        enrolled_at_store_id: str | None
        if isinstance(self.enrolled_at_store_id, UUID):
            enrolled_at_store_id = str(self.enrolled_at_store_id)
        else:
            enrolled_at_store_id = self.enrolled_at_store_id

        id = str(self.id)

        next_stamp_available_at: str | None
        if isinstance(self.next_stamp_available_at, datetime.datetime):
            next_stamp_available_at = self.next_stamp_available_at.isoformat()
        else:
            next_stamp_available_at = self.next_stamp_available_at

        points_balance = self.points_balance

        points_redeemed = self.points_redeemed

        qr_code = self.qr_code

        stamp_count = self.stamp_count

        stamps_redeemed = self.stamps_redeemed

        stamps_remaining_today: int | None
        stamps_remaining_today = self.stamps_remaining_today

        stamps_target = self.stamps_target

        stamps_today = self.stamps_today

        status: str = self.status

        tier: dict[str, Any] | None
        if isinstance(self.tier, TierInForce):
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
                "can_stamp": can_stamp,
                "card_number": card_number,
                "created_at": created_at,
                "customer": customer,
                "enrolled_at_store_id": enrolled_at_store_id,
                "id": id,
                "next_stamp_available_at": next_stamp_available_at,
                "points_balance": points_balance,
                "points_redeemed": points_redeemed,
                "qr_code": qr_code,
                "stamp_count": stamp_count,
                "stamps_redeemed": stamps_redeemed,
                "stamps_remaining_today": stamps_remaining_today,
                "stamps_target": stamps_target,
                "stamps_today": stamps_today,
                "status": status,
                "tier": tier,
                "total_points_earned": total_points_earned,
                "total_stamps_earned": total_stamps_earned,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.customer_short import CustomerShort
        from ..models.customer_whole import CustomerWhole
        from ..models.reward_within_reach import RewardWithinReach
        from ..models.tier_in_force import TierInForce

        d = dict(src_dict)
        available_rewards = []
        _available_rewards = d.pop("available_rewards")
        for available_rewards_item_data in _available_rewards:
            available_rewards_item = RewardWithinReach.from_dict(available_rewards_item_data)

            available_rewards.append(available_rewards_item)

        can_redeem_stamps = d.pop("can_redeem_stamps")

        can_stamp = d.pop("can_stamp")

        card_number = d.pop("card_number")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_customer(data: object) -> CustomerShort | CustomerWhole:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                customer_type_0 = CustomerWhole.from_dict(data)

                return customer_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            customer_type_1 = CustomerShort.from_dict(data)

            return customer_type_1

        customer = _parse_customer(d.pop("customer"))

        def _parse_enrolled_at_store_id(data: object) -> UUID | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                enrolled_at_store_id_type_0 = UUID(data)

                return enrolled_at_store_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        enrolled_at_store_id = _parse_enrolled_at_store_id(d.pop("enrolled_at_store_id"))

        id = UUID(d.pop("id"))

        def _parse_next_stamp_available_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                next_stamp_available_at_type_0 = datetime.datetime.fromisoformat(data)

                return next_stamp_available_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        next_stamp_available_at = _parse_next_stamp_available_at(d.pop("next_stamp_available_at"))

        points_balance = d.pop("points_balance")

        points_redeemed = d.pop("points_redeemed")

        qr_code = d.pop("qr_code")

        stamp_count = d.pop("stamp_count")

        stamps_redeemed = d.pop("stamps_redeemed")

        def _parse_stamps_remaining_today(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        stamps_remaining_today = _parse_stamps_remaining_today(d.pop("stamps_remaining_today"))

        stamps_target = d.pop("stamps_target")

        stamps_today = d.pop("stamps_today")

        status = check_card_answer_status(d.pop("status"))

        def _parse_tier(data: object) -> TierInForce | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                tier_type_0 = TierInForce.from_dict(data)

                return tier_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | TierInForce, data)

        tier = _parse_tier(d.pop("tier"))

        total_points_earned = d.pop("total_points_earned")

        total_stamps_earned = d.pop("total_stamps_earned")

        card_answer = cls(
            available_rewards=available_rewards,
            can_redeem_stamps=can_redeem_stamps,
            can_stamp=can_stamp,
            card_number=card_number,
            created_at=created_at,
            customer=customer,
            enrolled_at_store_id=enrolled_at_store_id,
            id=id,
            next_stamp_available_at=next_stamp_available_at,
            points_balance=points_balance,
            points_redeemed=points_redeemed,
            qr_code=qr_code,
            stamp_count=stamp_count,
            stamps_redeemed=stamps_redeemed,
            stamps_remaining_today=stamps_remaining_today,
            stamps_target=stamps_target,
            stamps_today=stamps_today,
            status=status,
            tier=tier,
            total_points_earned=total_points_earned,
            total_stamps_earned=total_stamps_earned,
        )

        card_answer.additional_properties = d
        return card_answer

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

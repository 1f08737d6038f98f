from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.reward_within_reach import RewardWithinReach
    from ..models.tier_in_force import TierInForce


T = TypeVar("T", bound="EarnAnswer")


@_attrs_define
class EarnAnswer:
    """Points were given for a purchase."""

    card_id: UUID
    """ The card """
    card_number: str
    """ The card's number as printed """
    owed_repaid: int
    """ How much of it went into what was owed from an earlier shortfall """
    points_balance: int
    """ Points on the card now """
    points_earned: int
    """ What the purchase gave, before anything was paid back of it """
    rewards_within_reach: list[RewardWithinReach]
    """ Rewards that are valid now and cost no more than the balance """
    tier: TierInForce | None
    """ The tier after this purchase; null without tiers """
    total_points_earned: int
    """ Points of purchases ever; the welcome bonus and corrections are not in it """
    transaction_at: datetime.datetime
    """ When it happened: now, or `sale_at` """
    transaction_id: UUID | None
    """ The row that it left in the ledger; null for a dry run """
    dry_run: bool | Unset = UNSET
    """ Only in the answer of a dry run: nothing was kept """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.tier_in_force import TierInForce

        card_id = str(self.card_id)

        card_number = self.card_number

        owed_repaid = self.owed_repaid

        points_balance = self.points_balance

        points_earned = self.points_earned

        rewards_within_reach = []
        for rewards_within_reach_item_data in self.rewards_within_reach:
            rewards_within_reach_item = rewards_within_reach_item_data.to_dict()
            rewards_within_reach.append(rewards_within_reach_item)

        tier: dict[str, Any] | None
        if isinstance(self.tier, TierInForce):
            tier = self.tier.to_dict()
        else:
            tier = self.tier

        total_points_earned = self.total_points_earned

        transaction_at = self.transaction_at.isoformat()

        transaction_id: str | None
        if isinstance(self.transaction_id, UUID):
            transaction_id = str(self.transaction_id)
        else:
            transaction_id = self.transaction_id

        dry_run = self.dry_run

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "card_id": card_id,
                "card_number": card_number,
                "owed_repaid": owed_repaid,
                "points_balance": points_balance,
                "points_earned": points_earned,
                "rewards_within_reach": rewards_within_reach,
                "tier": tier,
                "total_points_earned": total_points_earned,
                "transaction_at": transaction_at,
                "transaction_id": transaction_id,
            }
        )
        if dry_run is not UNSET:
            field_dict["dry_run"] = dry_run

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.reward_within_reach import RewardWithinReach
        from ..models.tier_in_force import TierInForce

        d = dict(src_dict)
        card_id = UUID(d.pop("card_id"))

        card_number = d.pop("card_number")

        owed_repaid = d.pop("owed_repaid")

        points_balance = d.pop("points_balance")

        points_earned = d.pop("points_earned")

        rewards_within_reach = []
        _rewards_within_reach = d.pop("rewards_within_reach")
        for rewards_within_reach_item_data in _rewards_within_reach:
            rewards_within_reach_item = RewardWithinReach.from_dict(rewards_within_reach_item_data)

            rewards_within_reach.append(rewards_within_reach_item)

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

        transaction_at = datetime.datetime.fromisoformat(d.pop("transaction_at"))

        def _parse_transaction_id(data: object) -> UUID | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                transaction_id_type_0 = UUID(data)

                return transaction_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        transaction_id = _parse_transaction_id(d.pop("transaction_id"))

        dry_run = d.pop("dry_run", UNSET)

        earn_answer = cls(
            card_id=card_id,
            card_number=card_number,
            owed_repaid=owed_repaid,
            points_balance=points_balance,
            points_earned=points_earned,
            rewards_within_reach=rewards_within_reach,
            tier=tier,
            total_points_earned=total_points_earned,
            transaction_at=transaction_at,
            transaction_id=transaction_id,
            dry_run=dry_run,
        )

        earn_answer.additional_properties = d
        return earn_answer

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

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.reward_taken import RewardTaken


T = TypeVar("T", bound="RedeemPointsAnswer")


@_attrs_define
class RedeemPointsAnswer:
    """A reward was taken."""

    card_id: UUID
    """ The card """
    card_number: str
    """ The card's number as printed """
    points_balance: int
    """ Points on the card now """
    points_spent: int
    """ What it cost """
    reward: RewardTaken
    """ What was given for the points. """
    transaction_at: datetime.datetime
    """ When it happened: now, or `sale_at` """
    transaction_id: UUID | None
    """ The row that it left in the ledger; null for a dry run """
    dry_run: bool | Unset = UNSET
    """ Only in the answer of a dry run: nothing was kept """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        card_id = str(self.card_id)

        card_number = self.card_number

        points_balance = self.points_balance

        points_spent = self.points_spent

        reward = self.reward.to_dict()

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
                "points_balance": points_balance,
                "points_spent": points_spent,
                "reward": reward,
                "transaction_at": transaction_at,
                "transaction_id": transaction_id,
            }
        )
        if dry_run is not UNSET:
            field_dict["dry_run"] = dry_run

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.reward_taken import RewardTaken

        d = dict(src_dict)
        card_id = UUID(d.pop("card_id"))

        card_number = d.pop("card_number")

        points_balance = d.pop("points_balance")

        points_spent = d.pop("points_spent")

        reward = RewardTaken.from_dict(d.pop("reward"))

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

        redeem_points_answer = cls(
            card_id=card_id,
            card_number=card_number,
            points_balance=points_balance,
            points_spent=points_spent,
            reward=reward,
            transaction_at=transaction_at,
            transaction_id=transaction_id,
            dry_run=dry_run,
        )

        redeem_points_answer.additional_properties = d
        return redeem_points_answer

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

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="AdjustStampsAnswer")


@_attrs_define
class AdjustStampsAnswer:
    """The stamps were corrected."""

    card_id: UUID
    """ The card """
    card_number: str
    """ The card's number as printed """
    next_stamp_available_at: datetime.datetime | None
    """ When the card can be stamped next: the cooldown is over, or the day; null for now """
    points_balance: int
    """ Points on the card now """
    reward_description: str | None
    """ The reward, when it is earned; else null """
    reward_earned: bool
    """ Whether the stamps are enough for the reward """
    stamp_count: int
    """ Stamps on the card now """
    stamps_delta: int
    """ How the stamps changed """
    stamps_remaining_today: int | None
    """ How many more there can be on this day; null without a limit """
    stamps_target: int
    """ Stamps that make a reward """
    stamps_today: int
    """ Stamps of the merchant's day """
    stamps_until_reward: int
    """ How many are missing; 0 when the reward is earned """
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

        next_stamp_available_at: str | None
        if isinstance(self.next_stamp_available_at, datetime.datetime):
            next_stamp_available_at = self.next_stamp_available_at.isoformat()
        else:
            next_stamp_available_at = self.next_stamp_available_at

        points_balance = self.points_balance

        reward_description: str | None
        reward_description = self.reward_description

        reward_earned = self.reward_earned

        stamp_count = self.stamp_count

        stamps_delta = self.stamps_delta

        stamps_remaining_today: int | None
        stamps_remaining_today = self.stamps_remaining_today

        stamps_target = self.stamps_target

        stamps_today = self.stamps_today

        stamps_until_reward = self.stamps_until_reward

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
                "next_stamp_available_at": next_stamp_available_at,
                "points_balance": points_balance,
                "reward_description": reward_description,
                "reward_earned": reward_earned,
                "stamp_count": stamp_count,
                "stamps_delta": stamps_delta,
                "stamps_remaining_today": stamps_remaining_today,
                "stamps_target": stamps_target,
                "stamps_today": stamps_today,
                "stamps_until_reward": stamps_until_reward,
                "transaction_at": transaction_at,
                "transaction_id": transaction_id,
            }
        )
        if dry_run is not UNSET:
            field_dict["dry_run"] = dry_run

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        card_id = UUID(d.pop("card_id"))

        card_number = d.pop("card_number")

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

        def _parse_reward_description(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        reward_description = _parse_reward_description(d.pop("reward_description"))

        reward_earned = d.pop("reward_earned")

        stamp_count = d.pop("stamp_count")

        stamps_delta = d.pop("stamps_delta")

        def _parse_stamps_remaining_today(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        stamps_remaining_today = _parse_stamps_remaining_today(d.pop("stamps_remaining_today"))

        stamps_target = d.pop("stamps_target")

        stamps_today = d.pop("stamps_today")

        stamps_until_reward = d.pop("stamps_until_reward")

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

        adjust_stamps_answer = cls(
            card_id=card_id,
            card_number=card_number,
            next_stamp_available_at=next_stamp_available_at,
            points_balance=points_balance,
            reward_description=reward_description,
            reward_earned=reward_earned,
            stamp_count=stamp_count,
            stamps_delta=stamps_delta,
            stamps_remaining_today=stamps_remaining_today,
            stamps_target=stamps_target,
            stamps_today=stamps_today,
            stamps_until_reward=stamps_until_reward,
            transaction_at=transaction_at,
            transaction_id=transaction_id,
            dry_run=dry_run,
        )

        adjust_stamps_answer.additional_properties = d
        return adjust_stamps_answer

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

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="OwnTransaction")


@_attrs_define
class OwnTransaction:
    """What happened, once."""

    points_balance_after: int
    """ Points after it """
    points_delta: int
    """ Points given, or taken """
    reward_description: str | None
    """ The reward, if it was one """
    stamps_balance_after: int
    """ Stamps after it """
    stamps_delta: int
    """ Stamps given, or taken """
    store_name: str | None
    """ Where; null where it was at no store """
    transaction_at: datetime.datetime
    """ When """
    type_: str
    """ What it was """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        points_balance_after = self.points_balance_after

        points_delta = self.points_delta

        reward_description: str | None
        reward_description = self.reward_description

        stamps_balance_after = self.stamps_balance_after

        stamps_delta = self.stamps_delta

        store_name: str | None
        store_name = self.store_name

        transaction_at = self.transaction_at.isoformat()

        type_ = self.type_

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "points_balance_after": points_balance_after,
                "points_delta": points_delta,
                "reward_description": reward_description,
                "stamps_balance_after": stamps_balance_after,
                "stamps_delta": stamps_delta,
                "store_name": store_name,
                "transaction_at": transaction_at,
                "type": type_,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        points_balance_after = d.pop("points_balance_after")

        points_delta = d.pop("points_delta")

        def _parse_reward_description(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        reward_description = _parse_reward_description(d.pop("reward_description"))

        stamps_balance_after = d.pop("stamps_balance_after")

        stamps_delta = d.pop("stamps_delta")

        def _parse_store_name(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        store_name = _parse_store_name(d.pop("store_name"))

        transaction_at = datetime.datetime.fromisoformat(d.pop("transaction_at"))

        type_ = d.pop("type")

        own_transaction = cls(
            points_balance_after=points_balance_after,
            points_delta=points_delta,
            reward_description=reward_description,
            stamps_balance_after=stamps_balance_after,
            stamps_delta=stamps_delta,
            store_name=store_name,
            transaction_at=transaction_at,
            type_=type_,
        )

        own_transaction.additional_properties = d
        return own_transaction

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

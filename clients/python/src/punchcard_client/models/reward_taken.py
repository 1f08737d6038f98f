from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="RewardTaken")


@_attrs_define
class RewardTaken:
    """What was given for the points."""

    id: UUID
    """ The reward """
    name: str
    """ Its name """
    value_cents: int | None
    """ What it is worth, in minor units; null when it does not say """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        name = self.name

        value_cents: int | None
        value_cents = self.value_cents

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "value_cents": value_cents,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        name = d.pop("name")

        def _parse_value_cents(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        value_cents = _parse_value_cents(d.pop("value_cents"))

        reward_taken = cls(
            id=id,
            name=name,
            value_cents=value_cents,
        )

        reward_taken.additional_properties = d
        return reward_taken

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

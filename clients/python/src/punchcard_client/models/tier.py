from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Tier")


@_attrs_define
class Tier:
    """From `from_points` tier points on, purchases earn `multiplier_percent` of the program's points."""

    from_points: int
    """ Tier points from which it holds """
    multiplier_percent: int
    """ Percent of the program's points """
    name: str
    """ The tier's name """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from_points = self.from_points

        multiplier_percent = self.multiplier_percent

        name = self.name

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "from_points": from_points,
                "multiplier_percent": multiplier_percent,
                "name": name,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        from_points = d.pop("from_points")

        multiplier_percent = d.pop("multiplier_percent")

        name = d.pop("name")

        tier = cls(
            from_points=from_points,
            multiplier_percent=multiplier_percent,
            name=name,
        )

        tier.additional_properties = d
        return tier

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

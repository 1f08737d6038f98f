from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="TierBody")


@_attrs_define
class TierBody:
    from_points: int
    """ Tier points from which it holds """
    multiplier_percent: int
    """ Percent of the program's points """
    name: str
    """ The tier's name """

    def to_dict(self) -> dict[str, Any]:
        from_points = self.from_points

        multiplier_percent = self.multiplier_percent

        name = self.name

        field_dict: dict[str, Any] = {}

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

        tier_body = cls(
            from_points=from_points,
            multiplier_percent=multiplier_percent,
            name=name,
        )

        return tier_body

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.next_tier import NextTier


T = TypeVar("T", bound="TierInForce")


@_attrs_define
class TierInForce:
    """Where a card is among the program's tiers."""

    multiplier_percent: int
    """ What it makes of earned points """
    name: str
    """ The tier """
    next_: NextTier | None
    """ The tier above; null on the highest """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.next_tier import NextTier

        multiplier_percent = self.multiplier_percent

        name = self.name

        next_: dict[str, Any] | None
        if isinstance(self.next_, NextTier):
            next_ = self.next_.to_dict()
        else:
            next_ = self.next_

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "multiplier_percent": multiplier_percent,
                "name": name,
                "next": next_,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.next_tier import NextTier

        d = dict(src_dict)
        multiplier_percent = d.pop("multiplier_percent")

        name = d.pop("name")

        def _parse_next_(data: object) -> NextTier | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                next_type_0 = NextTier.from_dict(data)

                return next_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(NextTier | None, data)

        next_ = _parse_next_(d.pop("next"))

        tier_in_force = cls(
            multiplier_percent=multiplier_percent,
            name=name,
            next_=next_,
        )

        tier_in_force.additional_properties = d
        return tier_in_force

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

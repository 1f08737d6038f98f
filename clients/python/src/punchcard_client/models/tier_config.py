from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.tier_body import TierBody


T = TypeVar("T", bound="TierConfig")


@_attrs_define
class TierConfig:
    """Tiers ascend, the first from 0."""

    tiers: list[TierBody]
    """ One to ten tiers """

    def to_dict(self) -> dict[str, Any]:
        tiers = []
        for tiers_item_data in self.tiers:
            tiers_item = tiers_item_data.to_dict()
            tiers.append(tiers_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "tiers": tiers,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.tier_body import TierBody

        d = dict(src_dict)
        tiers = []
        _tiers = d.pop("tiers")
        for tiers_item_data in _tiers:
            tiers_item = TierBody.from_dict(tiers_item_data)

            tiers.append(tiers_item)

        tier_config = cls(
            tiers=tiers,
        )

        return tier_config

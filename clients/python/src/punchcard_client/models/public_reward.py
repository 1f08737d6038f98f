from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="PublicReward")


@_attrs_define
class PublicReward:
    description: str
    """ What it is """
    image_url: str | None
    """ A picture """
    name: str
    """ Its name """
    points_required: int
    """ What it costs """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        description = self.description

        image_url: str | None
        image_url = self.image_url

        name = self.name

        points_required = self.points_required

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "description": description,
                "image_url": image_url,
                "name": name,
                "points_required": points_required,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        description = d.pop("description")

        def _parse_image_url(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        image_url = _parse_image_url(d.pop("image_url"))

        name = d.pop("name")

        points_required = d.pop("points_required")

        public_reward = cls(
            description=description,
            image_url=image_url,
            name=name,
            points_required=points_required,
        )

        public_reward.additional_properties = d
        return public_reward

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

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ChangedPasses")


@_attrs_define
class ChangedPasses:
    """The device's passes that changed."""

    last_updated: str
    """ Ask with it as `passesUpdatedSince` the next time """
    serial_numbers: list[str]
    """ Their serial numbers; with more than about 500, the others by asking again """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        last_updated = self.last_updated

        serial_numbers = self.serial_numbers

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "lastUpdated": last_updated,
                "serialNumbers": serial_numbers,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        last_updated = d.pop("lastUpdated")

        serial_numbers = cast(list[str], d.pop("serialNumbers"))

        changed_passes = cls(
            last_updated=last_updated,
            serial_numbers=serial_numbers,
        )

        changed_passes.additional_properties = d
        return changed_passes

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

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Rotated")


@_attrs_define
class Rotated:
    api_key: str | None
    """ The new key, shown this once; null in a replay """
    old_key_ends_at: datetime.datetime | None
    """ Until when the one before works """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        api_key: str | None
        api_key = self.api_key

        old_key_ends_at: str | None
        if isinstance(self.old_key_ends_at, datetime.datetime):
            old_key_ends_at = self.old_key_ends_at.isoformat()
        else:
            old_key_ends_at = self.old_key_ends_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "api_key": api_key,
                "old_key_ends_at": old_key_ends_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_api_key(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        api_key = _parse_api_key(d.pop("api_key"))

        def _parse_old_key_ends_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                old_key_ends_at_type_0 = datetime.datetime.fromisoformat(data)

                return old_key_ends_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        old_key_ends_at = _parse_old_key_ends_at(d.pop("old_key_ends_at"))

        rotated = cls(
            api_key=api_key,
            old_key_ends_at=old_key_ends_at,
        )

        rotated.additional_properties = d
        return rotated

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

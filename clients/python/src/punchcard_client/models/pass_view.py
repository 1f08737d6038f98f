from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.pass_view_platform import PassViewPlatform, check_pass_view_platform
from ..models.pass_view_status import PassViewStatus, check_pass_view_status

T = TypeVar("T", bound="PassView")


@_attrs_define
class PassView:
    """A card's pass on one platform.

    Example:
        {'devices': 1, 'last_delivered_at': '2026-11-20T10:00:01.000000Z', 'platform': 'apple', 'sequence_shown': 12,
            'sequence_wanted': 12, 'serial_number': '5f6c2f0e-6a0e-4b0a-9a52-0c5f3f1f8a11', 'status': 'current'}

    """

    devices: int
    """ Apple: devices told at the last delivery; Google: 1 while somebody has the card saved """
    last_delivered_at: datetime.datetime | None
    """ When the platform last took a state """
    last_error: str | None
    """ Why it does not; `wallet-not-available`: not configured """
    platform: PassViewPlatform
    """ Which wallet """
    sequence_shown: int
    """ The ledger sequence that it shows; 0 while it shows nothing """
    sequence_wanted: int
    """ The ledger sequence that it is to show """
    serial_number: UUID
    """ The pass's own number; it never changes """
    status: PassViewStatus
    """ `current`: it shows the newest state; `behind`: it is tried until it does; `failed`: the platform refused
    this state, the next change is tried; `removed`: the card is deleted """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        devices = self.devices

        last_delivered_at: str | None
        if isinstance(self.last_delivered_at, datetime.datetime):
            last_delivered_at = self.last_delivered_at.isoformat()
        else:
            last_delivered_at = self.last_delivered_at

        last_error: str | None
        last_error = self.last_error

        platform: str = self.platform

        sequence_shown = self.sequence_shown

        sequence_wanted = self.sequence_wanted

        serial_number = str(self.serial_number)

        status: str = self.status

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "devices": devices,
                "last_delivered_at": last_delivered_at,
                "last_error": last_error,
                "platform": platform,
                "sequence_shown": sequence_shown,
                "sequence_wanted": sequence_wanted,
                "serial_number": serial_number,
                "status": status,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        devices = d.pop("devices")

        def _parse_last_delivered_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_delivered_at_type_0 = datetime.datetime.fromisoformat(data)

                return last_delivered_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        last_delivered_at = _parse_last_delivered_at(d.pop("last_delivered_at"))

        def _parse_last_error(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        last_error = _parse_last_error(d.pop("last_error"))

        platform = check_pass_view_platform(d.pop("platform"))

        sequence_shown = d.pop("sequence_shown")

        sequence_wanted = d.pop("sequence_wanted")

        serial_number = UUID(d.pop("serial_number"))

        status = check_pass_view_status(d.pop("status"))

        pass_view = cls(
            devices=devices,
            last_delivered_at=last_delivered_at,
            last_error=last_error,
            platform=platform,
            sequence_shown=sequence_shown,
            sequence_wanted=sequence_wanted,
            serial_number=serial_number,
            status=status,
        )

        pass_view.additional_properties = d
        return pass_view

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

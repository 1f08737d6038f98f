from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="CodeAndPin")


@_attrs_define
class CodeAndPin:
    pin: str
    """ 4 to 8 digits """
    staff_code: str
    """ Compared without case """

    def to_dict(self) -> dict[str, Any]:
        pin = self.pin

        staff_code = self.staff_code

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "pin": pin,
                "staff_code": staff_code,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        pin = d.pop("pin")

        staff_code = d.pop("staff_code")

        code_and_pin = cls(
            pin=pin,
            staff_code=staff_code,
        )

        return code_and_pin

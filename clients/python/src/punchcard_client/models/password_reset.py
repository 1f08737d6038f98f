from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="PasswordReset")


@_attrs_define
class PasswordReset:
    new: str
    """ 12 to 128 characters, not a common one """
    token: str
    """ What the letter's link ends with """

    def to_dict(self) -> dict[str, Any]:
        new = self.new

        token = self.token

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "new": new,
                "token": token,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        new = d.pop("new")

        token = d.pop("token")

        password_reset = cls(
            new=new,
            token=token,
        )

        return password_reset

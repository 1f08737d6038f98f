from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.staff_named import StaffNamed


T = TypeVar("T", bound="StaffSessionMade")


@_attrs_define
class StaffSessionMade:
    expires_at: datetime.datetime
    """ 15 minutes later """
    staff: StaffNamed
    staff_session: str
    """ A signed token, bound to merchant, store and terminal """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        expires_at = self.expires_at.isoformat()

        staff = self.staff.to_dict()

        staff_session = self.staff_session

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "expires_at": expires_at,
                "staff": staff,
                "staff_session": staff_session,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.staff_named import StaffNamed

        d = dict(src_dict)
        expires_at = datetime.datetime.fromisoformat(d.pop("expires_at"))

        staff = StaffNamed.from_dict(d.pop("staff"))

        staff_session = d.pop("staff_session")

        staff_session_made = cls(
            expires_at=expires_at,
            staff=staff,
            staff_session=staff_session,
        )

        staff_session_made.additional_properties = d
        return staff_session_made

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

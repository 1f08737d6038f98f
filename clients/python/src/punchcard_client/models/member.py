from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.member_status import MemberStatus, check_member_status

T = TypeVar("T", bound="Member")


@_attrs_define
class Member:
    """A card of the live program and who holds it."""

    card_number: str
    """ The card's number """
    enrolled_at: datetime.datetime | None
    """ Since when; null where `names` are missing """
    first_name: str | None
    """ First name; null where `names` are missing """
    last_activity_at: datetime.datetime | None
    """ Its last move; null before any """
    last_name: str | None
    """ Last name; null where `names` are missing """
    points_balance: int
    """ Its points """
    stamp_count: int
    """ Its stamps """
    status: MemberStatus
    """ Whether it takes moves """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        card_number = self.card_number

        enrolled_at: str | None
        if isinstance(self.enrolled_at, datetime.datetime):
            enrolled_at = self.enrolled_at.isoformat()
        else:
            enrolled_at = self.enrolled_at

        first_name: str | None
        first_name = self.first_name

        last_activity_at: str | None
        if isinstance(self.last_activity_at, datetime.datetime):
            last_activity_at = self.last_activity_at.isoformat()
        else:
            last_activity_at = self.last_activity_at

        last_name: str | None
        last_name = self.last_name

        points_balance = self.points_balance

        stamp_count = self.stamp_count

        status: str = self.status

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "card_number": card_number,
                "enrolled_at": enrolled_at,
                "first_name": first_name,
                "last_activity_at": last_activity_at,
                "last_name": last_name,
                "points_balance": points_balance,
                "stamp_count": stamp_count,
                "status": status,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        card_number = d.pop("card_number")

        def _parse_enrolled_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                enrolled_at_type_0 = datetime.datetime.fromisoformat(data)

                return enrolled_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        enrolled_at = _parse_enrolled_at(d.pop("enrolled_at"))

        def _parse_first_name(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        first_name = _parse_first_name(d.pop("first_name"))

        def _parse_last_activity_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_activity_at_type_0 = datetime.datetime.fromisoformat(data)

                return last_activity_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        last_activity_at = _parse_last_activity_at(d.pop("last_activity_at"))

        def _parse_last_name(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        last_name = _parse_last_name(d.pop("last_name"))

        points_balance = d.pop("points_balance")

        stamp_count = d.pop("stamp_count")

        status = check_member_status(d.pop("status"))

        member = cls(
            card_number=card_number,
            enrolled_at=enrolled_at,
            first_name=first_name,
            last_activity_at=last_activity_at,
            last_name=last_name,
            points_balance=points_balance,
            stamp_count=stamp_count,
            status=status,
        )

        member.additional_properties = d
        return member

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

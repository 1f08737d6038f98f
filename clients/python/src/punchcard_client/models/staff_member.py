from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.staff_member_role import StaffMemberRole, check_staff_member_role

T = TypeVar("T", bound="StaffMember")


@_attrs_define
class StaffMember:
    code: str
    """ What they type before the PIN """
    created_at: datetime.datetime
    """ When the staff member was made """
    id: UUID
    """ The staff member's id """
    is_active: bool
    """ Whether the PIN is accepted """
    last_used_at: datetime.datetime | None
    """ When the PIN was right last """
    locked_until: datetime.datetime | None
    """ After too many wrong PINs, until when none is looked at """
    merchant_id: UUID
    """ The merchant they work for """
    name: str
    """ What people call them """
    role: StaffMemberRole
    """ staff or manager """
    store_id: UUID | None
    """ The one store where they work; null for every store """
    updated_at: datetime.datetime
    """ When it was changed last """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        created_at = self.created_at.isoformat()

        id = str(self.id)

        is_active = self.is_active

        last_used_at: str | None
        if isinstance(self.last_used_at, datetime.datetime):
            last_used_at = self.last_used_at.isoformat()
        else:
            last_used_at = self.last_used_at

        locked_until: str | None
        if isinstance(self.locked_until, datetime.datetime):
            locked_until = self.locked_until.isoformat()
        else:
            locked_until = self.locked_until

        merchant_id = str(self.merchant_id)

        name = self.name

        role: str = self.role

        store_id: str | None
        if isinstance(self.store_id, UUID):
            store_id = str(self.store_id)
        else:
            store_id = self.store_id

        updated_at = self.updated_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "code": code,
                "created_at": created_at,
                "id": id,
                "is_active": is_active,
                "last_used_at": last_used_at,
                "locked_until": locked_until,
                "merchant_id": merchant_id,
                "name": name,
                "role": role,
                "store_id": store_id,
                "updated_at": updated_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        code = d.pop("code")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        id = UUID(d.pop("id"))

        is_active = d.pop("is_active")

        def _parse_last_used_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_used_at_type_0 = datetime.datetime.fromisoformat(data)

                return last_used_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        last_used_at = _parse_last_used_at(d.pop("last_used_at"))

        def _parse_locked_until(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                locked_until_type_0 = datetime.datetime.fromisoformat(data)

                return locked_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        locked_until = _parse_locked_until(d.pop("locked_until"))

        merchant_id = UUID(d.pop("merchant_id"))

        name = d.pop("name")

        role = check_staff_member_role(d.pop("role"))

        def _parse_store_id(data: object) -> UUID | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                store_id_type_0 = UUID(data)

                return store_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        store_id = _parse_store_id(d.pop("store_id"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        staff_member = cls(
            code=code,
            created_at=created_at,
            id=id,
            is_active=is_active,
            last_used_at=last_used_at,
            locked_until=locked_until,
            merchant_id=merchant_id,
            name=name,
            role=role,
            store_id=store_id,
            updated_at=updated_at,
        )

        staff_member.additional_properties = d
        return staff_member

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

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define

from ..models.staff_changes_role_type_0 import StaffChangesRoleType0, check_staff_changes_role_type_0
from ..types import UNSET, Unset

T = TypeVar("T", bound="StaffChanges")


@_attrs_define
class StaffChanges:
    is_active: bool | Unset | None = UNSET
    """ Whether the PIN is accepted; ends staff sessions """
    name: str | Unset | None = UNSET
    """ What people call them """
    role: StaffChangesRoleType0 | Unset | None = UNSET
    """ Ends staff sessions that were given out """
    store_id: Unset | UUID | None = UNSET
    """ Null for every store; ends staff sessions that were given out """

    def to_dict(self) -> dict[str, Any]:
        is_active: bool | Unset | None
        if isinstance(self.is_active, Unset):
            is_active = UNSET
        else:
            is_active = self.is_active

        name: str | Unset | None
        if isinstance(self.name, Unset):
            name = UNSET
        else:
            name = self.name

        role: str | Unset | None
        if isinstance(self.role, Unset):
            role = UNSET
        elif isinstance(self.role, str):
            role = self.role
        else:
            role = self.role

        store_id: str | Unset | None
        if isinstance(self.store_id, Unset):
            store_id = UNSET
        elif isinstance(self.store_id, UUID):
            store_id = str(self.store_id)
        else:
            store_id = self.store_id

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if is_active is not UNSET:
            field_dict["is_active"] = is_active
        if name is not UNSET:
            field_dict["name"] = name
        if role is not UNSET:
            field_dict["role"] = role
        if store_id is not UNSET:
            field_dict["store_id"] = store_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_is_active(data: object) -> bool | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        is_active = _parse_is_active(d.pop("is_active", UNSET))

        def _parse_name(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        name = _parse_name(d.pop("name", UNSET))

        def _parse_role(data: object) -> StaffChangesRoleType0 | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                role_type_0 = check_staff_changes_role_type_0(data)

                return role_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | StaffChangesRoleType0 | Unset, data)

        role = _parse_role(d.pop("role", UNSET))

        def _parse_store_id(data: object) -> Unset | UUID | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                store_id_type_0 = UUID(data)

                return store_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        store_id = _parse_store_id(d.pop("store_id", UNSET))

        staff_changes = cls(
            is_active=is_active,
            name=name,
            role=role,
            store_id=store_id,
        )

        return staff_changes

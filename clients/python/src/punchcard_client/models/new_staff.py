from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define

from ..models.new_staff_role import NewStaffRole, check_new_staff_role
from ..types import UNSET, Unset

T = TypeVar("T", bound="NewStaff")


@_attrs_define
class NewStaff:
    code: str
    """ 2 to 8 letters or digits, compared without case """
    name: str
    """ What people call them """
    pin: str
    """ 4 to 8 digits; not all equal, no counting run """
    role: NewStaffRole | Unset = "staff"
    """ A manager may adjust balances at a till """
    store_id: Unset | UUID | None = UNSET
    """ The one store where they work; null for every store """

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        name = self.name

        pin = self.pin

        role: str | Unset = UNSET
        if not isinstance(self.role, Unset):
            role = self.role

        store_id: str | Unset | None
        if isinstance(self.store_id, Unset):
            store_id = UNSET
        elif isinstance(self.store_id, UUID):
            store_id = str(self.store_id)
        else:
            store_id = self.store_id

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "code": code,
                "name": name,
                "pin": pin,
            }
        )
        if role is not UNSET:
            field_dict["role"] = role
        if store_id is not UNSET:
            field_dict["store_id"] = store_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        code = d.pop("code")

        name = d.pop("name")

        pin = d.pop("pin")

        _role = d.pop("role", UNSET)
        role: NewStaffRole | Unset
        if isinstance(_role, Unset):
            role = UNSET
        else:
            role = check_new_staff_role(_role)

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

        new_staff = cls(
            code=code,
            name=name,
            pin=pin,
            role=role,
            store_id=store_id,
        )

        return new_staff

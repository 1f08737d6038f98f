from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.user_role import UserRole, check_user_role

T = TypeVar("T", bound="User")


@_attrs_define
class User:
    created_at: datetime.datetime
    """ When the user was made """
    deleted_at: datetime.datetime | None
    """ When it was deleted; seen only where asked for """
    deleted_by: UUID | None
    """ The user who deleted it; seen only where asked for """
    email: str | None
    """ As it was given; null where another issuer does not tell it """
    id: UUID
    """ The user's id """
    is_active: bool
    """ Whether the user may sign in """
    issuer: str | None
    """ Who tells of a user that signs in elsewhere (OpenID Connect); null with a password here """
    locale: str
    """ The user's language """
    merchant_id: UUID | None
    """ The merchant of an owner or manager """
    role: UserRole
    """ What the user may do """
    updated_at: datetime.datetime
    """ When it was changed last """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        created_at = self.created_at.isoformat()

        deleted_at: str | None
        if isinstance(self.deleted_at, datetime.datetime):
            deleted_at = self.deleted_at.isoformat()
        else:
            deleted_at = self.deleted_at

        deleted_by: str | None
        if isinstance(self.deleted_by, UUID):
            deleted_by = str(self.deleted_by)
        else:
            deleted_by = self.deleted_by

        email: str | None
        email = self.email

        id = str(self.id)

        is_active = self.is_active

        issuer: str | None
        issuer = self.issuer

        locale = self.locale

        merchant_id: str | None
        if isinstance(self.merchant_id, UUID):
            merchant_id = str(self.merchant_id)
        else:
            merchant_id = self.merchant_id

        role: str = self.role

        updated_at = self.updated_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "created_at": created_at,
                "deleted_at": deleted_at,
                "deleted_by": deleted_by,
                "email": email,
                "id": id,
                "is_active": is_active,
                "issuer": issuer,
                "locale": locale,
                "merchant_id": merchant_id,
                "role": role,
                "updated_at": updated_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_deleted_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                deleted_at_type_0 = datetime.datetime.fromisoformat(data)

                return deleted_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        deleted_at = _parse_deleted_at(d.pop("deleted_at"))

        def _parse_deleted_by(data: object) -> UUID | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                deleted_by_type_0 = UUID(data)

                return deleted_by_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        deleted_by = _parse_deleted_by(d.pop("deleted_by"))

        def _parse_email(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        email = _parse_email(d.pop("email"))

        id = UUID(d.pop("id"))

        is_active = d.pop("is_active")

        def _parse_issuer(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        issuer = _parse_issuer(d.pop("issuer"))

        locale = d.pop("locale")

        def _parse_merchant_id(data: object) -> UUID | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                merchant_id_type_0 = UUID(data)

                return merchant_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        merchant_id = _parse_merchant_id(d.pop("merchant_id"))

        role = check_user_role(d.pop("role"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        user = cls(
            created_at=created_at,
            deleted_at=deleted_at,
            deleted_by=deleted_by,
            email=email,
            id=id,
            is_active=is_active,
            issuer=issuer,
            locale=locale,
            merchant_id=merchant_id,
            role=role,
            updated_at=updated_at,
        )

        user.additional_properties = d
        return user

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

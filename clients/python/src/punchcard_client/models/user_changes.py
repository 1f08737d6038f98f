from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.user_changes_locale_type_0 import UserChangesLocaleType0, check_user_changes_locale_type_0
from ..models.user_changes_role_type_0 import UserChangesRoleType0, check_user_changes_role_type_0
from ..types import UNSET, Unset

T = TypeVar("T", bound="UserChanges")


@_attrs_define
class UserChanges:
    email: str | Unset | None = UNSET
    """ Of one live user at most """
    is_active: bool | Unset | None = UNSET
    """ Whether the user may sign in; ends all sign-ins """
    locale: Unset | UserChangesLocaleType0 | None = UNSET
    """ The user's language """
    role: Unset | UserChangesRoleType0 | None = UNSET
    """ owner or manager; ends all sign-ins """

    def to_dict(self) -> dict[str, Any]:
        email: str | Unset | None
        if isinstance(self.email, Unset):
            email = UNSET
        else:
            email = self.email

        is_active: bool | Unset | None
        if isinstance(self.is_active, Unset):
            is_active = UNSET
        else:
            is_active = self.is_active

        locale: str | Unset | None
        if isinstance(self.locale, Unset):
            locale = UNSET
        elif isinstance(self.locale, str):
            locale = self.locale
        else:
            locale = self.locale

        role: str | Unset | None
        if isinstance(self.role, Unset):
            role = UNSET
        elif isinstance(self.role, str):
            role = self.role
        else:
            role = self.role

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if email is not UNSET:
            field_dict["email"] = email
        if is_active is not UNSET:
            field_dict["is_active"] = is_active
        if locale is not UNSET:
            field_dict["locale"] = locale
        if role is not UNSET:
            field_dict["role"] = role

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_email(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        email = _parse_email(d.pop("email", UNSET))

        def _parse_is_active(data: object) -> bool | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        is_active = _parse_is_active(d.pop("is_active", UNSET))

        def _parse_locale(data: object) -> Unset | UserChangesLocaleType0 | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                locale_type_0 = check_user_changes_locale_type_0(data)

                return locale_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UserChangesLocaleType0, data)

        locale = _parse_locale(d.pop("locale", UNSET))

        def _parse_role(data: object) -> Unset | UserChangesRoleType0 | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                role_type_0 = check_user_changes_role_type_0(data)

                return role_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UserChangesRoleType0, data)

        role = _parse_role(d.pop("role", UNSET))

        user_changes = cls(
            email=email,
            is_active=is_active,
            locale=locale,
            role=role,
        )

        return user_changes

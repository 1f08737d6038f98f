from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define

from ..models.new_user_locale_type_0 import NewUserLocaleType0, check_new_user_locale_type_0
from ..models.new_user_role import NewUserRole, check_new_user_role
from ..types import UNSET, Unset

T = TypeVar("T", bound="NewUser")


@_attrs_define
class NewUser:
    email: str
    """ Compared without case; of one live user at most """
    password: str
    """ 12 to 128 characters, not a common one """
    role: NewUserRole
    """ An admin of the platform, an owner or a manager of a merchant """
    locale: NewUserLocaleType0 | Unset | None = UNSET
    """ The user's language; the merchant's when there is none, of an admin English """
    merchant_id: Unset | UUID | None = UNSET
    """ The merchant of an owner or manager; none for an admin """

    def to_dict(self) -> dict[str, Any]:
        email = self.email

        password = self.password

        role: str = self.role

        locale: str | Unset | None
        if isinstance(self.locale, Unset):
            locale = UNSET
        elif isinstance(self.locale, str):
            locale = self.locale
        else:
            locale = self.locale

        merchant_id: str | Unset | None
        if isinstance(self.merchant_id, Unset):
            merchant_id = UNSET
        elif isinstance(self.merchant_id, UUID):
            merchant_id = str(self.merchant_id)
        else:
            merchant_id = self.merchant_id

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "email": email,
                "password": password,
                "role": role,
            }
        )
        if locale is not UNSET:
            field_dict["locale"] = locale
        if merchant_id is not UNSET:
            field_dict["merchant_id"] = merchant_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        email = d.pop("email")

        password = d.pop("password")

        role = check_new_user_role(d.pop("role"))

        def _parse_locale(data: object) -> NewUserLocaleType0 | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                locale_type_0 = check_new_user_locale_type_0(data)

                return locale_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(NewUserLocaleType0 | None | Unset, data)

        locale = _parse_locale(d.pop("locale", UNSET))

        def _parse_merchant_id(data: object) -> Unset | UUID | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                merchant_id_type_0 = UUID(data)

                return merchant_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        merchant_id = _parse_merchant_id(d.pop("merchant_id", UNSET))

        new_user = cls(
            email=email,
            password=password,
            role=role,
            locale=locale,
            merchant_id=merchant_id,
        )

        return new_user

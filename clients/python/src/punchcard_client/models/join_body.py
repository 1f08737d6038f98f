from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.join_body_locale import JoinBodyLocale, check_join_body_locale
from ..types import UNSET, Unset

T = TypeVar("T", bound="JoinBody")


@_attrs_define
class JoinBody:
    """Somebody who joins by themselves. At least one of e-mail and phone."""

    first_name: str
    """ First name """
    last_name: str
    """ Last name """
    locale: JoinBodyLocale
    """ The customer's language """
    marketing_consent: bool
    """ Whether news may be sent """
    merchant_slug: str
    """ Names the merchant """
    birthday: datetime.date | Unset | None = UNSET
    """ Birthday """
    email: str | Unset | None = UNSET
    """ E-mail address; compared without case. Required without a phone number """
    phone: str | Unset | None = UNSET
    """ Phone number, international or as written in the merchant's country. Required without an e-mail address """
    store_code: str | Unset | None = UNSET
    """ Names the store; required while cards belong to one store """

    def to_dict(self) -> dict[str, Any]:
        first_name = self.first_name

        last_name = self.last_name

        locale: str = self.locale

        marketing_consent = self.marketing_consent

        merchant_slug = self.merchant_slug

        birthday: str | Unset | None
        if isinstance(self.birthday, Unset):
            birthday = UNSET
        elif isinstance(self.birthday, datetime.date):
            birthday = self.birthday.isoformat()
        else:
            birthday = self.birthday

        email: str | Unset | None
        if isinstance(self.email, Unset):
            email = UNSET
        else:
            email = self.email

        phone: str | Unset | None
        if isinstance(self.phone, Unset):
            phone = UNSET
        else:
            phone = self.phone

        store_code: str | Unset | None
        if isinstance(self.store_code, Unset):
            store_code = UNSET
        else:
            store_code = self.store_code

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "first_name": first_name,
                "last_name": last_name,
                "locale": locale,
                "marketing_consent": marketing_consent,
                "merchant_slug": merchant_slug,
            }
        )
        if birthday is not UNSET:
            field_dict["birthday"] = birthday
        if email is not UNSET:
            field_dict["email"] = email
        if phone is not UNSET:
            field_dict["phone"] = phone
        if store_code is not UNSET:
            field_dict["store_code"] = store_code

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        first_name = d.pop("first_name")

        last_name = d.pop("last_name")

        locale = check_join_body_locale(d.pop("locale"))

        marketing_consent = d.pop("marketing_consent")

        merchant_slug = d.pop("merchant_slug")

        def _parse_birthday(data: object) -> datetime.date | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                birthday_type_0 = datetime.date.fromisoformat(data)

                return birthday_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None | Unset, data)

        birthday = _parse_birthday(d.pop("birthday", UNSET))

        def _parse_email(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        email = _parse_email(d.pop("email", UNSET))

        def _parse_phone(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        phone = _parse_phone(d.pop("phone", UNSET))

        def _parse_store_code(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        store_code = _parse_store_code(d.pop("store_code", UNSET))

        join_body = cls(
            first_name=first_name,
            last_name=last_name,
            locale=locale,
            marketing_consent=marketing_consent,
            merchant_slug=merchant_slug,
            birthday=birthday,
            email=email,
            phone=phone,
            store_code=store_code,
        )

        return join_body

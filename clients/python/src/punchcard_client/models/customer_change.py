from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.customer_change_locale import CustomerChangeLocale, check_customer_change_locale
from ..types import UNSET, Unset

T = TypeVar("T", bound="CustomerChange")


@_attrs_define
class CustomerChange:
    """The members that change; those left out stay. Null takes e-mail, phone or birthday away."""

    birthday: datetime.date | Unset | None = UNSET
    """ Birthday """
    email: str | Unset | None = UNSET
    """ E-mail address; compared without case """
    first_name: str | Unset = UNSET
    """ First name """
    last_name: str | Unset = UNSET
    """ Last name """
    locale: CustomerChangeLocale | Unset = UNSET
    """ The customer's language """
    marketing_consent: bool | Unset = UNSET
    """ Whether news may be sent """
    phone: str | Unset | None = UNSET
    """ Phone number, international or as written in the merchant's country """

    def to_dict(self) -> dict[str, Any]:
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

        first_name = self.first_name

        last_name = self.last_name

        locale: str | Unset = UNSET
        if not isinstance(self.locale, Unset):
            locale = self.locale

        marketing_consent = self.marketing_consent

        phone: str | Unset | None
        if isinstance(self.phone, Unset):
            phone = UNSET
        else:
            phone = self.phone

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if birthday is not UNSET:
            field_dict["birthday"] = birthday
        if email is not UNSET:
            field_dict["email"] = email
        if first_name is not UNSET:
            field_dict["first_name"] = first_name
        if last_name is not UNSET:
            field_dict["last_name"] = last_name
        if locale is not UNSET:
            field_dict["locale"] = locale
        if marketing_consent is not UNSET:
            field_dict["marketing_consent"] = marketing_consent
        if phone is not UNSET:
            field_dict["phone"] = phone

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

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

        first_name = d.pop("first_name", UNSET)

        last_name = d.pop("last_name", UNSET)

        _locale = d.pop("locale", UNSET)
        locale: CustomerChangeLocale | Unset
        if isinstance(_locale, Unset):
            locale = UNSET
        else:
            locale = check_customer_change_locale(_locale)

        marketing_consent = d.pop("marketing_consent", UNSET)

        def _parse_phone(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        phone = _parse_phone(d.pop("phone", UNSET))

        customer_change = cls(
            birthday=birthday,
            email=email,
            first_name=first_name,
            last_name=last_name,
            locale=locale,
            marketing_consent=marketing_consent,
            phone=phone,
        )

        return customer_change

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.customer_line_locale import CustomerLineLocale, check_customer_line_locale

T = TypeVar("T", bound="CustomerLine")


@_attrs_define
class CustomerLine:
    """A customer with the card, as an import takes it."""

    birthday: datetime.date | None
    """ Birthday """
    card_number: str
    """ Its number """
    email: str | None
    """ E-mail address """
    enrolled_at: datetime.datetime
    """ When it was """
    first_name: str
    """ First name """
    last_name: str
    """ Last name """
    locale: CustomerLineLocale
    """ Language """
    marketing_consent: bool
    """ Whether news may be sent """
    phone: str | None
    """ Phone number in E.164 """
    reference: str | None
    """ What the customer was imported as """
    store_code: str | None
    """ Where the card was handed out """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        birthday: str | None
        if isinstance(self.birthday, datetime.date):
            birthday = self.birthday.isoformat()
        else:
            birthday = self.birthday

        card_number = self.card_number

        email: str | None
        email = self.email

        enrolled_at = self.enrolled_at.isoformat()

        first_name = self.first_name

        last_name = self.last_name

        locale: str = self.locale

        marketing_consent = self.marketing_consent

        phone: str | None
        phone = self.phone

        reference: str | None
        reference = self.reference

        store_code: str | None
        store_code = self.store_code

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "birthday": birthday,
                "card_number": card_number,
                "email": email,
                "enrolled_at": enrolled_at,
                "first_name": first_name,
                "last_name": last_name,
                "locale": locale,
                "marketing_consent": marketing_consent,
                "phone": phone,
                "reference": reference,
                "store_code": store_code,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_birthday(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                birthday_type_0 = datetime.date.fromisoformat(data)

                return birthday_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        birthday = _parse_birthday(d.pop("birthday"))

        card_number = d.pop("card_number")

        def _parse_email(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        email = _parse_email(d.pop("email"))

        enrolled_at = datetime.datetime.fromisoformat(d.pop("enrolled_at"))

        first_name = d.pop("first_name")

        last_name = d.pop("last_name")

        locale = check_customer_line_locale(d.pop("locale"))

        marketing_consent = d.pop("marketing_consent")

        def _parse_phone(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        phone = _parse_phone(d.pop("phone"))

        def _parse_reference(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        reference = _parse_reference(d.pop("reference"))

        def _parse_store_code(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        store_code = _parse_store_code(d.pop("store_code"))

        customer_line = cls(
            birthday=birthday,
            card_number=card_number,
            email=email,
            enrolled_at=enrolled_at,
            first_name=first_name,
            last_name=last_name,
            locale=locale,
            marketing_consent=marketing_consent,
            phone=phone,
            reference=reference,
            store_code=store_code,
        )

        customer_line.additional_properties = d
        return customer_line

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

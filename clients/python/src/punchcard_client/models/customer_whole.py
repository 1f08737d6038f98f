from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.customer_whole_locale import CustomerWholeLocale, check_customer_whole_locale

T = TypeVar("T", bound="CustomerWhole")


@_attrs_define
class CustomerWhole:
    """A customer as owner and manager see one."""

    birthday: datetime.date | None
    """ Birthday """
    created_at: datetime.datetime
    """ When the customer joined first """
    email: str | None
    """ E-mail address as it was given """
    first_name: str
    """ First name """
    id: UUID
    """ The customer """
    last_name: str
    """ Last name """
    last_name_initial: str
    """ The last name's first letter """
    locale: CustomerWholeLocale
    """ The customer's language """
    marketing_consent: bool
    """ Whether news may be sent """
    phone: str | None
    """ Phone number in E.164 """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        birthday: str | None
        if isinstance(self.birthday, datetime.date):
            birthday = self.birthday.isoformat()
        else:
            birthday = self.birthday

        created_at = self.created_at.isoformat()

        email: str | None
        email = self.email

        first_name = self.first_name

        id = str(self.id)

        last_name = self.last_name

        last_name_initial = self.last_name_initial

        locale: str = self.locale

        marketing_consent = self.marketing_consent

        phone: str | None
        phone = self.phone

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "birthday": birthday,
                "created_at": created_at,
                "email": email,
                "first_name": first_name,
                "id": id,
                "last_name": last_name,
                "last_name_initial": last_name_initial,
                "locale": locale,
                "marketing_consent": marketing_consent,
                "phone": phone,
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

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_email(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        email = _parse_email(d.pop("email"))

        first_name = d.pop("first_name")

        id = UUID(d.pop("id"))

        last_name = d.pop("last_name")

        last_name_initial = d.pop("last_name_initial")

        locale = check_customer_whole_locale(d.pop("locale"))

        marketing_consent = d.pop("marketing_consent")

        def _parse_phone(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        phone = _parse_phone(d.pop("phone"))

        customer_whole = cls(
            birthday=birthday,
            created_at=created_at,
            email=email,
            first_name=first_name,
            id=id,
            last_name=last_name,
            last_name_initial=last_name_initial,
            locale=locale,
            marketing_consent=marketing_consent,
            phone=phone,
        )

        customer_whole.additional_properties = d
        return customer_whole

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

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define

from ..models.enrol_body_locale_type_0 import EnrolBodyLocaleType0, check_enrol_body_locale_type_0
from ..types import UNSET, Unset

T = TypeVar("T", bound="EnrolBody")


@_attrs_define
class EnrolBody:
    """Who joins. At least one of e-mail and phone."""

    first_name: str
    """ First name """
    last_name: str
    """ Last name """
    birthday: datetime.date | Unset | None = UNSET
    """ Birthday """
    email: str | Unset | None = UNSET
    """ E-mail address; compared without case. Required without a phone number """
    locale: EnrolBodyLocaleType0 | Unset | None = UNSET
    """ The customer's language; the merchant's when not given """
    marketing_consent: bool | Unset = False
    """ Whether news may be sent """
    phone: str | Unset | None = UNSET
    """ Phone number, international or as written in the merchant's country. Required without an e-mail address """
    store_id: Unset | UUID | None = UNSET
    """ The store; a user names it where cards belong to one store, a till is at its own """

    def to_dict(self) -> dict[str, Any]:
        first_name = self.first_name

        last_name = self.last_name

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

        locale: str | Unset | None
        if isinstance(self.locale, Unset):
            locale = UNSET
        elif isinstance(self.locale, str):
            locale = self.locale
        else:
            locale = self.locale

        marketing_consent = self.marketing_consent

        phone: str | Unset | None
        if isinstance(self.phone, Unset):
            phone = UNSET
        else:
            phone = self.phone

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
                "first_name": first_name,
                "last_name": last_name,
            }
        )
        if birthday is not UNSET:
            field_dict["birthday"] = birthday
        if email is not UNSET:
            field_dict["email"] = email
        if locale is not UNSET:
            field_dict["locale"] = locale
        if marketing_consent is not UNSET:
            field_dict["marketing_consent"] = marketing_consent
        if phone is not UNSET:
            field_dict["phone"] = phone
        if store_id is not UNSET:
            field_dict["store_id"] = store_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        first_name = d.pop("first_name")

        last_name = d.pop("last_name")

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

        def _parse_locale(data: object) -> EnrolBodyLocaleType0 | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                locale_type_0 = check_enrol_body_locale_type_0(data)

                return locale_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(EnrolBodyLocaleType0 | None | Unset, data)

        locale = _parse_locale(d.pop("locale", UNSET))

        marketing_consent = d.pop("marketing_consent", UNSET)

        def _parse_phone(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        phone = _parse_phone(d.pop("phone", UNSET))

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

        enrol_body = cls(
            first_name=first_name,
            last_name=last_name,
            birthday=birthday,
            email=email,
            locale=locale,
            marketing_consent=marketing_consent,
            phone=phone,
            store_id=store_id,
        )

        return enrol_body

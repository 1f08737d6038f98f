from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="LookupBody")


@_attrs_define
class LookupBody:
    """A card by exactly one of its QR code, its number, its customer's e-mail or phone."""

    email: str | Unset | None = UNSET
    """ E-mail address; compared without case """
    number: str | Unset | None = UNSET
    """ The card's number, with or without dashes """
    phone: str | Unset | None = UNSET
    """ Phone number, international or as written in the merchant's country """
    qr: str | Unset | None = UNSET
    """ What was scanned """
    store_id: Unset | UUID | None = UNSET
    """ The store; a user names it where cards belong to one store, a till is at its own """

    def to_dict(self) -> dict[str, Any]:
        email: str | Unset | None
        if isinstance(self.email, Unset):
            email = UNSET
        else:
            email = self.email

        number: str | Unset | None
        if isinstance(self.number, Unset):
            number = UNSET
        else:
            number = self.number

        phone: str | Unset | None
        if isinstance(self.phone, Unset):
            phone = UNSET
        else:
            phone = self.phone

        qr: str | Unset | None
        if isinstance(self.qr, Unset):
            qr = UNSET
        else:
            qr = self.qr

        store_id: str | Unset | None
        if isinstance(self.store_id, Unset):
            store_id = UNSET
        elif isinstance(self.store_id, UUID):
            store_id = str(self.store_id)
        else:
            store_id = self.store_id

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if email is not UNSET:
            field_dict["email"] = email
        if number is not UNSET:
            field_dict["number"] = number
        if phone is not UNSET:
            field_dict["phone"] = phone
        if qr is not UNSET:
            field_dict["qr"] = qr
        if store_id is not UNSET:
            field_dict["store_id"] = store_id

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

        def _parse_number(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        number = _parse_number(d.pop("number", UNSET))

        def _parse_phone(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        phone = _parse_phone(d.pop("phone", UNSET))

        def _parse_qr(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        qr = _parse_qr(d.pop("qr", UNSET))

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

        lookup_body = cls(
            email=email,
            number=number,
            phone=phone,
            qr=qr,
            store_id=store_id,
        )

        return lookup_body

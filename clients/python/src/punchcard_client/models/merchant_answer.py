from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="MerchantAnswer")


@_attrs_define
class MerchantAnswer:
    contact_email: str
    """ Where the platform reaches the merchant """
    country: str
    """ ISO 3166-1 alpha-2 """
    created_at: datetime.datetime
    """ When it was made """
    currency: str
    """ ISO 4217; stays as it is once the program has been activated """
    default_locale: str
    """ `lu` is taken for `lb` """
    deleted_at: datetime.datetime | None
    """ When it was deleted; null while it is live """
    deleted_by: UUID | None
    """ The user who deleted it """
    id: UUID
    """ Its id """
    name: str
    """ The name that people see """
    slug: str
    """ In addresses of the merchant's pages; unique """
    timezone: str
    """ IANA time zone; the merchant's days. Stays as it is once the program has been activated """
    updated_at: datetime.datetime
    """ When it was changed last """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        contact_email = self.contact_email

        country = self.country

        created_at = self.created_at.isoformat()

        currency = self.currency

        default_locale = self.default_locale

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

        id = str(self.id)

        name = self.name

        slug = self.slug

        timezone = self.timezone

        updated_at = self.updated_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "contact_email": contact_email,
                "country": country,
                "created_at": created_at,
                "currency": currency,
                "default_locale": default_locale,
                "deleted_at": deleted_at,
                "deleted_by": deleted_by,
                "id": id,
                "name": name,
                "slug": slug,
                "timezone": timezone,
                "updated_at": updated_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        contact_email = d.pop("contact_email")

        country = d.pop("country")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        currency = d.pop("currency")

        default_locale = d.pop("default_locale")

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

        id = UUID(d.pop("id"))

        name = d.pop("name")

        slug = d.pop("slug")

        timezone = d.pop("timezone")

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        merchant_answer = cls(
            contact_email=contact_email,
            country=country,
            created_at=created_at,
            currency=currency,
            default_locale=default_locale,
            deleted_at=deleted_at,
            deleted_by=deleted_by,
            id=id,
            name=name,
            slug=slug,
            timezone=timezone,
            updated_at=updated_at,
        )

        merchant_answer.additional_properties = d
        return merchant_answer

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

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.merchant_changes_default_locale import (
    MerchantChangesDefaultLocale,
    check_merchant_changes_default_locale,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="MerchantChanges")


@_attrs_define
class MerchantChanges:
    contact_email: str | Unset = UNSET
    """ Where the platform reaches the merchant """
    country: str | Unset = UNSET
    """ ISO 3166-1 alpha-2 """
    currency: str | Unset = UNSET
    """ ISO 4217; stays as it is once the program has been activated """
    default_locale: MerchantChangesDefaultLocale | Unset = UNSET
    """ `lu` is taken for `lb` """
    name: str | Unset = UNSET
    """ The name that people see """
    slug: str | Unset = UNSET
    """ In addresses of the merchant's pages; unique """
    timezone: str | Unset = UNSET
    """ IANA time zone; the merchant's days. Stays as it is once the program has been activated """

    def to_dict(self) -> dict[str, Any]:
        contact_email = self.contact_email

        country = self.country

        currency = self.currency

        default_locale: str | Unset = UNSET
        if not isinstance(self.default_locale, Unset):
            default_locale = self.default_locale

        name = self.name

        slug = self.slug

        timezone = self.timezone

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if contact_email is not UNSET:
            field_dict["contact_email"] = contact_email
        if country is not UNSET:
            field_dict["country"] = country
        if currency is not UNSET:
            field_dict["currency"] = currency
        if default_locale is not UNSET:
            field_dict["default_locale"] = default_locale
        if name is not UNSET:
            field_dict["name"] = name
        if slug is not UNSET:
            field_dict["slug"] = slug
        if timezone is not UNSET:
            field_dict["timezone"] = timezone

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        contact_email = d.pop("contact_email", UNSET)

        country = d.pop("country", UNSET)

        currency = d.pop("currency", UNSET)

        _default_locale = d.pop("default_locale", UNSET)
        default_locale: MerchantChangesDefaultLocale | Unset
        if isinstance(_default_locale, Unset):
            default_locale = UNSET
        else:
            default_locale = check_merchant_changes_default_locale(_default_locale)

        name = d.pop("name", UNSET)

        slug = d.pop("slug", UNSET)

        timezone = d.pop("timezone", UNSET)

        merchant_changes = cls(
            contact_email=contact_email,
            country=country,
            currency=currency,
            default_locale=default_locale,
            name=name,
            slug=slug,
            timezone=timezone,
        )

        return merchant_changes

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.new_merchant_default_locale import NewMerchantDefaultLocale, check_new_merchant_default_locale
from ..types import UNSET, Unset

T = TypeVar("T", bound="NewMerchant")


@_attrs_define
class NewMerchant:
    contact_email: str
    """ Where the platform reaches the merchant """
    country: str
    """ ISO 3166-1 alpha-2 """
    name: str
    """ The name that people see """
    slug: str
    """ In addresses of the merchant's pages; unique """
    currency: str | Unset = "EUR"
    """ ISO 4217; stays as it is once the program has been activated """
    default_locale: NewMerchantDefaultLocale | Unset = "en"
    """ `lu` is taken for `lb` """
    timezone: str | Unset = "Europe/Luxembourg"
    """ IANA time zone; the merchant's days. Stays as it is once the program has been activated """

    def to_dict(self) -> dict[str, Any]:
        contact_email = self.contact_email

        country = self.country

        name = self.name

        slug = self.slug

        currency = self.currency

        default_locale: str | Unset = UNSET
        if not isinstance(self.default_locale, Unset):
            default_locale = self.default_locale

        timezone = self.timezone

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "contact_email": contact_email,
                "country": country,
                "name": name,
                "slug": slug,
            }
        )
        if currency is not UNSET:
            field_dict["currency"] = currency
        if default_locale is not UNSET:
            field_dict["default_locale"] = default_locale
        if timezone is not UNSET:
            field_dict["timezone"] = timezone

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        contact_email = d.pop("contact_email")

        country = d.pop("country")

        name = d.pop("name")

        slug = d.pop("slug")

        currency = d.pop("currency", UNSET)

        _default_locale = d.pop("default_locale", UNSET)
        default_locale: NewMerchantDefaultLocale | Unset
        if isinstance(_default_locale, Unset):
            default_locale = UNSET
        else:
            default_locale = check_new_merchant_default_locale(_default_locale)

        timezone = d.pop("timezone", UNSET)

        new_merchant = cls(
            contact_email=contact_email,
            country=country,
            name=name,
            slug=slug,
            currency=currency,
            default_locale=default_locale,
            timezone=timezone,
        )

        return new_merchant

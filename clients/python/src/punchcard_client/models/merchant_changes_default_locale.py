from typing import Literal

MerchantChangesDefaultLocale = Literal["de", "en", "fr", "lb"]

MERCHANT_CHANGES_DEFAULT_LOCALE_VALUES: set[MerchantChangesDefaultLocale] = {
    "de",
    "en",
    "fr",
    "lb",
}


def check_merchant_changes_default_locale(value: str) -> MerchantChangesDefaultLocale:
    if value in MERCHANT_CHANGES_DEFAULT_LOCALE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {MERCHANT_CHANGES_DEFAULT_LOCALE_VALUES!r}")

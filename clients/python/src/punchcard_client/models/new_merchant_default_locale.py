from typing import Literal

NewMerchantDefaultLocale = Literal["de", "en", "fr", "lb"]

NEW_MERCHANT_DEFAULT_LOCALE_VALUES: set[NewMerchantDefaultLocale] = {
    "de",
    "en",
    "fr",
    "lb",
}


def check_new_merchant_default_locale(value: str) -> NewMerchantDefaultLocale:
    if value in NEW_MERCHANT_DEFAULT_LOCALE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {NEW_MERCHANT_DEFAULT_LOCALE_VALUES!r}")

from typing import Literal

CustomerWholeLocale = Literal["de", "en", "fr", "lb"]

CUSTOMER_WHOLE_LOCALE_VALUES: set[CustomerWholeLocale] = {
    "de",
    "en",
    "fr",
    "lb",
}


def check_customer_whole_locale(value: str) -> CustomerWholeLocale:
    if value in CUSTOMER_WHOLE_LOCALE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CUSTOMER_WHOLE_LOCALE_VALUES!r}")

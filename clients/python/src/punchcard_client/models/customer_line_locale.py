from typing import Literal

CustomerLineLocale = Literal["de", "en", "fr", "lb"]

CUSTOMER_LINE_LOCALE_VALUES: set[CustomerLineLocale] = {
    "de",
    "en",
    "fr",
    "lb",
}


def check_customer_line_locale(value: str) -> CustomerLineLocale:
    if value in CUSTOMER_LINE_LOCALE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CUSTOMER_LINE_LOCALE_VALUES!r}")

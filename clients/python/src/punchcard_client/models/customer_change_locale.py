from typing import Literal

CustomerChangeLocale = Literal["de", "en", "fr", "lb", "lu"]

CUSTOMER_CHANGE_LOCALE_VALUES: set[CustomerChangeLocale] = {
    "de",
    "en",
    "fr",
    "lb",
    "lu",
}


def check_customer_change_locale(value: str) -> CustomerChangeLocale:
    if value in CUSTOMER_CHANGE_LOCALE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CUSTOMER_CHANGE_LOCALE_VALUES!r}")

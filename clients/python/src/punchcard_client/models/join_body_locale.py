from typing import Literal

JoinBodyLocale = Literal["de", "en", "fr", "lb", "lu"]

JOIN_BODY_LOCALE_VALUES: set[JoinBodyLocale] = {
    "de",
    "en",
    "fr",
    "lb",
    "lu",
}


def check_join_body_locale(value: str) -> JoinBodyLocale:
    if value in JOIN_BODY_LOCALE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {JOIN_BODY_LOCALE_VALUES!r}")

from typing import Literal

OwnCardLocale = Literal["de", "en", "fr", "lb"]

OWN_CARD_LOCALE_VALUES: set[OwnCardLocale] = {
    "de",
    "en",
    "fr",
    "lb",
}


def check_own_card_locale(value: str) -> OwnCardLocale:
    if value in OWN_CARD_LOCALE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {OWN_CARD_LOCALE_VALUES!r}")

from typing import Literal

NewUserLocaleType0 = Literal["de", "en", "fr", "lb"]

NEW_USER_LOCALE_TYPE_0_VALUES: set[NewUserLocaleType0] = {
    "de",
    "en",
    "fr",
    "lb",
}


def check_new_user_locale_type_0(value: str) -> NewUserLocaleType0:
    if value in NEW_USER_LOCALE_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {NEW_USER_LOCALE_TYPE_0_VALUES!r}")

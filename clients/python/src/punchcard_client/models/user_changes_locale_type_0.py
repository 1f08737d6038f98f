from typing import Literal

UserChangesLocaleType0 = Literal["de", "en", "fr", "lb"]

USER_CHANGES_LOCALE_TYPE_0_VALUES: set[UserChangesLocaleType0] = {
    "de",
    "en",
    "fr",
    "lb",
}


def check_user_changes_locale_type_0(value: str) -> UserChangesLocaleType0:
    if value in USER_CHANGES_LOCALE_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {USER_CHANGES_LOCALE_TYPE_0_VALUES!r}")

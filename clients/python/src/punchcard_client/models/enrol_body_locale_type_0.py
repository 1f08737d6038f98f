from typing import Literal

EnrolBodyLocaleType0 = Literal["de", "en", "fr", "lb", "lu"]

ENROL_BODY_LOCALE_TYPE_0_VALUES: set[EnrolBodyLocaleType0] = {
    "de",
    "en",
    "fr",
    "lb",
    "lu",
}


def check_enrol_body_locale_type_0(value: str) -> EnrolBodyLocaleType0:
    if value in ENROL_BODY_LOCALE_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ENROL_BODY_LOCALE_TYPE_0_VALUES!r}")

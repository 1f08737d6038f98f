from typing import Literal

PassViewPlatform = Literal["apple", "google"]

PASS_VIEW_PLATFORM_VALUES: set[PassViewPlatform] = {
    "apple",
    "google",
}


def check_pass_view_platform(value: str) -> PassViewPlatform:
    if value in PASS_VIEW_PLATFORM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PASS_VIEW_PLATFORM_VALUES!r}")

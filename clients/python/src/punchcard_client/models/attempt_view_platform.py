from typing import Literal

AttemptViewPlatform = Literal["apple", "google"]

ATTEMPT_VIEW_PLATFORM_VALUES: set[AttemptViewPlatform] = {
    "apple",
    "google",
}


def check_attempt_view_platform(value: str) -> AttemptViewPlatform:
    if value in ATTEMPT_VIEW_PLATFORM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ATTEMPT_VIEW_PLATFORM_VALUES!r}")

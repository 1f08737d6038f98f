from typing import Literal

ProviderViewPlatform = Literal["apple", "google"]

PROVIDER_VIEW_PLATFORM_VALUES: set[ProviderViewPlatform] = {
    "apple",
    "google",
}


def check_provider_view_platform(value: str) -> ProviderViewPlatform:
    if value in PROVIDER_VIEW_PLATFORM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PROVIDER_VIEW_PLATFORM_VALUES!r}")

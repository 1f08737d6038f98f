from typing import Literal

ProviderViewBreaker = Literal["closed", "half-open", "open"]

PROVIDER_VIEW_BREAKER_VALUES: set[ProviderViewBreaker] = {
    "closed",
    "half-open",
    "open",
}


def check_provider_view_breaker(value: str) -> ProviderViewBreaker:
    if value in PROVIDER_VIEW_BREAKER_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PROVIDER_VIEW_BREAKER_VALUES!r}")

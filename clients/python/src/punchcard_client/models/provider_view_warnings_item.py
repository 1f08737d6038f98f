from typing import Literal

ProviderViewWarningsItem = Literal[
    "certificate-expired", "certificate-expires-soon", "identity-refused", "left-alone", "passes-refused"
]

PROVIDER_VIEW_WARNINGS_ITEM_VALUES: set[ProviderViewWarningsItem] = {
    "certificate-expired",
    "certificate-expires-soon",
    "identity-refused",
    "left-alone",
    "passes-refused",
}


def check_provider_view_warnings_item(value: str) -> ProviderViewWarningsItem:
    if value in PROVIDER_VIEW_WARNINGS_ITEM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PROVIDER_VIEW_WARNINGS_ITEM_VALUES!r}")

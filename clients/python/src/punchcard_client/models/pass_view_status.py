from typing import Literal

PassViewStatus = Literal["behind", "current", "failed", "removed"]

PASS_VIEW_STATUS_VALUES: set[PassViewStatus] = {
    "behind",
    "current",
    "failed",
    "removed",
}


def check_pass_view_status(value: str) -> PassViewStatus:
    if value in PASS_VIEW_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PASS_VIEW_STATUS_VALUES!r}")

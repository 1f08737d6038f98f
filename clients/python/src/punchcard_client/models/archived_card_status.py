from typing import Literal

ArchivedCardStatus = Literal["active", "inactive"]

ARCHIVED_CARD_STATUS_VALUES: set[ArchivedCardStatus] = {
    "active",
    "inactive",
}


def check_archived_card_status(value: str) -> ArchivedCardStatus:
    if value in ARCHIVED_CARD_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ARCHIVED_CARD_STATUS_VALUES!r}")

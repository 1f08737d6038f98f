from typing import Literal

OwnCardStatus = Literal["active", "inactive"]

OWN_CARD_STATUS_VALUES: set[OwnCardStatus] = {
    "active",
    "inactive",
}


def check_own_card_status(value: str) -> OwnCardStatus:
    if value in OWN_CARD_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {OWN_CARD_STATUS_VALUES!r}")

from typing import Literal

ListCardsStatusType0 = Literal["active", "inactive"]

LIST_CARDS_STATUS_TYPE_0_VALUES: set[ListCardsStatusType0] = {
    "active",
    "inactive",
}


def check_list_cards_status_type_0(value: str) -> ListCardsStatusType0:
    if value in LIST_CARDS_STATUS_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_CARDS_STATUS_TYPE_0_VALUES!r}")

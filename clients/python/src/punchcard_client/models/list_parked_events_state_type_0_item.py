from typing import Literal

ListParkedEventsStateType0Item = Literal["behind", "discarded", "done", "parked", "retry"]

LIST_PARKED_EVENTS_STATE_TYPE_0_ITEM_VALUES: set[ListParkedEventsStateType0Item] = {
    "behind",
    "discarded",
    "done",
    "parked",
    "retry",
}


def check_list_parked_events_state_type_0_item(value: str) -> ListParkedEventsStateType0Item:
    if value in LIST_PARKED_EVENTS_STATE_TYPE_0_ITEM_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {LIST_PARKED_EVENTS_STATE_TYPE_0_ITEM_VALUES!r}"
    )

from typing import Literal

NewStaffRole = Literal["manager", "staff"]

NEW_STAFF_ROLE_VALUES: set[NewStaffRole] = {
    "manager",
    "staff",
}


def check_new_staff_role(value: str) -> NewStaffRole:
    if value in NEW_STAFF_ROLE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {NEW_STAFF_ROLE_VALUES!r}")

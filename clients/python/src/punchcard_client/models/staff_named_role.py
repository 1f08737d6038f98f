from typing import Literal

StaffNamedRole = Literal["manager", "staff"]

STAFF_NAMED_ROLE_VALUES: set[StaffNamedRole] = {
    "manager",
    "staff",
}


def check_staff_named_role(value: str) -> StaffNamedRole:
    if value in STAFF_NAMED_ROLE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {STAFF_NAMED_ROLE_VALUES!r}")

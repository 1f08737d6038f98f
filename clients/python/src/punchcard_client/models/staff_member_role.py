from typing import Literal

StaffMemberRole = Literal["manager", "staff"]

STAFF_MEMBER_ROLE_VALUES: set[StaffMemberRole] = {
    "manager",
    "staff",
}


def check_staff_member_role(value: str) -> StaffMemberRole:
    if value in STAFF_MEMBER_ROLE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {STAFF_MEMBER_ROLE_VALUES!r}")

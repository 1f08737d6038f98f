from typing import Literal

StaffChangesRoleType0 = Literal["manager", "staff"]

STAFF_CHANGES_ROLE_TYPE_0_VALUES: set[StaffChangesRoleType0] = {
    "manager",
    "staff",
}


def check_staff_changes_role_type_0(value: str) -> StaffChangesRoleType0:
    if value in STAFF_CHANGES_ROLE_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {STAFF_CHANGES_ROLE_TYPE_0_VALUES!r}")

from typing import Literal

UserChangesRoleType0 = Literal["admin", "manager", "owner"]

USER_CHANGES_ROLE_TYPE_0_VALUES: set[UserChangesRoleType0] = {
    "admin",
    "manager",
    "owner",
}


def check_user_changes_role_type_0(value: str) -> UserChangesRoleType0:
    if value in USER_CHANGES_ROLE_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {USER_CHANGES_ROLE_TYPE_0_VALUES!r}")

from typing import Literal

NewUserRole = Literal["admin", "manager", "owner"]

NEW_USER_ROLE_VALUES: set[NewUserRole] = {
    "admin",
    "manager",
    "owner",
}


def check_new_user_role(value: str) -> NewUserRole:
    if value in NEW_USER_ROLE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {NEW_USER_ROLE_VALUES!r}")

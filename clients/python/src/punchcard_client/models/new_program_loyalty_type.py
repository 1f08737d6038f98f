from typing import Literal

NewProgramLoyaltyType = Literal["hybrid", "points", "stamps"]

NEW_PROGRAM_LOYALTY_TYPE_VALUES: set[NewProgramLoyaltyType] = {
    "hybrid",
    "points",
    "stamps",
}


def check_new_program_loyalty_type(value: str) -> NewProgramLoyaltyType:
    if value in NEW_PROGRAM_LOYALTY_TYPE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {NEW_PROGRAM_LOYALTY_TYPE_VALUES!r}")

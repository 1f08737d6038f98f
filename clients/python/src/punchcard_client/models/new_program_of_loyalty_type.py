from typing import Literal

NewProgramOfLoyaltyType = Literal["hybrid", "points", "stamps"]

NEW_PROGRAM_OF_LOYALTY_TYPE_VALUES: set[NewProgramOfLoyaltyType] = {
    "hybrid",
    "points",
    "stamps",
}


def check_new_program_of_loyalty_type(value: str) -> NewProgramOfLoyaltyType:
    if value in NEW_PROGRAM_OF_LOYALTY_TYPE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {NEW_PROGRAM_OF_LOYALTY_TYPE_VALUES!r}")

from typing import Literal

OwnProgramLoyaltyType = Literal["hybrid", "points", "stamps"]

OWN_PROGRAM_LOYALTY_TYPE_VALUES: set[OwnProgramLoyaltyType] = {
    "hybrid",
    "points",
    "stamps",
}


def check_own_program_loyalty_type(value: str) -> OwnProgramLoyaltyType:
    if value in OWN_PROGRAM_LOYALTY_TYPE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {OWN_PROGRAM_LOYALTY_TYPE_VALUES!r}")

from typing import Literal

PublicProgramLoyaltyType = Literal["hybrid", "points", "stamps"]

PUBLIC_PROGRAM_LOYALTY_TYPE_VALUES: set[PublicProgramLoyaltyType] = {
    "hybrid",
    "points",
    "stamps",
}


def check_public_program_loyalty_type(value: str) -> PublicProgramLoyaltyType:
    if value in PUBLIC_PROGRAM_LOYALTY_TYPE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PUBLIC_PROGRAM_LOYALTY_TYPE_VALUES!r}")

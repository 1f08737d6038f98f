from typing import Literal

ProgramChangesLoyaltyType = Literal["hybrid", "points", "stamps"]

PROGRAM_CHANGES_LOYALTY_TYPE_VALUES: set[ProgramChangesLoyaltyType] = {
    "hybrid",
    "points",
    "stamps",
}


def check_program_changes_loyalty_type(value: str) -> ProgramChangesLoyaltyType:
    if value in PROGRAM_CHANGES_LOYALTY_TYPE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PROGRAM_CHANGES_LOYALTY_TYPE_VALUES!r}")

from typing import Literal

AdminProgramAnswerLoyaltyType = Literal["hybrid", "points", "stamps"]

ADMIN_PROGRAM_ANSWER_LOYALTY_TYPE_VALUES: set[AdminProgramAnswerLoyaltyType] = {
    "hybrid",
    "points",
    "stamps",
}


def check_admin_program_answer_loyalty_type(value: str) -> AdminProgramAnswerLoyaltyType:
    if value in ADMIN_PROGRAM_ANSWER_LOYALTY_TYPE_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {ADMIN_PROGRAM_ANSWER_LOYALTY_TYPE_VALUES!r}"
    )

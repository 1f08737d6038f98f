from typing import Literal

ProgramAnswerLoyaltyType = Literal["hybrid", "points", "stamps"]

PROGRAM_ANSWER_LOYALTY_TYPE_VALUES: set[ProgramAnswerLoyaltyType] = {
    "hybrid",
    "points",
    "stamps",
}


def check_program_answer_loyalty_type(value: str) -> ProgramAnswerLoyaltyType:
    if value in PROGRAM_ANSWER_LOYALTY_TYPE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PROGRAM_ANSWER_LOYALTY_TYPE_VALUES!r}")

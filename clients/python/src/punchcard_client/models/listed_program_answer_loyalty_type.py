from typing import Literal

ListedProgramAnswerLoyaltyType = Literal["hybrid", "points", "stamps"]

LISTED_PROGRAM_ANSWER_LOYALTY_TYPE_VALUES: set[ListedProgramAnswerLoyaltyType] = {
    "hybrid",
    "points",
    "stamps",
}


def check_listed_program_answer_loyalty_type(value: str) -> ListedProgramAnswerLoyaltyType:
    if value in LISTED_PROGRAM_ANSWER_LOYALTY_TYPE_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {LISTED_PROGRAM_ANSWER_LOYALTY_TYPE_VALUES!r}"
    )

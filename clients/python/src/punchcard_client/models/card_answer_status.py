from typing import Literal

CardAnswerStatus = Literal["active", "inactive"]

CARD_ANSWER_STATUS_VALUES: set[CardAnswerStatus] = {
    "active",
    "inactive",
}


def check_card_answer_status(value: str) -> CardAnswerStatus:
    if value in CARD_ANSWER_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CARD_ANSWER_STATUS_VALUES!r}")

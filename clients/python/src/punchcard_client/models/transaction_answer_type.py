from typing import Literal

TransactionAnswerType = Literal[
    "card_created",
    "card_deactivated",
    "card_reactivated",
    "points_adjustment",
    "points_earned",
    "points_expired",
    "points_redeemed",
    "points_voided",
    "stamp_adjustment",
    "stamp_earned",
    "stamp_redeemed",
    "stamp_voided",
    "welcome_bonus",
]

TRANSACTION_ANSWER_TYPE_VALUES: set[TransactionAnswerType] = {
    "card_created",
    "card_deactivated",
    "card_reactivated",
    "points_adjustment",
    "points_earned",
    "points_expired",
    "points_redeemed",
    "points_voided",
    "stamp_adjustment",
    "stamp_earned",
    "stamp_redeemed",
    "stamp_voided",
    "welcome_bonus",
}


def check_transaction_answer_type(value: str) -> TransactionAnswerType:
    if value in TRANSACTION_ANSWER_TYPE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {TRANSACTION_ANSWER_TYPE_VALUES!r}")

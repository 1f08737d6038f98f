from typing import Literal

ListTransactionsTypeType0 = Literal[
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

LIST_TRANSACTIONS_TYPE_TYPE_0_VALUES: set[ListTransactionsTypeType0] = {
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


def check_list_transactions_type_type_0(value: str) -> ListTransactionsTypeType0:
    if value in LIST_TRANSACTIONS_TYPE_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_TRANSACTIONS_TYPE_TYPE_0_VALUES!r}")

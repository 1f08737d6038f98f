from typing import Literal

AttemptViewOutcome = Literal["delivered", "never", "not-now"]

ATTEMPT_VIEW_OUTCOME_VALUES: set[AttemptViewOutcome] = {
    "delivered",
    "never",
    "not-now",
}


def check_attempt_view_outcome(value: str) -> AttemptViewOutcome:
    if value in ATTEMPT_VIEW_OUTCOME_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ATTEMPT_VIEW_OUTCOME_VALUES!r}")

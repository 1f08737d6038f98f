from typing import Literal

SettingsAnswerStaffPinPolicy = Literal["disabled", "optional", "required"]

SETTINGS_ANSWER_STAFF_PIN_POLICY_VALUES: set[SettingsAnswerStaffPinPolicy] = {
    "disabled",
    "optional",
    "required",
}


def check_settings_answer_staff_pin_policy(value: str) -> SettingsAnswerStaffPinPolicy:
    if value in SETTINGS_ANSWER_STAFF_PIN_POLICY_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {SETTINGS_ANSWER_STAFF_PIN_POLICY_VALUES!r}"
    )

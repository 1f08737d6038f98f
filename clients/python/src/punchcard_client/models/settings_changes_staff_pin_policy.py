from typing import Literal

SettingsChangesStaffPinPolicy = Literal["disabled", "optional", "required"]

SETTINGS_CHANGES_STAFF_PIN_POLICY_VALUES: set[SettingsChangesStaffPinPolicy] = {
    "disabled",
    "optional",
    "required",
}


def check_settings_changes_staff_pin_policy(value: str) -> SettingsChangesStaffPinPolicy:
    if value in SETTINGS_CHANGES_STAFF_PIN_POLICY_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {SETTINGS_CHANGES_STAFF_PIN_POLICY_VALUES!r}"
    )

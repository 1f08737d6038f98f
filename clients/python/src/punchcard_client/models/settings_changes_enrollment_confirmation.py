from typing import Literal

SettingsChangesEnrollmentConfirmation = Literal["email", "none"]

SETTINGS_CHANGES_ENROLLMENT_CONFIRMATION_VALUES: set[SettingsChangesEnrollmentConfirmation] = {
    "email",
    "none",
}


def check_settings_changes_enrollment_confirmation(value: str) -> SettingsChangesEnrollmentConfirmation:
    if value in SETTINGS_CHANGES_ENROLLMENT_CONFIRMATION_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {SETTINGS_CHANGES_ENROLLMENT_CONFIRMATION_VALUES!r}"
    )
